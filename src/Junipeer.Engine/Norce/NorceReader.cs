using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Junipeer.Http;
using Junipeer.Operations;

namespace Junipeer.Norce;

/// <summary>What is read of a set.</summary>
internal sealed record NorceReading(NorceSet Set)
{
    public string? Filter { get; init; }

    /// <summary>Properties in the metadata's spelling; empty for all.</summary>
    public IReadOnlyList<string> Select { get; init; } = [];

    public IReadOnlyList<string> Expand { get; init; } = [];

    public long? First { get; init; }

    /// <summary>The key after which to go on; null to begin.</summary>
    public IReadOnlyList<object>? After { get; init; }
}

/// <summary>A page of rows; its rows live as long as it.</summary>
internal sealed class NorcePage(JsonDocument document, IReadOnlyList<JsonElement> rows, string? next, DateTimeOffset receivedAt) : IDisposable
{
    public IReadOnlyList<JsonElement> Rows => rows;

    public string? Next => next;

    /// <summary>When it came, by Norce's clock.</summary>
    public DateTimeOffset ReceivedAt => receivedAt;

    /// <summary>The key of its last row, when it could be read.</summary>
    public IReadOnlyList<object>? LastKey { get; set; }

    public void Dispose() => document.Dispose();
}

/// <summary>
/// Reads a set to its end, page by page in the order of its key: each page begins after the last key of the one before,
/// since deep <c>$skip</c> is slow and loses rows that move. A page is never taken for the last one only because it is
/// shorter than what was asked for: the server cuts <c>$top</c> without saying so.
/// </summary>
internal sealed class NorceReader(NorceClient client, IOperationSink sink, RequestLedger? ledger = null)
{
    /// <summary>The server takes no more, whatever is asked for.</summary>
    private const int MostRows = 500;

    /// <summary>No server cuts pages shorter than this; a shorter page is the end.</summary>
    private const int SurelyShort = 50;

    private const int FewestRows = 10;

    public async IAsyncEnumerable<NorcePage> ReadAsync(NorceReading reading, [EnumeratorCancellation] CancellationToken stop)
    {
        var setting = client.Connection.Setting;
        var size = Math.Clamp(reading.Expand.Count > 0 ? Math.Min(setting.ExpandPageSize, setting.PageSize) : setting.PageSize, 1, MostRows);
        var byKey = reading.Set.Key.Count > 0;
        var last = reading.After;
        string? link = null;
        long skip = 0, taken = 0;
        var longest = 0;
        while (!(taken >= reading.First))
        {
            var top = (int)Math.Min(size, (reading.First - taken) ?? size);
            NorcePage page;
            try
            {
                page = await PageAsync(link ?? PathOf(reading, last, top, byKey ? 0 : skip, byKey), stop).ConfigureAwait(false);
            }
            catch (JunipeerException failed) when (failed.Fault is { Id: "Junipeer.Service.Unavailable", StatusCode: 500 } && reading.Expand.Count > 0 && size > FewestRows && link is null)
            {
                size = Math.Max(FewestRows, size / 4);
                sink.Verbose($"Norce failed on a page of {reading.Set.Name} with what it expands; asking for {size} rows at a time.");
                continue;
            }

            var rows = page.Rows.Count;
            if (rows == 0)
            {
                page.Dispose();
                yield break;
            }

            var (more, next) = (page.Next, byKey ? KeyOf(reading.Set, page.Rows[^1]) : null);
            page.LastKey = next;
            if (byKey && next is not null && last is not null && next.SequenceEqual(last)) throw NoProgress(reading.Set);
            yield return page;
            taken += rows;
            skip += rows;
            longest = Math.Max(longest, rows);
            var isEnd = more is null && rows < top && (rows < longest || rows < SurelyShort);
            if (isEnd) yield break;
            if (rows < top && more is null) sink.Verbose($"Norce sent {rows} rows of {reading.Set.Name} where {top} were asked for and named no next page; asking whether there are more.");
            if (byKey && next is null)
            {
                sink.Verbose($"The rows of {reading.Set.Name} do not show their whole key ({string.Join(", ", reading.Set.Key)}); reading by position.");
                byKey = false;
            }

            last = next;
            link = byKey || more is null ? null : client.PathOfLink(more);
        }
    }

    /// <summary>One record by key, or null; the server answers the object alone.</summary>
    public async Task<JsonDocument?> OneAsync(NorceSet set, IReadOnlyList<object> key, IReadOnlyList<string> select, IReadOnlyList<string> expand, CancellationToken stop)
    {
        // A server may take an encoded slash in a path for a real one; a filter has no such trouble.
        if (key.Any(k => k is string text && text.AsSpan().IndexOfAny("/\\?#%&+:*") >= 0))
        {
            var filter = string.Join(" and ", set.Key.Select((k, i) => $"{k.Name} eq {NorceFilter.Literal(k, key[i])}"));
            using var page = await PageAsync(PathOf(new NorceReading(set) { Filter = filter, Select = select, Expand = expand }, null, 1, 0, false), stop).ConfigureAwait(false);
            return page.Rows.Count == 0 ? null : JsonDocument.Parse(page.Rows[0].GetRawText());
        }

        var options = Options(null, select, expand, null, null, 0);
        var path = client.QueryPath($"{set.Path}({Uri.EscapeDataString(NorceFilter.Key(set.Key, key))}){(options.Length == 0 ? string.Empty : "?" + options)}");
        try
        {
            return await client.GetAsync(path, answer => answer.Body.Length == 0 ? null : JsonDocument.Parse(answer.Body.ToArray()), sink, stop, ledger).ConfigureAwait(false);
        }
        catch (JunipeerException missing) when (missing.Fault.Id == "Junipeer.Resource.NotFound")
        {
            return null;
        }
    }

    /// <summary>Every row of a small set that a filter lets through.</summary>
    public async Task<IReadOnlyList<JsonElement>> AllAsync(NorceReading reading, CancellationToken stop)
    {
        var rows = new List<JsonElement>();
        await foreach (var page in ReadAsync(reading, stop).ConfigureAwait(false))
        {
            using (page) rows.AddRange(page.Rows.Select(r => r.Clone()));
        }

        return rows;
    }

    /// <summary>A member however it is written; undefined when it is not there.</summary>
    public static JsonElement Member(JsonElement row, string name)
    {
        if (row.ValueKind != JsonValueKind.Object) return default;
        if (row.TryGetProperty(name, out var exact)) return exact;
        foreach (var property in row.EnumerateObject())
        {
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return property.Value;
        }

        return default;
    }

    private async Task<NorcePage> PageAsync(string path, CancellationToken stop) => await client.GetAsync(
        path,
        answer =>
        {
            var document = JsonDocument.Parse(answer.Body.ToArray());
            var list = Member(document.RootElement, "value");
            if (list.ValueKind != JsonValueKind.Array) throw new JsonException("There is no array 'value'.");
            var next = Member(document.RootElement, "@odata.nextLink");
            return new NorcePage(document, list.EnumerateArray().ToArray(), next.ValueKind == JsonValueKind.String ? next.GetString() : null, answer.ReceivedAt);
        },
        sink,
        stop,
        ledger).ConfigureAwait(false);

    private string PathOf(NorceReading reading, IReadOnlyList<object>? after, int top, long skip, bool byKey)
    {
        var key = reading.Set.Key;
        var filter = NorceFilter.Join(reading.Filter, after is null || !byKey ? null : NorceFilter.After(key, after));
        var select = reading.Select.Count == 0 ? reading.Select
            : reading.Select.Concat(key.Select(k => k.Name).Where(_ => byKey)).Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
        return client.QueryPath($"{reading.Set.Path}?{Options(filter, select, reading.Expand, byKey ? string.Join(',', key.Select(k => k.Name)) : null, top, skip)}");
    }

    private static string Options(string? filter, IReadOnlyList<string> select, IReadOnlyList<string> expand, string? order, int? top, long skip)
    {
        var options = new List<string>();
        Add("$filter", filter);
        Add("$select", select.Count == 0 ? null : string.Join(',', select));
        Add("$expand", expand.Count == 0 ? null : string.Join(',', expand));
        Add("$orderby", order);
        Add("$top", top?.ToString(CultureInfo.InvariantCulture));
        Add("$skip", skip == 0 ? null : skip.ToString(CultureInfo.InvariantCulture));
        return string.Join('&', options);

        void Add(string name, string? value)
        {
            if (value is not null) options.Add($"{name}={Uri.EscapeDataString(value).Replace("%2C", ",", StringComparison.Ordinal)}");
        }
    }

    private static IReadOnlyList<object>? KeyOf(NorceSet set, JsonElement row)
    {
        var key = new object[set.Key.Count];
        for (var i = 0; i < key.Length; i++)
        {
            var value = Member(row, set.Key[i].Name);
            object? part = value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.TryGetInt64(out var whole) ? whole : value.GetDecimal(),
                _ => null,
            };
            if (part is null) return null;
            key[i] = part;
        }

        return key;
    }

    private static JunipeerException NoProgress(NorceSet set) => new(new JunipeerFault("Junipeer.Norce.NoProgress", FaultCategory.InvalidData,
        $"Norce answered the same page of {set.Name} twice, although the second one was to begin after the first: it does not order by {string.Join(", ", set.Key)}.",
        "Read a smaller part with -Filter, and report the set's name.") { Target = set.Name, System = NorceCatalogue.System });
}
