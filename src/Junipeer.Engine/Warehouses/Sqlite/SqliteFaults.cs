using System.Globalization;
using System.Runtime.InteropServices;
using Junipeer.Operations;
using SQLitePCL;

namespace Junipeer.Warehouses.Sqlite;

/// <summary>Turns SQLite's result codes into faults with a stable id and a way out.</summary>
internal static class SqliteFaults
{
    private const int ReadonlyMoved = raw.SQLITE_READONLY | (4 << 8);

    /// <summary>The fault behind a result code; the connection, when there is one, tells the details.</summary>
    public static JunipeerException Of(int code, sqlite3? handle, string path)
    {
        var extended = handle is null ? code : raw.sqlite3_extended_errcode(handle);
        if ((extended & 0xff) != (code & 0xff)) extended = code;
        var text = (handle is null ? raw.sqlite3_errstr(code) : raw.sqlite3_errmsg(handle)).utf8_to_string();
        var cause = new IOException(string.Create(CultureInfo.InvariantCulture, $"SQLite result {extended}: {text}"));
        return (extended & 0xff) switch
        {
            raw.SQLITE_NOTADB => NotADatabase(path, cause),
            raw.SQLITE_CORRUPT => Make("Junipeer.Warehouse.Damaged", FaultCategory.InvalidData,
                $"The warehouse '{path}' is damaged: {text}.",
                $"Run Invoke-JunipeerQuery -Warehouse '{path}' -Query 'PRAGMA integrity_check' to see what is damaged, then restore a copy or export into a new file.", path, cause),
            raw.SQLITE_FULL => DiskFull(path, cause),
            raw.SQLITE_IOERR when IsWrite(extended) => DiskFull(path, cause),
            raw.SQLITE_IOERR => Make("Junipeer.Warehouse.ReadFailed", FaultCategory.ReadError,
                $"The disk failed while reading the warehouse '{path}': {text}.",
                "Check the disk, then run the same command again.", path, cause),
            raw.SQLITE_READONLY when extended == ReadonlyMoved => Make("Junipeer.Warehouse.Moved", FaultCategory.ResourceUnavailable,
                $"The warehouse '{path}' was moved or deleted while it was open.",
                "Put the file back, or run the export again to begin a new one.", path, cause),
            raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_CANTOPEN => ReadOnly(path, cause),
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_PROTOCOL => Busy(path, cause),
            _ => Make("Junipeer.Warehouse.Failed", FaultCategory.WriteError,
                $"SQLite could not do its work on '{path}': {text}.",
                "Run the same command again with -Debug, and report what it shows.", path, cause),
        };
    }

    public static JunipeerException NotADatabase(string path, Exception? cause = null, string what = "is not a SQLite database") =>
        Make("Junipeer.Warehouse.NotADatabase", FaultCategory.InvalidArgument, $"'{path}' {what}.",
            "Name another file, for example -Warehouse ./warehouse.db; it is created when it does not exist.", path, cause);

    public static JunipeerException DiskFull(string path, Exception? cause) =>
        Make("Junipeer.Warehouse.DiskFull", FaultCategory.WriteError,
            $"The disk is full: '{path}' cannot grow. Nothing was written since the last commit.",
            "Free some space, then run the export again; it goes on after the last commit.", path, cause);

    public static JunipeerException ReadOnly(string path, Exception? cause = null) =>
        Make("Junipeer.Warehouse.ReadOnly", FaultCategory.PermissionDenied,
            $"The warehouse '{path}' cannot be written: the file or its folder is read-only, or this account may not write there.",
            "Give this account write permission on the file and its folder, or name another -Warehouse path.", path, cause);

    public static JunipeerException Busy(string path, Exception? cause = null) =>
        Make("Junipeer.Warehouse.Busy", FaultCategory.ResourceBusy,
            $"The warehouse '{path}' is locked by another process.",
            "Close the program that holds a write transaction on the file, then run the same command again.", path, cause, transient: true);

    public static JunipeerException Make(
        string id, FaultCategory category, string message, string action, object? target, Exception? cause = null, bool transient = false) =>
        new(new JunipeerFault(id, category, message, action) { Target = target, Cause = cause, IsTransient = transient });

    /// <summary>Where in the statement the last error was met, in bytes; -1 when SQLite cannot tell.</summary>
    public static int ErrorOffset(sqlite3 handle)
    {
        try
        {
            return sqlite3_error_offset(handle);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return -1;
        }
    }

    // SQLITE_IOERR_WRITE, _FSYNC, _DIR_FSYNC, _TRUNCATE, _SHMSIZE, _SHMMAP, _MMAP: what a full disk answers when it does not say so.
    private static bool IsWrite(int extended) => (extended >> 8) is 3 or 4 or 5 or 6 or 19 or 21 or 24;

    [DllImport("e_sqlite3", CallingConvention = CallingConvention.Cdecl)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static extern int sqlite3_error_offset(sqlite3 handle);
}
