namespace Junipeer.Connections;

/// <summary>
/// The folder of the user's own data: the list of saved connections, stores in files, locks. <c>JUNIPEER_HOME</c> puts it
/// elsewhere, for accounts without a profile.
/// </summary>
internal static class DataFolder
{
    public static string Path
    {
        get
        {
            if (Environment.GetEnvironmentVariable("JUNIPEER_HOME") is { Length: > 0 } chosen) return System.IO.Path.GetFullPath(chosen);
            var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
            return data.Length > 0
                ? System.IO.Path.Combine(data, "Junipeer")
                : System.IO.Path.Combine(AppContext.BaseDirectory, "Junipeer"); // an account without a home
        }
    }

    /// <summary>The user, as messages name it.</summary>
    public static string User => $"{Environment.UserName}@{Environment.MachineName}";

    /// <summary>A file in the folder, which is made for its owner alone.</summary>
    public static string File(params string[] parts)
    {
        var file = System.IO.Path.Combine([Path, .. parts]);
        Make(System.IO.Path.GetDirectoryName(file)!);
        return file;
    }

    /// <summary>Replaces a file as a whole: whoever reads it sees the old content or the new, also after a crash.</summary>
    public static void Replace(string file, ReadOnlySpan<byte> content)
    {
        var next = $"{file}.{Environment.ProcessId}.{Guid.NewGuid():N}.tmp";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var stream = new FileStream(next, options))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            System.IO.File.Move(next, file, overwrite: true);
        }
        finally
        {
            if (System.IO.File.Exists(next)) System.IO.File.Delete(next);
        }
    }

    private static void Make(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
