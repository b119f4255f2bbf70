using System.Collections.Concurrent;
using System.Text.Json;

namespace Junipeer.Sandbox.Faults;

/// <summary>The faults in force on one of the simulated systems, which says what kinds it knows and what they match.</summary>
internal abstract class FaultRegistry(string[] kinds, string[] matches, string[] settings)
{
    private readonly ConcurrentDictionary<int, Fault> _faults = new();
    private int _lastId;

    public IEnumerable<Fault> All => _faults.Values.OrderBy(f => f.Id);

    public bool IsEmpty => _faults.IsEmpty;

    public Fault? Find(int id) => _faults.GetValueOrDefault(id);

    /// <summary>Reads and adds a fault; the exception's message says what is wrong with it.</summary>
    public Fault Add(JsonElement spec)
    {
        string kind = spec.TryGetProperty("kind", out JsonElement k) && k.ValueKind == JsonValueKind.String ? k.GetString()! : throw new ArgumentException("A fault needs \"kind\".");
        if (!kinds.Contains(kind))
        {
            throw new ArgumentException($"There is no fault '{kind}'. Known: {string.Join(", ", kinds)}.");
        }

        string[] known = ["kind", "match", "skip", "times", "status", "body", "contentType", "headers", "milliseconds", "ms", "when", .. settings];
        string? strange = spec.EnumerateObject().Select(p => p.Name).FirstOrDefault(n => !known.Contains(n));
        if (strange is not null)
        {
            throw new ArgumentException($"A fault has no \"{strange}\". Known: {string.Join(", ", known)}.");
        }

        FaultMatch match = new();
        if (spec.TryGetProperty("match", out JsonElement m))
        {
            strange = m.EnumerateObject().Select(p => p.Name).FirstOrDefault(n => !matches.Contains(n));
            if (strange is not null)
            {
                throw new ArgumentException($"A match has no \"{strange}\". Known: {string.Join(", ", matches)}.");
            }

            match = new FaultMatch
            {
                Method = Text(m, "method"), Verb = Text(m, "verb"), Resource = Text(m, "resource"), PathContains = Text(m, "pathContains"), QueryContains = Text(m, "queryContains"), IdContains = Number(m, "idContains"),
                JobContains = Text(m, "jobContains"),
            };
        }

        match = CheckMatch(kind, match, spec);
        Fault fault = new(Interlocked.Increment(ref _lastId), kind)
        {
            Match = match,
            Skip = (int)(Number(spec, "skip") ?? 0),
            Times = spec.TryGetProperty("times", out JsonElement times) ? times.ValueKind == JsonValueKind.Null ? null : times.GetInt32() : DefaultTimes(kind),
            Status = (int)(Number(spec, "status") ?? DefaultStatus(kind)),
            Body = spec.TryGetProperty("body", out JsonElement body) ? body.ValueKind == JsonValueKind.String ? body.GetString() : body.GetRawText() : null,
            ContentType = Text(spec, "contentType"),
            Headers = spec.TryGetProperty("headers", out JsonElement headers) ? headers.EnumerateObject().ToDictionary(h => h.Name, h => h.Value.ToString()) : [],
            Milliseconds = (int)(Number(spec, "milliseconds") ?? Number(spec, "ms") ?? 1000),
            When = Text(spec, "when") ?? DefaultWhen(kind),
            Mode = Text(spec, "mode") ?? "repeat",
            Rows = (int)(Number(spec, "rows") ?? 1),
            ResultsAvailable = (int?)Number(spec, "resultsAvailable"),
            MorePagesAvailable = spec.TryGetProperty("morePagesAvailable", out JsonElement more) ? more.GetBoolean() : null,
            Quota = spec.TryGetProperty("quota", out JsonElement quota) ? quota.GetBoolean() : null,
            Actions = spec.TryGetProperty("actions", out JsonElement actions) ? actions.Clone() : null,
            Reason = Text(spec, "reason"),
            Message = Text(spec, "message"),
            Bytes = Number(spec, "bytes"),
        };
        if (fault.When is not ("before" or "after"))
        {
            throw new ArgumentException("\"when\" is before or after.");
        }

        Check(fault);
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

    public void ReleaseAll()
    {
        foreach (Fault fault in All)
        {
            fault.Release();
        }
    }

    protected abstract FaultMatch CheckMatch(string kind, FaultMatch match, JsonElement spec);

    protected abstract void Check(Fault fault);

    protected virtual int? DefaultTimes(string kind) => 1;

    protected abstract int DefaultStatus(string kind);

    protected virtual string DefaultWhen(string kind) => "before";

    /// <summary>The faults that strike, in the order they were made; each that matches is counted.</summary>
    protected List<Fault> Strike(Func<Fault, bool> matching) => _faults.IsEmpty ? [] : [.. All.Where(f => matching(f) && f.Strike())];

    protected static string? Text(JsonElement spec, string name) => spec.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
        ? value.ValueKind == JsonValueKind.String ? value.GetString() : throw new ArgumentException($"\"{name}\" must be text.")
        : null;

    protected static long? Number(JsonElement spec, string name) => spec.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
        ? value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : throw new ArgumentException($"\"{name}\" must be a whole number.")
        : null;
}
