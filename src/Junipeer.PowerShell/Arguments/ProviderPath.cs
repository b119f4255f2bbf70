using System.Management.Automation;
using Junipeer.Connections;
using Junipeer.Operations;
using Junipeer.Warehouse;

namespace Junipeer.PowerShell.Arguments;

/// <summary>
/// Makes full paths of what users write. They go through PowerShell's provider, because its current folder and drives are
/// not those of the process.
/// </summary>
internal static class ProviderPath
{
    /// <summary>The full path of a file or folder, which need not exist.</summary>
    public static string Resolve(PSCmdlet cmdlet, string path)
    {
        string full;
        ProviderInfo provider;
        try
        {
            full = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out provider, out _);
        }
        catch (Exception e) when (e is SessionStateException or ProviderInvocationException or PSArgumentException or PSInvalidOperationException or NotSupportedException)
        {
            throw Fault("Junipeer.Path.Invalid", FaultCategory.InvalidArgument, $"'{path}' is not a usable path: {e.Message}",
                "Give a path on a drive that exists; Get-PSDrive -PSProvider FileSystem lists them.", path, e);
        }

        return provider.Name == "FileSystem"
            ? full
            : throw Fault("Junipeer.Path.NotFileSystem", FaultCategory.InvalidArgument, $"'{path}' is a path of the provider {provider.Name}; only files and folders will do.",
                "Give a path in the file system, for example $HOME/junipeer.db.", path);
    }

    /// <summary>The same warehouse with its full path; refuses what cannot be one.</summary>
    public static WarehouseReference Resolve(PSCmdlet cmdlet, WarehouseReference warehouse, string? tablePrefix)
    {
        var named = warehouse with { TablePrefix = tablePrefix ?? warehouse.TablePrefix };
        if (warehouse.Connection is { } connection)
        {
            return connection is BigQueryConnection
                ? named
                : throw Fault("Junipeer.Warehouse.NotAWarehouse", FaultCategory.InvalidArgument, $"The connection '{connection.Name}' leads to {connection.System}, which is no warehouse.",
                    "Give the path of a SQLite file to -Warehouse, for example ./brightpearl.db.", connection.Name);
        }

        if (string.IsNullOrWhiteSpace(warehouse.Path))
        {
            throw Fault("Junipeer.Path.Invalid", FaultCategory.InvalidArgument, "The path of the warehouse is empty.",
                "Give the path of a SQLite file to -Warehouse, for example ./brightpearl.db.", warehouse.Path);
        }

        RefuseNetwork(warehouse.Path);
        var full = Resolve(cmdlet, warehouse.Path);
        RefuseNetwork(full);
        return named with { Path = full };
    }

    /// <summary>Refuses \\server\share and //server/share, also behind a drive; \\?\C:\ stays on this machine.</summary>
    private static void RefuseNetwork(string path)
    {
        var slashed = path.Replace('\\', '/');
        var local = slashed.StartsWith("//?/", StringComparison.Ordinal) && !slashed.StartsWith("//?/UNC/", StringComparison.OrdinalIgnoreCase);
        if (!slashed.StartsWith("//", StringComparison.Ordinal) || local) return;
        throw Fault("Junipeer.Warehouse.NetworkPath", FaultCategory.InvalidArgument,
            $"'{path}' is on a network: SQLite cannot lock files there reliably, and two runs could damage the warehouse.",
            "Put the warehouse on a disk of this machine, and copy the file after the export if others need it.", path);
    }

    private static JunipeerException Fault(string id, FaultCategory category, string message, string action, object? target, Exception? cause = null) =>
        new(new JunipeerFault(id, category, message, action) { Target = target, Cause = cause });
}
