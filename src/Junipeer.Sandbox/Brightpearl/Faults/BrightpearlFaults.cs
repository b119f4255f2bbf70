using System.Text.Json;
using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Brightpearl.IdSets;
using Junipeer.Sandbox.Brightpearl.OAuth;
using Junipeer.Sandbox.Faults;

namespace Junipeer.Sandbox.Brightpearl.Faults;

/// <summary>The faults in force on the Brightpearl side.</summary>
internal sealed class BrightpearlFaults(BrightpearlSandbox sandbox) : FaultRegistry(
    Kinds,
    ["method", "verb", "resource", "pathContains", "queryContains", "idContains"],
    ["mode", "rows", "resultsAvailable", "morePagesAvailable", "quota", "actions", "id"])
{
    public static readonly string[] Kinds =
    [
        "status", "html", "throttle-storm", "outage", "drop-before", "drop-after", "drop-mid-body", "truncate", "delay", "hold", "bad-id",
        "stale-page", "misreport-total", "insert-while-paging", "delete-while-paging", "world", "expire-token",
    ];

    /// <summary>The faults that strike a request, in the order they were made.</summary>
    public List<Fault> Strike(Call call, string verb) => Strike(f => Matches(f.Match, call, verb));

    protected override FaultMatch CheckMatch(string kind, FaultMatch match, JsonElement spec)
    {
        if (kind == "bad-id")
        {
            match = match with { IdContains = match.IdContains ?? Number(spec, "id") ?? throw new ArgumentException("bad-id needs \"id\" (or match.idContains).") };
        }

        return match.Resource is { } resource && resource is not (OAuthRequest.TokenResource or OAuthRequest.AuthorizeResource) && !sandbox.Resources.Any(r => r.Name == resource)
            ? throw new ArgumentException($"There is no resource '{resource}'.")
            : match;
    }

    protected override void Check(Fault fault)
    {
        if (fault.Kind == "world" && fault.Actions is null)
        {
            throw new ArgumentException("world needs \"actions\".");
        }
    }

    protected override int? DefaultTimes(string kind) => kind is "bad-id" or "outage" or "throttle-storm" ? null : 1;

    protected override int DefaultStatus(string kind) => kind switch { "html" => 502, "bad-id" => 404, _ => 500 };

    protected override string DefaultWhen(string kind) => kind is "insert-while-paging" or "delete-while-paging" or "world" ? "after" : "before";

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
}
