namespace Junipeer.Connections;

/// <summary>
/// A lock between processes, and between the tasks of one: a file held open by one alone. The system lets go of it when its
/// holder dies, so the file a dead process leaves behind locks nobody out.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    private readonly FileStream _held;

    private FileLock(FileStream held) => _held = held;

    /// <summary>Waits for the lock; null when it was not free in time.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static async Task<FileLock?> TakeAsync(string file, TimeSpan patience, CancellationToken stop)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            if (Try(file) is { } held) return new FileLock(held);
            if (TimeProvider.System.GetElapsedTime(started) >= patience) return null;
            await Task.Delay(Pause + TimeSpan.FromMilliseconds(Random.Shared.Next(25)), stop).ConfigureAwait(false);
        }
    }

    public void Dispose() => _held.Dispose();

    private static FileStream? Try(string file)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            return new FileStream(file, options);
        }
        catch (IOException busy) when (IsSharing(busy))
        {
            return null;
        }
        catch (UnauthorizedAccessException) when (OperatingSystem.IsWindows() && File.Exists(file))
        {
            return null; // being deleted by another
        }
    }

    /// <summary>Sharing or lock violation on Windows; EWOULDBLOCK elsewhere.</summary>
    private static bool IsSharing(IOException error) =>
        OperatingSystem.IsWindows() ? (error.HResult & 0xFFFF) is 32 or 33 : error is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException or DriveNotFoundException) && (error.HResult is 11 or 35 || error.Message.Contains("being used", StringComparison.OrdinalIgnoreCase));
}
