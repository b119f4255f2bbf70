using Junipeer.Operations;

namespace Junipeer.Files;

/// <summary>Turns what the file system throws into faults with a stable id and a way out.</summary>
internal static class FileFaults
{
    /// <summary>Runs an operation on files; what it throws becomes a fault.</summary>
    public static T Guard<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (Of(path, e) is { } fault)
        {
            throw fault;
        }
    }

    /// <inheritdoc cref="Guard{T}"/>
    public static void Guard(string path, Action action) => Guard(path, () =>
    {
        action();
        return 0;
    });

    /// <summary>The fault behind an exception; null for exceptions that have nothing to do with files.</summary>
    public static JunipeerException? Of(string path, Exception e) => e switch
    {
        DirectoryNotFoundException or FileNotFoundException or DriveNotFoundException => NotFound(path, e),
        UnauthorizedAccessException => ReadOnly(path, e),
        IOException io when IsReadOnly(io) => ReadOnly(path, e),
        IOException io when IsFull(io) => Make("Junipeer.Path.DiskFull", FaultCategory.WriteError,
            $"The disk is full: '{path}' cannot be written. Files of earlier commits are whole.",
            "Free some space, then run the export again; it goes on after the last commit.", path, e),
        IOException => Make("Junipeer.Path.Failed", FaultCategory.WriteError, $"'{path}' cannot be used: {e.Message}",
            "Check the disk and the path, then run the same command again.", path, e),
        _ => null,
    };

    public static JunipeerException NotFound(string folder, Exception? cause = null) =>
        Make("Junipeer.Path.NotFound", FaultCategory.ObjectNotFound, $"The folder '{folder}' does not exist.",
            $"Run New-Item -ItemType Directory -Path '{folder}', then run the same command again.", folder, cause);

    public static JunipeerException Make(string id, FaultCategory category, string message, string action, object? target, Exception? cause = null) =>
        new(new JunipeerFault(id, category, message, action) { Target = target, Cause = cause });

    /// <summary>True when another process has the file open for itself alone.</summary>
    public static bool IsShared(IOException e) => OperatingSystem.IsWindows()
        ? (e.HResult & 0xffff) is 32 or 33
        : e.HResult is 11 or 35;

    private static JunipeerException ReadOnly(string path, Exception cause) =>
        Make("Junipeer.Path.ReadOnly", FaultCategory.PermissionDenied, $"'{path}' cannot be written: it is read-only, or this account may not write there.",
            "Give this account write permission on the folder, or name another -Path.", path, cause);

    // Windows: ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL, ERROR_DISK_QUOTA_EXCEEDED; elsewhere ENOSPC, EDQUOT (Linux, macOS), EFBIG.
    private static bool IsFull(IOException e) => OperatingSystem.IsWindows()
        ? (e.HResult & 0xffff) is 112 or 39 or 1295
        : e.HResult is 28 or 122 or 69 or 27;

    // ERROR_WRITE_PROTECT; EROFS.
    private static bool IsReadOnly(IOException e) => OperatingSystem.IsWindows() ? (e.HResult & 0xffff) == 19 : e.HResult == 30;
}
