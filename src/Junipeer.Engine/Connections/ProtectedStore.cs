using System.Security;
using System.Security.Cryptography;
using System.Text;
using Junipeer.Operations;
using Microsoft.Identity.Client.Extensions.Msal;

namespace Junipeer.Connections;

/// <summary>
/// The store the operating system protects: DPAPI on Windows, the Keychain on macOS, libsecret's keyring on Linux
/// (https://github.com/AzureAD/microsoft-authentication-extensions-for-dotnet/wiki/Cross-platform-Token-Cache). Never plain
/// text: where there is no such store, this says so.
/// </summary>
internal sealed class ProtectedStore : ISecretStore
{
    private const string Service = "Junipeer.PowerShell";

    /// <summary>The library is safe across processes, but not across the threads of one.</summary>
    private static readonly SemaphoreSlim Turn = new(1, 1);

    private static bool _proven;

    public async ValueTask<SecureString?> ReadAsync(SecretReference reference, CancellationToken stop)
    {
        var bytes = await UseAsync(reference, storage => storage.ReadData(), stop).ConfigureAwait(false);
        if (bytes is null || bytes.Length == 0) return null;
        try
        {
            return SecretText.Hide(Encoding.UTF8.GetString(bytes));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    public async ValueTask WriteAsync(JunipeerConnection connection, SecureString secret, CancellationToken stop)
    {
        var bytes = Encoding.UTF8.GetBytes(SecretText.Reveal(secret));
        try
        {
            await UseAsync<object?>(connection.SecretReference, storage =>
            {
                storage.WriteData(bytes);
                return null;
            }, stop).ConfigureAwait(false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    public async ValueTask RemoveAsync(SecretReference reference, CancellationToken stop) =>
        await UseAsync<object?>(reference, storage =>
        {
            storage.Clear(ignoreExceptions: false);
            return null;
        }, stop).ConfigureAwait(false);

    /// <summary>Keychain and keyring are closed while their user is not logged on at the desktop; DPAPI needs the user's password or profile.</summary>
    public ValueTask<AttendedStore?> WhyAttendedAsync(SecretReference reference, CancellationToken stop) => new(
        OperatingSystem.IsWindows()
            ? null
            : new AttendedStore("which is open only while its user is logged on at the desktop", "For runs at night keep the secret in a vault that opens without a password: connect again with -Vault."));

    private static async Task<T> UseAsync<T>(SecretReference reference, Func<Storage, T> use, CancellationToken stop)
    {
        await Turn.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            return await Task.Run(() =>
            {
                var storage = StorageOf(reference);
                if (!_proven)
                {
                    storage.VerifyPersistence(); // a keyring may take data and lose it
                    _proven = true;
                }

                return use(storage);
            }, stop).ConfigureAwait(false);
        }
        catch (MsalCachePersistenceException error)
        {
            throw StoreFaults.Unavailable(Reason(error), error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException or DllNotFoundException or InvalidOperationException)
        {
            throw StoreFaults.Unavailable(error.Message, error);
        }
        finally
        {
            Turn.Release();
        }
    }

    private static Storage StorageOf(SecretReference reference)
    {
        var file = DataFolder.File("secrets", reference.Name + ".bin");
        var properties = new StorageCreationPropertiesBuilder(Path.GetFileName(file), Path.GetDirectoryName(file)!)
            .WithMacKeyChain(Service, reference.Name)
            .WithLinuxKeyring(Service, MsalCacheHelper.LinuxKeyRingDefaultCollection, $"Junipeer: {reference.Name}",
                new KeyValuePair<string, string>("Product", Service), new KeyValuePair<string, string>("Name", reference.Name))
            .Build();
        return Storage.Create(properties);
    }

    private static string Reason(Exception error) => error.InnerException switch
    {
        DllNotFoundException => "libsecret is not installed.",
        { } inner => inner.Message.TrimEnd('.') + '.',
        null => error.Message.TrimEnd('.') + '.',
    };
}
