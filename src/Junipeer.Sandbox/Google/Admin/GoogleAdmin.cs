using System.Globalization;
using System.Text.Json;
using Junipeer.Sandbox.Admin;
using Junipeer.Sandbox.Brightpearl;
using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Faults;
using Junipeer.Sandbox.Google.Data;
using Junipeer.Sandbox.Google.Front;
using Junipeer.Sandbox.Google.Rest;
using Microsoft.AspNetCore.Http;

namespace Junipeer.Sandbox.Google.Admin;

/// <summary>Steers the Google side under <c>/_sandbox/</c>: no authentication. A bad request is a 400 that says why.</summary>
internal sealed class GoogleAdmin(GoogleSandbox sandbox)
{
    private readonly GoogleOAuthAdmin _oauth = new(sandbox);

    public async Task Handle(HttpContext http, RequestTarget target)
    {
        try
        {
            await Route(http, target, target.Segments[1..]);
        }
        catch (Exception wrong) when (wrong is ArgumentException or DataException or GoogleException or JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            await AdminApi.Write(http, new { error = wrong.Message }, 400);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client no longer waits.
        }
    }

    private Task Route(HttpContext http, RequestTarget target, string[] path) => (http.Request.Method, path) switch
    {
        ("GET", []) => Text(http, GoogleAdminHelp.Text(sandbox)),
        ("GET", ["status"]) => AdminApi.Write(http, GoogleStatus.Describe(sandbox)),
        ("GET", ["counters"]) => AdminApi.Write(http, sandbox.Counters.Describe()),
        ("POST", ["counters", "reset"]) => Reset(http),
        ("GET", ["requests"]) => AdminApi.Write(http, sandbox.Counters.Last(Number(target, "last", 200))),
        ("GET", ["dump"]) => AdminApi.Write(http, GoogleStatus.Tables(sandbox)),
        ("GET", ["dump", var table]) => GoogleDump.Write(http, sandbox, table),
        ("POST", ["world"]) => ChangeWorld(http),
        ("GET", ["clock"]) => AdminApi.Write(http, Clock()),
        ("POST", ["clock"]) => SetClock(http),
        ("GET", ["quirks"]) => AdminApi.Write(http, Quirks()),
        ("PUT" or "POST", ["quirks"]) => SetQuirks(http),
        ("POST", ["quirks", "reset"]) => ResetQuirks(http),
        ("GET", ["faults"]) => AdminApi.Write(http, sandbox.Faults.All.Select(f => f.Describe())),
        ("POST", ["faults"]) => AddFault(http),
        ("GET", ["faults", var id]) => ShowFault(http, target, id),
        ("POST", ["faults", var id, "release"]) => ReleaseFault(http, id),
        ("DELETE", ["faults"]) => RemoveFaults(http),
        ("DELETE", ["faults", var id]) => sandbox.Faults.Remove(Fault(id).Id) ? AdminApi.Write(http, new { removed = 1 }) : AdminApi.Write(http, new { error = "Gone already." }, 404),
        ("GET", ["limits"]) => AdminApi.Write(http, sandbox.Limits.Describe()),
        ("POST", ["limits"]) => SetLimits(http),
        ("GET", ["jobs"]) => AdminApi.Write(http, GoogleStatus.Jobs(sandbox)),
        ("POST", ["jobs"]) => SetJobs(http),
        ("POST", ["uploads"]) => SetUploads(http),
        ("POST", ["projects"]) => SetProject(http),
        (_, ["oauth" or "principals", ..]) => _oauth.Handle(http, path),
        _ => AdminApi.Write(http, new { error = $"There is no {http.Request.Method} /_sandbox/{string.Join('/', path)}; GET /_sandbox/ lists what there is." }, 404),
    };

    private Task Reset(HttpContext http)
    {
        sandbox.Counters.Reset();
        return AdminApi.Write(http, sandbox.Counters.Describe());
    }

    private async Task ChangeWorld(HttpContext http)
    {
        JsonElement body = await AdminApi.Body(http);
        AdminApi.Only(body, "actions");
        JsonElement actions = body.Member("actions") is { ValueKind: JsonValueKind.Array } list ? list : throw new ArgumentException("POST world takes {\"actions\":[{\"do\":...}]}.");
        await AdminApi.Write(http, new { results = GoogleWorld.Apply(sandbox, actions), time = sandbox.Clock.Now });
    }

    private object Clock() => new { now = sandbox.Clock.Now, realNow = DateTimeOffset.UtcNow, advancedSeconds = sandbox.Clock.AdvancedMs / 1000.0, skewSeconds = sandbox.Clock.SkewMs / 1000.0 };

    private async Task SetClock(HttpContext http)
    {
        JsonElement body = await AdminApi.Body(http);
        AdminApi.Only(body, "advanceSeconds", "set", "skewSeconds");
        if (body.Member("advanceSeconds") is { } advance) sandbox.Clock.Advance(TimeSpan.FromSeconds(advance.GetDouble()));
        if (body.Text("set") is { } set) sandbox.Clock.Set(DateTimeOffset.Parse(set, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));
        if (body.Member("skewSeconds") is { } skew) sandbox.Clock.Skew(TimeSpan.FromSeconds(skew.GetDouble()));
        await AdminApi.Write(http, Clock());
    }

    private Dictionary<string, object> Quirks() => GoogleQuirks.All.ToDictionary(q => q.Name, q => (object)new { value = sandbox.Quirks[q.Name], @default = q.Default, values = q.Values, about = q.About });

    private async Task SetQuirks(HttpContext http)
    {
        foreach (JsonProperty quirk in (await AdminApi.Body(http)).EnumerateObject())
        {
            string value = quirk.Value.ValueKind switch { JsonValueKind.True => "on", JsonValueKind.False => "off", _ => quirk.Value.ToString() };
            if (sandbox.Quirks.Set(quirk.Name, value) is { } wrong)
            {
                throw new ArgumentException(wrong);
            }
        }

        await AdminApi.Write(http, Quirks());
    }

    private Task ResetQuirks(HttpContext http)
    {
        foreach (Quirk quirk in GoogleQuirks.All)
        {
            sandbox.Quirks.Set(quirk.Name, quirk.Default);
        }

        return AdminApi.Write(http, Quirks());
    }

    private async Task AddFault(HttpContext http) => await AdminApi.Write(http, sandbox.Faults.Add(await AdminApi.Body(http)).Describe());

    private async Task ShowFault(HttpContext http, RequestTarget target, string id)
    {
        Fault fault = Fault(id);
        int seconds = Number(target, "wait", 0);
        if (seconds > 0)
        {
            try
            {
                await fault.WaitForHits(Number(target, "hits", 1)).WaitAsync(TimeSpan.FromSeconds(seconds), http.RequestAborted);
            }
            catch (TimeoutException)
            {
                // The answer shows how far it came.
            }
        }

        await AdminApi.Write(http, fault.Describe());
    }

    private Task ReleaseFault(HttpContext http, string id)
    {
        Fault fault = Fault(id);
        fault.Release();
        return AdminApi.Write(http, fault.Describe());
    }

    private Task RemoveFaults(HttpContext http) => AdminApi.Write(http, new { removed = sandbox.Faults.All.ToArray().Count(f => sandbox.Faults.Remove(f.Id)) });

    private Fault Fault(string id) => int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && sandbox.Faults.Find(number) is { } fault
        ? fault
        : throw new ArgumentException($"There is no fault {id}.");

    private async Task SetLimits(HttpContext http)
    {
        JsonElement body = await AdminApi.Body(http);
        Limits limits = sandbox.Limits;
        Dictionary<string, Action<long>> known = new()
        {
            ["tableUpdates"] = n => limits.TableUpdates = (int)n,
            ["partitionedTableUpdates"] = n => limits.PartitionedTableUpdates = (int)n,
            ["datasetUpdates"] = n => limits.DatasetUpdates = (int)n,
            ["tableInsertsPerSecond"] = n => limits.TableInsertsPerSecond = (int)n,
            ["tableLoadsPerDay"] = n => limits.TableLoadsPerDay = (int)n,
            ["projectLoadsPerDay"] = n => limits.ProjectLoadsPerDay = (int)n,
            ["jobsPerTable"] = n => limits.JobsPerTable = (int)n,
            ["partitionsPerJob"] = n => limits.PartitionsPerJob = (int)n,
            ["partitionUpdatesPerDay"] = n => limits.PartitionUpdatesPerDay = (int)n,
            ["requestsPerSecond"] = n => limits.RequestsPerSecond = (int)n,
            ["concurrentRequests"] = n => limits.ConcurrentRequests = (int)n,
            ["gzipBytes"] = n => limits.GzipBytes = n,
        };
        AdminApi.Only(body, [.. known.Keys, "forget"]);
        foreach (JsonProperty limit in body.EnumerateObject().Where(p => p.Name != "forget"))
        {
            known[limit.Name](limit.Value.GetInt64() is >= 0 and <= int.MaxValue * 100L and var n ? n : throw new ArgumentException($"{limit.Name} is 0 or more."));
        }

        if (body.Flag("forget") == true)
        {
            limits.Forget();
        }

        await AdminApi.Write(http, limits.Describe());
    }

    private async Task SetJobs(HttpContext http)
    {
        JsonElement body = await AdminApi.Body(http);
        AdminApi.Only(body, "pendingMs", "runningMs");
        if (body.Long("pendingMs") is { } pending) sandbox.Runner.PendingMs = (int)Math.Clamp(pending, 0, int.MaxValue);
        if (body.Long("runningMs") is { } running) sandbox.Runner.RunningMs = (int)Math.Clamp(running, 0, int.MaxValue);
        await AdminApi.Write(http, new { pendingMs = sandbox.Runner.PendingMs, runningMs = sandbox.Runner.RunningMs });
    }

    private async Task SetUploads(HttpContext http)
    {
        JsonElement body = await AdminApi.Body(http);
        AdminApi.Only(body, "discardUploads", "expireSessions");
        if (body.Text("discardUploads") is { } mode)
        {
            sandbox.DiscardUploads = mode switch { "off" => DiscardMode.Off, "rows" => DiscardMode.Rows, "bytes" => DiscardMode.Bytes, _ => throw new ArgumentException("discardUploads is off, rows or bytes.") };
        }

        int expired = body.Flag("expireSessions") == true ? sandbox.Uploads.Expire(null) : 0;
        await AdminApi.Write(http, new { discardUploads = sandbox.DiscardUploads.ToString().ToLowerInvariant(), expired });
    }

    private async Task SetProject(HttpContext http)
    {
        JsonElement body = await AdminApi.Body(http);
        AdminApi.Only(body, "project", "apiEnabled", "billing");
        Project project = sandbox.ProjectOf(body.Text("project") ?? sandbox.Project);
        if (body.Flag("apiEnabled") is { } api) project.ApiEnabled = api;
        if (body.Flag("billing") is { } billing) project.Billing = billing;
        await AdminApi.Write(http, new { project = project.Id, apiEnabled = project.ApiEnabled, billing = project.Billing });
    }

    private static int Number(RequestTarget target, string name, int otherwise) =>
        target.Query.FirstOrDefault(q => q.Name == name).Value is not { } value ? otherwise
        : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw new ArgumentException($"{name} takes a whole number.");

    private static Task Text(HttpContext http, string text)
    {
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(text);
    }
}
