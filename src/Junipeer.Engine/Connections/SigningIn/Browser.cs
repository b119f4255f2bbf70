using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Junipeer.Connections.SigningIn;

/// <summary>Opens the user's own browser.</summary>
internal static class Browser
{
    /// <summary>Why no browser can be opened here, in words; null when one can.</summary>
    public static string? WhyNot()
    {
        if (IsSet("BROWSER")) return null; // somebody chose one
        if (IsSet("SSH_CONNECTION") || IsSet("SSH_CLIENT")) return "this is a remote shell, and a browser would open on the remote machine";
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsFreeBSD()) return null;
        return IsSet("DISPLAY") || IsSet("WAYLAND_DISPLAY") || IsSet("WSL_DISTRO_NAME") ? null : "this machine has no desktop to open a browser on";
    }

    /// <summary>Opens an address; false when no browser could be started.</summary>
    public static bool TryOpen(Uri address)
    {
        var url = address.AbsoluteUri;
        try
        {
            if (RuntimeInformation.IsOSPlatform(OSPlatform.Windows)) return Start(new ProcessStartInfo(url) { UseShellExecute = true });
            if (RuntimeInformation.IsOSPlatform(OSPlatform.OSX)) return Start(Silent("open", url));
        }
        catch (Exception error) when (error is Win32Exception or InvalidOperationException or FileNotFoundException)
        {
            return false;
        }

        // BROWSER is a list of commands, tried in order (http://www.catb.org/~esr/BROWSER/).
        var commands = (Environment.GetEnvironmentVariable("BROWSER") ?? string.Empty).Split(':', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var command in commands.Append(IsSet("WSL_DISTRO_NAME") ? "wslview" : "xdg-open").Append("xdg-open"))
        {
            try
            {
                if (Start(Silent(command.Replace("%s", string.Empty, StringComparison.Ordinal).Trim(), url))) return true;
            }
            catch (Exception error) when (error is Win32Exception or InvalidOperationException)
            {
                // The next one.
            }
        }

        return false;
    }

    /// <summary>Its chatter must not come out between the user's own output.</summary>
    private static ProcessStartInfo Silent(string command, string url) => new(command)
    {
        ArgumentList = { url },
        UseShellExecute = false,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        RedirectStandardInput = true,
    };

    private static bool Start(ProcessStartInfo start)
    {
        var started = Process.Start(start);
        if (started is null || !start.RedirectStandardOutput) return true;
        _ = DrainAsync(started);
        return true;
    }

    private static async Task DrainAsync(Process started)
    {
        using (started)
        {
            started.StandardInput.Close();
            await Task.WhenAll(started.StandardOutput.BaseStream.CopyToAsync(Stream.Null), started.StandardError.BaseStream.CopyToAsync(Stream.Null)).ConfigureAwait(false);
        }
    }

    private static bool IsSet(string name) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name));
}
