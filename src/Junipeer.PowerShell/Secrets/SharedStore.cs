using System.Reflection;
using Junipeer.Operations;

namespace Junipeer.PowerShell.Secrets;

/// <summary>
/// SecretStore is one file, of which each process keeps a copy: it looks for what others wrote no sooner than five seconds
/// later, not at all when it wrote itself meanwhile, and when it writes, it writes its whole copy. Two processes renewing
/// tokens would read used-up ones and undo each other's. So we read the file again before each use, and write in turns.
/// </summary>
internal static class SharedStore
{
    private const int ReadOnlyFileSystem = 30; // EROFS

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>SecretStore's folder, the same for all of this user's processes.</summary>
    private static string Folder => OperatingSystem.IsWindows()
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "Microsoft", "PowerShell", "secretmanagement", "localstore")
        : Path.Combine(Environment.GetEnvironmentVariable("HOME") ?? string.Empty, ".secretmanagement", "localstore");

    /// <summary>Has this process see what others wrote, and keeps them from writing until it is disposed.</summary>
    public static IDisposable? Take()
    {
        var turn = TakeTurn();
        Reload();
        return turn;
    }

    /// <summary>Null where there is no SecretStore, or where this process cannot write it anyway.</summary>
    private static FileStream? TakeTurn()
    {
        if (!Directory.Exists(Folder)) return null;
        var file = Path.Combine(Folder, "junipeer.lock");
        var until = DateTime.UtcNow + Patience;
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (Exception error) when (error is UnauthorizedAccessException || (error.HResult == ReadOnlyFileSystem && !OperatingSystem.IsWindows()))
            {
                return null;
            }
            catch (IOException error)
            {
                if (DateTime.UtcNow > until)
                {
                    throw new JunipeerException(new JunipeerFault("Junipeer.Store.Busy", FaultCategory.ResourceBusy,
                        $"SecretStore stayed in use by another process for more than {Patience.TotalSeconds:0} s ('{file}': {error.Message})",
                        "Wait for the other command to end, or answer what it asks, then run this again.") { Target = file, IsTransient = true, Cause = error });
                }

                Thread.Sleep(25);
            }
        }
    }

    /// <summary>
    /// No command of SecretStore reads its file again without the password, but the method its own watcher calls does. A
    /// store this process has not opened yet needs none of it; a release without that method is left as it is.
    /// </summary>
    private static void Reload()
    {
        const BindingFlags Any = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies().Where(a => a.GetName().Name == SecretManagement.StoreModule))
        {
            var opened = assembly.GetType("Microsoft.PowerShell.SecretStore.LocalSecretStore")?.GetField("LocalStore", Any)?.GetValue(null);
            var store = opened?.GetType().GetField("_secureStore", Any)?.GetValue(opened);
            try
            {
                store?.GetType().GetMethod("UpdateDataFromFile", Any, [])?.Invoke(store, null);
            }
            catch (TargetInvocationException)
            {
                // Locked: the command that comes next says so.
            }
        }
    }
}
