using System.Diagnostics;

namespace Junipeer.Engine.Tests.Warehouses;

/// <summary>A disk of one megabyte, where the account that runs the tests may mount one.</summary>
internal static class TinyDisk
{
    public static bool TryMount(string folder) => OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder) == 0;

    public static void Unmount(string folder) => Run("umount", "-l", folder);

    private static int Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
