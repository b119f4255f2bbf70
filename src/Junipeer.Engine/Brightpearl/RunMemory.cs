using System.Globalization;
using System.Text.Json;
using Junipeer.Records;

namespace Junipeer.Brightpearl;

/// <summary>
/// What a run has already learnt, so that no question is asked twice: ids found by sweeps and listings, and ids met inside
/// documents that other resources hang on (products on orders, addresses of contacts).
/// </summary>
internal sealed class RunMemory
{
    private static readonly TimeSpan CloseEnough = TimeSpan.FromHours(6);

    private readonly object _lock = new();
    private readonly Dictionary<(string Search, string Column), List<Sweep>> _sweeps = [];
    private readonly Dictionary<string, (IdSet Ids, DateTimeOffset At)> _listings = [];
    private readonly Dictionary<(string Resource, string Paths), Harvest> _harvests = [];

    /// <summary>A sweep that began at or a little before the instant asked for answers it too.</summary>
    public (IdSet Ids, DateTimeOffset AskedAt)? FindSweep(string search, string column, DateTimeOffset since)
    {
        lock (_lock)
        {
            return _sweeps.TryGetValue((search, column), out var known) && known.Find(s => s.Since <= since && since - s.Since < CloseEnough) is { } fits
                ? (fits.Ids, fits.AskedAt)
                : null;
        }
    }

    public void KeepSweep(string search, string column, DateTimeOffset since, IdSet ids, DateTimeOffset askedAt)
    {
        lock (_lock)
        {
            if (!_sweeps.TryGetValue((search, column), out var known)) _sweeps[(search, column)] = known = [];
            known.Add(new Sweep(since, ids, askedAt));
        }
    }

    public (IdSet Ids, DateTimeOffset At)? FindListing(string path)
    {
        lock (_lock) return _listings.TryGetValue(path, out var known) ? known : null;
    }

    public void KeepListing(string path, IdSet ids, DateTimeOffset at)
    {
        lock (_lock) _listings[path] = (ids, at);
    }

    /// <summary>Begins to gather the ids at some paths of a resource's documents; known ones are kept.</summary>
    public Harvest Gather(string resource, IReadOnlyList<string> paths)
    {
        lock (_lock)
        {
            var key = (resource, string.Join(' ', paths));
            if (!_harvests.TryGetValue(key, out var harvest)) _harvests[key] = harvest = new Harvest(paths);
            return harvest;
        }
    }

    /// <summary>What is being gathered from a resource's documents.</summary>
    public IReadOnlyList<Harvest> GatheredFrom(string resource)
    {
        lock (_lock) return _harvests.Where(h => h.Key.Resource == resource).Select(h => h.Value).ToArray();
    }

    private sealed record Sweep(DateTimeOffset Since, IdSet Ids, DateTimeOffset AskedAt);
}

/// <summary>Ids met at some paths of the documents of a resource, and which documents were looked into.</summary>
internal sealed class Harvest(IReadOnlyList<string> paths)
{
    private readonly string[][] _paths = paths.Select(p => p.Split('.')).ToArray();
    private readonly HashSet<long> _found = [];
    private readonly List<(long, long)> _seen = [];

    /// <summary>The ids found.</summary>
    public IdSet Found
    {
        get
        {
            lock (_found) return IdSet.Of(_found);
        }
    }

    /// <summary>The documents looked into.</summary>
    public IdSet Seen
    {
        get
        {
            lock (_found) return IdSet.OfRanges(_seen);
        }
    }

    /// <summary>Notes that these documents were asked for; those that do not exist hold nothing.</summary>
    public void MarkSeen(IdSet ids)
    {
        lock (_found) _seen.AddRange(ids.Ranges);
    }

    /// <summary>Looks into a document.</summary>
    public void Look(ReadOnlySpan<byte> document)
    {
        var reader = new Utf8JsonReader(document);
        using var json = JsonDocument.ParseValue(ref reader);
        foreach (var path in _paths) Follow(json.RootElement, path, 0);
    }

    private void Follow(JsonElement element, string[] path, int at)
    {
        if (at == path.Length)
        {
            long id = 0;
            var isId = element.ValueKind == JsonValueKind.Number ? element.TryGetInt64(out id)
                : element.ValueKind == JsonValueKind.String && long.TryParse(element.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out id);
            if (!isId || id <= 0) return;
            lock (_found) _found.Add(id);
            return;
        }

        if (path[at] == "*")
        {
            if (element.ValueKind == JsonValueKind.Object)
            {
                foreach (var member in element.EnumerateObject()) Follow(member.Value, path, at + 1);
            }
            else if (element.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in element.EnumerateArray()) Follow(item, path, at + 1);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(path[at], out var next))
        {
            Follow(next, path, at + 1);
        }
    }
}
