using System.Text;
using Junipeer.Operations;

namespace Junipeer.Warehouses.Sqlite;

/// <summary>
/// Refuses places a warehouse cannot live in. SQLite's locks and its shared memory do not work across a network
/// (https://www.sqlite.org/wal.html, "does not work over a network filesystem"): two machines would damage the file in silence.
/// The file itself is never opened here: closing it would drop the locks that this process holds on it through SQLite
/// (https://www.sqlite.org/howtocorrupt.html, section 2.2).
/// </summary>
internal static class WarehousePath
{
    private static readonly HashSet<string> NetworkTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        "nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "ncpfs", "afs", "coda", "9p", "ceph", "glusterfs", "lustre",
        "beegfs", "gpfs", "davfs", "davfs2", "vboxsf", "vmhgfs", "prl_fs", "drvfs",
        "fuse.sshfs", "fuse.davfs", "fuse.davfs2", "fuse.ceph", "fuse.glusterfs", "fuse.s3fs", "fuse.rclone", "fuse.gcsfuse",
        "fuse.blobfuse", "fuse.blobfuse2", "fuse.smbnetfs", "fuse.vmhgfs-fuse", "fuse.goofys",
    };

    /// <summary>A file to write: the folder is there, neither is read-only, neither is on a network.</summary>
    public static void CheckToWrite(string path, Func<string?> mounts)
    {
        if (NetworkTypeOf(path, mounts) is { } type)
        {
            throw SqliteFaults.Make("Junipeer.Warehouse.NetworkPath", FaultCategory.InvalidArgument,
                $"'{path}' is on a network ({type}). SQLite cannot lock files there, and two writers would damage the warehouse.",
                "Name a file on a local disk, and copy it to the share when the export has ended.", path);
        }

        if (Directory.Exists(path)) throw SqliteFaults.NotADatabase(path, null, "is a folder");
        var folder = Path.GetDirectoryName(path);
        if (folder is not null && !Directory.Exists(folder))
        {
            throw SqliteFaults.Make("Junipeer.Path.NotFound", FaultCategory.ObjectNotFound, $"The folder '{folder}' does not exist.",
                $"Run New-Item -ItemType Directory -Path '{folder}', then run the same command again.", folder);
        }

        if (File.Exists(path) && File.GetAttributes(path).HasFlag(FileAttributes.ReadOnly)) throw SqliteFaults.ReadOnly(path);
    }

    /// <summary>A file to read: it is there.</summary>
    public static void CheckToRead(string path)
    {
        if (Directory.Exists(path)) throw SqliteFaults.NotADatabase(path, null, "is a folder");
        if (File.Exists(path)) return;
        throw SqliteFaults.Make("Junipeer.Warehouse.NotFound", FaultCategory.ObjectNotFound, $"There is no warehouse '{path}'.",
            $"Check the path, or run Invoke-BrightpearlExport -Resource Standard -Warehouse '{path}' to create it.", path);
    }

    /// <summary>The kind of network a path is on; null when it is local.</summary>
    public static string? NetworkTypeOf(string path, Func<string?> mounts)
    {
        // \\server\share and \\?\UNC\server\share are on a network, \\?\C:\ and \\.\ are not.
        var slashes = path.Replace('\\', '/');
        if (slashes.StartsWith("//?/UNC/", StringComparison.OrdinalIgnoreCase)) return "UNC path";
        if (slashes.StartsWith("//", StringComparison.Ordinal) && !slashes.StartsWith("//?/", StringComparison.Ordinal)
            && !slashes.StartsWith("//./", StringComparison.Ordinal))
        {
            return "UNC path";
        }

        var place = Resolve(path);
        if (mounts() is { } table) return TypeOfMount(place, table) is { } type && NetworkTypes.Contains(type) ? type : null;
        try
        {
            var drive = OperatingSystem.IsWindows() ? Path.GetPathRoot(place) : Existing(place);
            return drive is { Length: > 0 } && new DriveInfo(drive) is { DriveType: DriveType.Network } info ? info.DriveFormat : null;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // A drive that does not answer will fail with a better message when the file is opened.
            return null;
        }
    }

    /// <summary>Linux's table of mounts; null elsewhere.</summary>
    public static string? ReadMounts()
    {
        try
        {
            return OperatingSystem.IsLinux() ? File.ReadAllText("/proc/self/mountinfo") : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Lines are "id parent dev root POINT options [fields] - TYPE source options"; the longest point that holds the path
    // counts, and of equals the last one, which was mounted over the others.
    private static string? TypeOfMount(string path, string mounts)
    {
        string? type = null;
        var longest = -1;
        foreach (var line in mounts.Split('\n'))
        {
            var fields = line.Split(' ');
            var dash = Array.IndexOf(fields, "-");
            if (dash < 5 || dash + 1 >= fields.Length) continue;
            var point = Unescape(fields[4]);
            var holds = point == "/" || path == point || path.StartsWith(point + "/", StringComparison.Ordinal);
            if (!holds || point.Length < longest) continue;
            longest = point.Length;
            type = fields[dash + 1];
        }

        return type;
    }

    // Blanks and the like stand there as octal: \040.
    private static string Unescape(string point)
    {
        if (!point.Contains('\\')) return point;
        var text = new StringBuilder();
        for (var i = 0; i < point.Length; i++)
        {
            if (point[i] == '\\' && i + 3 < point.Length && point.AsSpan(i + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0)
            {
                text.Append((char)Convert.ToInt32(point.Substring(i + 1, 3), 8));
                i += 3;
            }
            else
            {
                text.Append(point[i]);
            }
        }

        return text.ToString();
    }

    // A link may lead to another mount, so every folder on the way is followed.
    private static string Resolve(string path, int depth = 0)
    {
        var root = Path.GetPathRoot(path) ?? "";
        var at = root;
        foreach (var part in path[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            at = Path.Combine(at, part);
            try
            {
                FileSystemInfo info = Directory.Exists(at) ? new DirectoryInfo(at) : new FileInfo(at);
                if (info.LinkTarget is null || info.ResolveLinkTarget(returnFinalTarget: true) is not { } target) continue;
                at = depth < 8 ? Resolve(target.FullName, depth + 1) : target.FullName;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // What cannot be followed is judged by its name.
            }
        }

        return at;
    }

    private static string Existing(string path)
    {
        var at = path;
        while (!Directory.Exists(at) && Path.GetDirectoryName(at) is { } parent) at = parent;
        return at;
    }
}
