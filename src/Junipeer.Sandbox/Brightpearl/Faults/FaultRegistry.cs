using System.Collections.Concurrent;
using System.Text.Json;
using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Brightpearl.IdSets;
using Junipeer.Sandbox.Brightpearl.OAuth;

namespace Junipeer.Sandbox.Brightpearl.Faults;

/// <summary>The faults in force.</summary>
internal sealed class FaultRegistry(BrightpearlSandbox sandbox)
{
    private readonly ConcurrentDictionary<int, Fault> _faults = new();
    private int _lastId;

    public IEnumerable<Fault> All => _faults.Values.OrderBy(f => f.Id);

    public Fault? Find(int id) => _faults.GetValueOrDefault(id);

    /// <summary>Reads and adds a fault; the exception's message says what is wrong with it.</summary>
    public Fault Add(JsonElement spec)
    {
        string kind = spec.TryGetProperty("kind", out JsonElement k) && k.ValueKind == JsonValueKind.String ? k.GetString()! : throw new ArgumentException("A fault needs \"kind\".");
        if (!Fault.Kinds.Contains(kind))
        {
            throw new ArgumentException($"There is no fault '{kind}'. Known: {string.Join(", ", Fault.Kinds)}.");
        }

        string[] known = ["kind", "match", "skip", "times", "status", "body", "contentType", "headers", "milliseconds", "ms", "when", "mode", "rows", "resultsAvailable", "morePagesAvailable", "quota", "actions", "id"];
        string? strange = spec.EnumerateObject().Select(p => p.Name).FirstOrDefault(n => !known.Contains(n));
        if (strange is not null)
        {
            throw new ArgumentException($"A fault has no \"{strange}\". Known: {string.Join(", ", known)}.");
        }

        FaultMatch match = new();
        if (spec.TryGetProperty("match", out JsonElement m))
        {
            string[] matches = ["method", "verb", "resource", "pathContains", "queryContains", "idContains"];
            strange = m.EnumerateObject().Select(p => p.Name).FirstOrDefault(n => !matches.Contains(n));
            if (strange is not null)
            {
                throw new ArgumentException($"A match has no \"{strange}\". Known: {string.Join(", ", matches)}.");
            }

            match = new FaultMatch { Method = Text(m, "method"), Verb = Text(m, "verb"), Resource = Text(m, "resource"), PathContains = Text(m, "pathContains"), QueryContains = Text(m, "queryContains"), IdContains = Number(m, "idContains") };
        }

        if (kind == "bad-id")
        {
            match = match with { IdContains = match.IdContains ?? Number(spec, "id") ?? throw new ArgumentException("bad-id needs \"id\" (or match.idContains).") };
        }

        if (match.Resource is { } resource && resource is not (OAuthRequest.TokenResource or OAuthRequest.AuthorizeResource) && !sandbox.Resources.Any(r => r.Name == resource))
        {
            throw new ArgumentException($"There is no resource '{resource}'.");
        }

        Fault fault = new(Interlocked.Increment(ref _lastId), kind)
        {
            Match = match,
            Skip = (int)(Number(spec, "skip") ?? 0),
            Times = spec.TryGetProperty("times", out JsonElement times) ? times.ValueKind == JsonValueKind.Null ? null : times.GetInt32() : kind is "bad-id" or "outage" or "throttle-storm" ? null : 1,
            Status = (int)(Number(spec, "status") ?? (kind switch { "html" => 502, "bad-id" => 404, _ => 500 })),
            Body = spec.TryGetProperty("body", out JsonElement body) ? body.ValueKind == JsonValueKind.String ? body.GetString() : body.GetRawText() : null,
            ContentType = Text(spec, "contentType"),
            Headers = spec.TryGetProperty("headers", out JsonElement headers) ? headers.EnumerateObject().ToDictionary(h => h.Name, h => h.Value.ToString()) : [],
            Milliseconds = (int)(Number(spec, "milliseconds") ?? Number(spec, "ms") ?? 1000),
            When = Text(spec, "when") ?? (kind is "insert-while-paging" or "delete-while-paging" or "world" ? "after" : "before"),
            Mode = Text(spec, "mode") ?? "repeat",
            Rows = (int)(Number(spec, "rows") ?? 1),
            ResultsAvailable = (int?)Number(spec, "resultsAvailable"),
            MorePagesAvailable = spec.TryGetProperty("morePagesAvailable", out JsonElement more) ? more.GetBoolean() : null,
            Quota = spec.TryGetProperty("quota", out JsonElement quota) ? quota.GetBoolean() : null,
            Actions = spec.TryGetProperty("actions", out JsonElement actions) ? actions.Clone() : null,
        };
        if (fault.When is not ("before" or "after"))
        {
            throw new ArgumentException("\"when\" is before or after.");
        }

        if (kind == "world" && fault.Actions is null)
        {
            throw new ArgumentException("world needs \"actions\".");
        }

        _faults[fault.Id] = fault;
        return fault;
    }

    public bool Remove(int id)
    {
        if (!_faults.TryRemove(id, out Fault? fault))
        {
            return false;
        }

        fault.Release();
        return true;
    }

    /// <summary>The faults that strike a request, in the order they were made.</summary>
    public List<Fault> Strike(Call call, string verb)
    {
        if (_faults.IsEmpty)
        {
            return [];
        }

        return [.. All.Where(f => Matches(f.Match, call, verb) && f.Strike())];
    }

    private static bool Matches(FaultMatch match, Call call, string verb)
    {
        if ((match.Method is { } method && !string.Equals(method, call.Method, StringComparison.OrdinalIgnoreCase))
            || (match.Verb is { } wanted && !string.Equals(wanted, verb, StringComparison.OrdinalIgnoreCase))
            || (match.Resource is { } resource && call.Resource != resource)
            || (match.PathContains is { } path && !("/" + string.Join('/', call.Target.Segments)).Contains(path, StringComparison.Ordinal))
            || (match.QueryContains is { } query && !call.Target.Query.Any(q => $"{q.Name}={q.Value}".Contains(query, StringComparison.Ordinal))))
        {
            return false;
        }

        return match.IdContains is not { } id || call.Values.Any(v => IdSet.Parse(v) is { IsAll: false } set && set.Contains(id));
    }

    private static string? Text(JsonElement spec, string name) => spec.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
        ? value.ValueKind == JsonValueKind.String ? value.GetString() : throw new ArgumentException($"\"{name}\" must be text.")
        : null;

    private static long? Number(JsonElement spec, string name) => spec.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
        ? value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : throw new ArgumentException($"\"{name}\" must be a whole number.")
        : null;
}
