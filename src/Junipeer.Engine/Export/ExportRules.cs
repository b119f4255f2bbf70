using System.Text.RegularExpressions;
using Junipeer.Connections;
using Junipeer.Operations;

namespace Junipeer.Export;

/// <summary>What can be known to be wrong with a request before anything is opened.</summary>
internal static partial class ExportRules
{
    public static void Check(ExportRequest request)
    {
        if (request.Resources.Count == 0) Refuse("Junipeer.Export.NoResource", "No resource was named.", "Name resources with -Resource, or -Resource Standard for all.", "Resource");
        if (request.QuotaShare is < 0.05 or > 1 or double.NaN) Refuse("Junipeer.Export.BadQuotaShare", $"A quota share of {request.QuotaShare} is not between 0.05 and 1.", "Give -QuotaShare a number between 0.05 and 1.", "QuotaShare");
        if (request.Ids.Count > 0 && request.UpdatedAfter is not null) Refuse("Junipeer.Export.IdsAndDate", "Ids and a date exclude each other.", "Use either -Id or -UpdatedAfter.", "Id");
        if (request.Full && (request.Ids.Count > 0 || request.UpdatedAfter is not null)) Refuse("Junipeer.Export.FullAndPart", "A full export reads everything, not some ids or days.", "Leave out -Full, or -Id and -UpdatedAfter.", "Full");
        if (request.Ids.Count > 0 && request.Resources.Count > 1) Refuse("Junipeer.Export.IdsOfMany", "Ids belong to one resource.", "Name one resource with -Id.", "Id");
        foreach (var (name, span) in new[] { ("LookBack", request.LookBack), ("FullEvery", request.FullEvery), ("RecheckEvery", request.RecheckEvery), ("Retention", request.Retention) })
        {
            if (span < TimeSpan.Zero) Refuse("Junipeer.Export.NegativeTime", $"-{name} is negative.", $"Give -{name} a time of zero or more.", name);
        }

        if (request.MaximumDuration is { } maximum && (maximum <= TimeSpan.Zero || maximum > TimeSpan.FromDays(24)))
            Refuse("Junipeer.Export.BadDuration", "-MaximumDuration is not between a moment and 24 days.", "Give -MaximumDuration a time such as 2h.", "MaximumDuration");
        if (request.TablePrefix.Length > 0 && !Prefix().IsMatch(request.TablePrefix))
            Refuse("Junipeer.Warehouse.BadPrefix", $"'{request.TablePrefix}' is no table prefix.", "Use small letters, digits and underscores, beginning with a letter, for example eu_.", "TablePrefix");
        if (request.NoPayload && request.Target == ExportTarget.Files)
            Refuse("Junipeer.Export.NoPayloadForFiles", "A file holds nothing but payloads, so they cannot be left out.", "Use -ExcludeField to keep fields out of the files.", "NoPayload");
        if (request.Target == ExportTarget.Files && string.IsNullOrEmpty(request.Path)) Refuse("Junipeer.Path.NotFound", "No folder was named.", "Name a folder with -Path.", "Path");
    }

    /// <summary>The SQLite file; other warehouses are not served by this version.</summary>
    public static string RequireSqlite(string? path, JunipeerConnection? connection)
    {
        if (!string.IsNullOrEmpty(path)) return path;
        throw new JunipeerException(new JunipeerFault(
            "Junipeer.Warehouse.NotServed",
            FaultCategory.NotSupported,
            connection is null ? "No warehouse was named." : $"A warehouse in {connection.System} is not served by this version.",
            "Name a SQLite file, for example -Warehouse ./brightpearl.db.")
        { Target = connection?.Name });
    }

    [GeneratedRegex("^[a-z][a-z0-9_]{0,30}$")]
    private static partial Regex Prefix();

    private static void Refuse(string id, string message, string advice, string target) =>
        throw new JunipeerException(new JunipeerFault(id, FaultCategory.InvalidArgument, message, advice) { Target = target });
}
