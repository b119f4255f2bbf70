using System.Text.Json;
using Junipeer.Sandbox.Faults;
using Junipeer.Sandbox.Norce.Connect;
using Junipeer.Sandbox.Norce.Data;
using Junipeer.Sandbox.Norce.Services;

namespace Junipeer.Sandbox.Norce.Front;

/// <summary>The faults in force on the Norce side. Those named job-… strike import jobs, all others requests.</summary>
internal sealed class NorceFaults(NorceSandbox sandbox) : FaultRegistry(
    Kinds,
    ["method", "resource", "pathContains", "queryContains", "jobContains"],
    ["mode", "rows", "reason", "message", "actions"])
{
    public static readonly string[] Kinds =
    [
        "status", "html", "rate-limit", "drop-before", "drop-after", "drop-mid-body", "truncate", "delay", "hold", "expire-token", "world",
        "header-missing", "deep-skip", "shifted-page", "no-link", "other-spelling", "job-stuck", "job-rejected", "job-partial", "job-lost",
    ];

    /// <summary>The faults that strike a request, in the order they were made.</summary>
    public List<Fault> Strike(NorceCall call) => Strike(f => !OfJobs(f.Kind) && Matches(f, call));

    /// <summary>The faults that strike a job: <paramref name="text"/> is its operation, header and body.</summary>
    public List<Fault> StrikeJob(string text) => Strike(f => OfJobs(f.Kind) && (f.Match.JobContains is not { } part || text.Contains(part, StringComparison.Ordinal)));

    /// <summary>Everything a request can be called.</summary>
    public IEnumerable<string> Resources =>
    [
        "identity.token", .. Model.Namespaces.SelectMany(n => (string[])["query." + n, $"query.{n}.$metadata"]), .. Model.Types.Values.Where(t => t.Exposed).Select(t => $"query.{t.Namespace}.{t.Set}"), "query.Products.ProductSkus.delta",
        .. ImportKinds.All.Select(k => $"connect.{k.Service}.{k.Operation}"), "connect.Job.Get", "connect.Job.GetLog", "connect.Job.List", "connect.Job.Ping", .. sandbox.Orders.All.Select(o => "connect.Order." + o.Operation),
        .. ServiceMethods.Operations.Select(o => "services." + o),
    ];

    protected override FaultMatch CheckMatch(string kind, FaultMatch match, JsonElement spec) =>
        match.Resource is { } resource && !Resources.Contains(resource, StringComparer.OrdinalIgnoreCase)
            ? throw new ArgumentException($"There is no resource '{resource}'. Known: {string.Join(", ", Resources)}.")
            : CheckKind(kind, match);

    private static FaultMatch CheckKind(string kind, FaultMatch match) =>
        OfJobs(kind) && match is not { Method: null, Resource: null, PathContains: null, QueryContains: null }
            ? throw new ArgumentException($"{kind} strikes jobs: its match is jobContains.")
            : !OfJobs(kind) && match.JobContains is not null ? throw new ArgumentException("jobContains is for job-stuck, job-rejected, job-partial and job-lost.") : match;

    protected override void Check(Fault fault)
    {
        if (fault.Kind == "world" && fault.Actions is null)
        {
            throw new ArgumentException("world needs \"actions\".");
        }

        if (fault.Kind == "header-missing" && fault.Mode is "repeat" or "")
        {
            throw new ArgumentException("header-missing needs \"mode\": the name of the header that gets lost.");
        }

        if (fault.Kind == "shifted-page" && fault.Mode is not ("repeat" or "lose"))
        {
            throw new ArgumentException("shifted-page takes mode repeat or lose.");
        }

        if (fault.Kind == "job-stuck" && fault.Mode is not ("repeat" or "queued" or "validating" or "running"))
        {
            throw new ArgumentException("job-stuck takes mode queued, validating or running.");
        }

        if (fault.Kind == "job-rejected" && fault.Mode is not ("repeat" or "validation" or "failed"))
        {
            throw new ArgumentException("job-rejected takes mode validation or failed.");
        }
    }

    protected override int DefaultStatus(string kind) => kind switch { "html" => 502, "rate-limit" => 429, "deep-skip" => 500, _ => 503 };

    private static bool OfJobs(string kind) => kind.StartsWith("job-", StringComparison.Ordinal);

    private static bool Matches(Fault fault, NorceCall call) =>
        (fault.Match.Method is not { } method || string.Equals(method, call.Method, StringComparison.OrdinalIgnoreCase))
        && (fault.Match.Resource is not { } resource || string.Equals(call.Operation, resource, StringComparison.OrdinalIgnoreCase))
        && (fault.Match.PathContains is not { } path || call.Target.RawPath.Contains(path, StringComparison.OrdinalIgnoreCase))
        && (fault.Match.QueryContains is not { } query || call.Target.Query.Any(q => $"{q.Name}={q.Value}".Contains(query, StringComparison.Ordinal)))
        && (fault.Kind is not ("deep-skip" or "shifted-page") || (int.TryParse(call.Query("$skip"), out int skip) && skip >= (fault.Kind == "deep-skip" ? fault.Rows : 1)));
}
