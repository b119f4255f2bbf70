using System.Collections.Concurrent;
using System.Xml;
using Junipeer.Operations;

namespace Junipeer.Norce;

/// <summary>
/// The sets of one tenant: its metadata, joined with the shipped list. Metadata is asked for once an hour and namespace by
/// everybody in this process; a tenant that gives none is read with what is shipped.
/// </summary>
internal sealed class NorceModel(NorceClient client, IOperationSink sink)
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromHours(1);
    private static readonly ConcurrentDictionary<string, (DateTimeOffset At, IReadOnlyList<NorceSet> Sets)> Kept = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The set of a name, with or without its namespace.</summary>
    /// <exception cref="JunipeerException">There is none.</exception>
    public async Task<NorceSet> RequireAsync(string name, CancellationToken stop)
    {
        name = name.Trim().Trim('/');
        var shipped = NorceCatalogue.For(client.Connection.Setting);
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var known = shipped.FirstOrDefault(s => Is(s, name));
        string[] areas = slash > 0 ? [NorceCatalogue.Namespaces.FirstOrDefault(n => n.Equals(name[..slash], StringComparison.OrdinalIgnoreCase)) ?? name[..slash]]
            : known is not null ? [known.Namespace]
            : [.. NorceCatalogue.Namespaces];
        foreach (var area in areas)
        {
            if ((await ReadAsync(area, stop).ConfigureAwait(false)).FirstOrDefault(s => Is(s, name)) is { } found) return found;
        }

        // A name of the user's own choosing that metadata does not have is asked for all the same: it may be left out there.
        return known ?? throw NorceCatalogue.Unknown(name, shipped);
    }

    /// <summary>Every set of the tenant, by namespace.</summary>
    public async Task<IReadOnlyList<NorceSet>> AllAsync(CancellationToken stop)
    {
        var all = new List<NorceSet>();
        foreach (var area in NorceCatalogue.Namespaces) all.AddRange(await ReadAsync(area, stop).ConfigureAwait(false));
        return all;
    }

    /// <summary>What is known of a namespace: metadata first, then what only the shipped list names.</summary>
    private async Task<IReadOnlyList<NorceSet>> ReadAsync(string area, CancellationToken stop)
    {
        var shipped = NorceCatalogue.For(client.Connection.Setting).Where(s => s.Namespace.Equals(area, StringComparison.OrdinalIgnoreCase)).ToArray();
        var sets = await MetadataAsync(area, stop).ConfigureAwait(false);
        if (sets.Count == 0) return shipped;
        var joined = sets.Select(set => shipped.FirstOrDefault(s => s.Path.Equals(set.Path, StringComparison.OrdinalIgnoreCase)) is { } known
            ? set with { Key = set.Key.Count > 0 ? set.Key : known.Key, Status = known.Status, Personal = known.Personal, Notes = known.Notes, ExportExpand = known.ExportExpand }
            : set);
        return [.. joined, .. shipped.Where(s => !sets.Any(set => set.Path.Equals(s.Path, StringComparison.OrdinalIgnoreCase)))];
    }

    private async Task<IReadOnlyList<NorceSet>> MetadataAsync(string area, CancellationToken stop)
    {
        var place = $"{client.Connection.BaseUri.Authority}/{client.Connection.ClientId}/{client.Connection.Setting.QueryVersion}/{area}";
        if (Kept.TryGetValue(place, out var kept) && DateTimeOffset.UtcNow - kept.At < GoodFor) return kept.Sets;
        try
        {
            var sets = await client.GetAsync(client.QueryPath($"{area}/$metadata"), answer => NorceMetadata.Read(area, answer.Body), sink, stop, accept: "application/xml").ConfigureAwait(false);
            Kept[place] = (DateTimeOffset.UtcNow, sets);
            return sets;
        }
        catch (JunipeerException failed) when (failed.Fault.Id is "Junipeer.Resource.NotFound" or "Junipeer.Service.Unavailable" or "Junipeer.Request.Refused")
        {
            sink.Verbose($"The metadata of {area} could not be read, so the shipped list serves: {failed.Fault.Message}");
            return [];
        }
        catch (XmlException broken)
        {
            sink.Verbose($"The metadata of {area} is not XML, so the shipped list serves: {broken.Message}");
            return [];
        }
    }

    private static bool Is(NorceSet set, string name) =>
        set.Path.Equals(name, StringComparison.OrdinalIgnoreCase) || set.Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
