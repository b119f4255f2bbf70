using System.Text.Json;
using Junipeer.Sandbox.Faults;

namespace Junipeer.Sandbox.Google.Front;

/// <summary>The faults in force on the Google side. Those named job-… strike jobs, all others requests.</summary>
internal sealed class GoogleFaults(GoogleSandbox sandbox) : FaultRegistry(
    Kinds,
    ["method", "verb", "resource", "pathContains", "queryContains", "jobContains"],
    ["mode", "rows", "reason", "message", "bytes", "actions"])
{
    public static readonly string[] Kinds =
    [
        "status", "html", "rate-limit", "quota", "drop-before", "drop-after", "drop-mid-body", "truncate", "delay", "hold",
        "drop-mid-upload", "fail-mid-upload", "short-range", "session-gone", "expire-token", "revoke-token", "invalid-rapt", "world",
        "job-incomplete", "empty-page", "hide-after-duplicate", "job-error", "job-abort", "job-stuck",
    ];

    /// <summary>The faults that strike a request, in the order they were made.</summary>
    public List<Fault> Strike(GoogleCall call, string verb) => Strike(f => !OfJobs(f.Kind) && Matches(f.Match, call, verb));

    /// <summary>The faults that strike a job.</summary>
    public List<Fault> StrikeJob(string text) => Strike(f => OfJobs(f.Kind) && (f.Match.JobContains is not { } part || text.Contains(part, StringComparison.Ordinal)));

    protected override FaultMatch CheckMatch(string kind, FaultMatch match, JsonElement spec) =>
        match.Resource is { } resource && !sandbox.AllOperations.Any(o => o.Name == resource)
            ? throw new ArgumentException($"There is no resource '{resource}'. Known: {string.Join(", ", sandbox.AllOperations.Select(o => o.Name).Distinct())}.")
            : OfJobs(kind) && match is not { Method: null, Verb: null, Resource: null, PathContains: null, QueryContains: null }
                ? throw new ArgumentException($"{kind} strikes jobs: its match is jobContains.")
                : !OfJobs(kind) && match.JobContains is not null ? throw new ArgumentException($"jobContains is for job-error, job-abort and job-stuck.") : match;

    protected override void Check(Fault fault)
    {
        if (fault.Kind == "world" && fault.Actions is null)
        {
            throw new ArgumentException("world needs \"actions\".");
        }

        if (fault.Kind == "job-stuck" && fault.Mode is not ("repeat" or "pending" or "running"))
        {
            throw new ArgumentException("job-stuck takes mode pending or running.");
        }
    }

    protected override int DefaultStatus(string kind) => kind switch { "html" => 502, "session-gone" => 410, "rate-limit" or "quota" => 403, _ => 503 };

    private static bool OfJobs(string kind) => kind is "job-error" or "job-abort" or "job-stuck";

    private static bool Matches(FaultMatch match, GoogleCall call, string verb) =>
        (match.Method is not { } method || string.Equals(method, call.Method, StringComparison.OrdinalIgnoreCase))
        && (match.Verb is not { } wanted || string.Equals(wanted, verb, StringComparison.OrdinalIgnoreCase))
        && (match.Resource is not { } resource || call.Operation.Name == resource)
        && (match.PathContains is not { } path || ("/" + string.Join('/', call.Target.Segments)).Contains(path, StringComparison.Ordinal))
        && (match.QueryContains is not { } query || call.Target.Query.Any(q => $"{q.Name}={q.Value}".Contains(query, StringComparison.Ordinal)));
}
