using System.Diagnostics;
using System.Security.Cryptography;
using Junipeer.Sandbox.Faults;
using Junipeer.Sandbox.Brightpearl.OAuth;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Junipeer.Sandbox.Brightpearl.Front;

/// <summary>
/// The way of a request: account, quota, authentication, resource; with the faults that strike it before and after.
/// A body on a reading request is tolerated and ignored.
/// </summary>
internal sealed class Gateway(BrightpearlSandbox sandbox)
{
    public async Task Handle(HttpContext http, RequestTarget target)
    {
        long started = Stopwatch.GetTimestamp();
        string method = http.Request.Method;
        string[] path = target.Segments;
        bool tools = path.Length > 0 && path[0] == Resources.DeveloperTools.Root;
        bool api = path.Length >= 2 && path[0] is "public-api" or "2.0.0";
        (Route? route, string[] values, bool otherMethod) = tools ? sandbox.Router.Find(method, path) : api ? sandbox.Router.Find(method, path.AsSpan(2)) : (null, [], false);
        if (route is { Assumed: true } && !sandbox.Quirks.AssumedPaths)
        {
            route = null;
        }

        OAuthRequest? oauth = !api && !tools ? await OAuthRequest.Read(http, target) : null;
        using IDisposable? arrival = sandbox.OAuth.Arrive(oauth);
        Call call = new() { Sandbox = sandbox, Target = target, Method = method, Route = route, Values = values, OAuth = oauth };
        string verb = oauth is not null ? oauth.Verb : route is null ? method : route.Verb == "SEARCH" && call.Query("countOnly") == "true" ? "COUNT" : route.Verb;
        Outcome outcome = new();
        List<Fault> faults = sandbox.Faults.Strike(call, verb);
        Answer? answer = null;
        try
        {
            if (!await Before(http, call, faults))
            {
                sandbox.OAuth.Faulted(oauth, "faulted");
                arrival?.Dispose();
                Record(call, verb, outcome, 0, 0, started);
                http.Abort();
                return;
            }

            answer = Instead(http, call, faults, outcome) ?? (oauth is null ? Act(http, call, api, tools, otherMethod, outcome) : sandbox.OAuth.Answer(oauth));
            if (!await After(http, call, faults))
            {
                sandbox.OAuth.Faulted(oauth, "withheld");
                arrival?.Dispose();
                Record(call, verb, outcome, 0, 0, started);
                http.Abort();
                return;
            }

            // Before the client can know: what it sends next does not overlap.
            arrival?.Dispose();
            await Send(http, call, answer, faults, outcome);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client went away while its answer was held.
        }
        finally
        {
            foreach (Fault fault in faults)
            {
                Announce(call, fault);
            }
        }

        Record(call, verb, outcome, answer?.Status ?? 0, answer?.Body.Length ?? 0, started);
        answer?.Dispose();
    }

    private static async Task<bool> Before(HttpContext http, Call call, List<Fault> faults)
    {
        foreach (Fault fault in faults.Where(f => f.When == "before"))
        {
            switch (fault.Kind)
            {
                case "delay":
                    Announce(call, fault);
                    await Task.Delay(fault.Milliseconds, http.RequestAborted);
                    break;
                case "hold":
                    await fault.Hold(() => Announce(call, fault), http.RequestAborted);
                    break;
                case "drop-before":
                    return false;
                case "world" or "insert-while-paging" or "delete-while-paging":
                    ChangeWorld(call, fault);
                    break;
            }
        }

        foreach (Fault fault in faults)
        {
            switch (fault.Kind)
            {
                case "stale-page":
                    call.Tampering.RepeatPage = fault.Mode != "short";
                    call.Tampering.DropRows = fault.Mode == "short" ? fault.Rows : 0;
                    break;
                case "misreport-total":
                    call.Tampering.ResultsAvailable = fault.ResultsAvailable;
                    call.Tampering.MorePages = fault.MorePagesAvailable;
                    break;
                case "expire-token":
                    string bearer = http.Request.Headers.Authorization.ToString();
                    call.Sandbox.Tokens.Expire(bearer.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? bearer[7..].Trim() : null);
                    break;
            }
        }

        return true;
    }

    private static async Task<bool> After(HttpContext http, Call call, List<Fault> faults)
    {
        foreach (Fault fault in faults.Where(f => f.When == "after"))
        {
            switch (fault.Kind)
            {
                case "delay":
                    Announce(call, fault);
                    await Task.Delay(fault.Milliseconds, http.RequestAborted);
                    break;
                case "hold":
                    await fault.Hold(() => Announce(call, fault), http.RequestAborted);
                    break;
                case "world" or "insert-while-paging" or "delete-while-paging":
                    ChangeWorld(call, fault);
                    break;
            }
        }

        return !faults.Any(f => f.Kind == "drop-after");
    }

    private static void Announce(Call call, Fault fault)
    {
        if (call.Announced.Add(fault))
        {
            fault.Announce();
        }
    }

    /// <summary>An action of the fault's own, or: one more order, or one less of what the page began with.</summary>
    private static void ChangeWorld(Call call, Fault fault)
    {
        string actions = fault.Actions?.GetRawText() ?? (fault.Kind == "delete-while-paging" && call.LastPage is World.Order order
            ? $$"""[{"do":"delete-order","id":{{order.Id}}}]"""
            : fault.Kind == "delete-while-paging" ? """[{"do":"delete-order"}]""" : """[{"do":"create-order"}]""");
        using System.Text.Json.JsonDocument parsed = System.Text.Json.JsonDocument.Parse(actions);
        call.Sandbox.Changes.Apply(parsed.RootElement);
    }

    /// <summary>An answer given instead of acting.</summary>
    private Answer? Instead(HttpContext http, Call call, List<Fault> faults, Outcome outcome)
    {
        foreach (Fault fault in faults)
        {
            Answer? answer = fault.Kind switch
            {
                "throttle-storm" => Answer.Gateway(503, TooMany),
                "outage" => Answer.Gateway(503, fault.Body ?? "Service temporarily unavailable"),
                "html" => new Answer { Status = fault.Status, ContentType = "text/html; charset=UTF-8", Body = System.Text.Encoding.UTF8.GetBytes(fault.Body ?? EdgePage(fault.Status)) },
                "status" when fault.Body is { } body => new Answer { Status = fault.Status, ContentType = fault.ContentType ?? Answer.Json, Body = System.Text.Encoding.UTF8.GetBytes(body) },
                "status" => Answer.Gateway(fault.Status, "Simulated failure"),
                "bad-id" => fault.Status == 400
                    ? Answer.Error(400, "CMNC-007", "One of the IDs is not valid")
                    : Answer.Error(fault.Status, "CMNC-404", "No Document Found"),
                _ => null,
            };
            if (answer is null)
            {
                continue;
            }

            foreach ((string name, string value) in fault.Headers)
            {
                answer.Headers[name] = value;
            }

            if (call.OAuth is not null)
            {
                // Nothing of OAuth uses quota.
                sandbox.OAuth.Faulted(call.OAuth, "faulted");
                return answer;
            }

            bool spend = fault.Quota ?? fault.Kind is "status" or "bad-id";
            Caller caller = sandbox.Authenticator.Authenticate(http.Request.Headers, sandbox.Tokens.Account);
            outcome.Quota = sandbox.Pool(caller.Pool).Take(spend);
            return answer;
        }

        return null;
    }

    private const string TooMany = "You have sent too many requests. Please wait before sending another request";

    private Answer Act(HttpContext http, Call call, bool api, bool tools, bool otherMethod, Outcome outcome)
    {
        string path = "/" + string.Join('/', call.Target.Segments);
        if (tools)
        {
            outcome.Quota = sandbox.Pool(Authenticator.PrivatePool).Look();
            return call.Route is null ? Answer.Error(404, "CMNC-404", "Cannot find the resource " + path) : Run(call);
        }

        string account = api ? call.Target.Segments[1] : string.Empty;
        bool known = account == sandbox.Tokens.Account || account == sandbox.Tokens.OtherAccount;
        if (!known)
        {
            outcome.Quota = sandbox.Pool(Authenticator.PrivatePool).Look();
            outcome.Unauthorised = api && sandbox.Quirks["unknownAccount"] == "401";
            return outcome.Unauthorised
                ? Answer.Gateway(401, "Not authenticated. You must provide a valid authentication token.")
                : Answer.Error(404, "CMNC-404", "Cannot find the resource " + path);
        }

        Caller caller = sandbox.Authenticator.Authenticate(http.Request.Headers, account);
        outcome.InstanceId = caller.InstanceId;
        // A refused request still costs one.
        outcome.Quota = sandbox.Pool(account == sandbox.Tokens.Account ? caller.Pool : account + " " + caller.Pool).Take();
        if (!outcome.Quota.Value.Allowed)
        {
            outcome.Throttled = true;
            return Answer.Gateway(503, TooMany);
        }

        if (caller.Refusal is { } refusal)
        {
            outcome.Unauthorised = true;
            return Answer.Gateway(401, refusal);
        }

        string resource = "/" + string.Join('/', call.Target.Segments.Skip(2));
        return call.Route is not null
            ? Run(call)
            : otherMethod
                ? Answer.Error(405, "CMNC-405", $"The method {call.Method} is not supported for {resource}")
                : Answer.Error(404, "CMNC-404", "Cannot find the resource " + resource);
    }

    private static Answer Run(Call call)
    {
        try
        {
            Answer answer = call.Route!.Answer(call);
            answer.MessageType = call.Route.MessageType;
            return answer;
        }
        catch (ApiException refused)
        {
            Answer answer = Answer.Error(refused.Status, refused.Code, refused.Message);
            answer.MessageType = call.Route!.MessageType;
            return answer;
        }
    }

    private async Task Send(HttpContext http, Call call, Answer answer, List<Fault> faults, Outcome outcome)
    {
        HttpResponse response = http.Response;
        IHeaderDictionary headers = response.Headers;
        response.StatusCode = answer.Status;
        headers.ContentType = answer.ContentType;
        headers.Date = sandbox.Clock.Now.ToString("r", System.Globalization.CultureInfo.InvariantCulture);
        headers["server"] = "cloudflare";
        headers["cf-ray"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)) + "-LHR";
        if (sandbox.Quirks.On("cookie"))
        {
            headers["Set-Cookie"] = $"__cf_bm={Convert.ToBase64String(RandomNumberGenerator.GetBytes(24))}; path=/; HttpOnly; Secure; SameSite=None";
        }

        if (call.OAuth is null && !faults.Any(f => f.Kind == "html"))
        {
            headers["message-type"] = answer.MessageType;
            headers["ruid"] = outcome.Ruid;
            QuotaAnswer quota = outcome.Quota ?? sandbox.Pool(Authenticator.PrivatePool).Look();
            headers["brightpearl-requests-remaining"] = quota.Remaining.ToString(System.Globalization.CultureInfo.InvariantCulture);
            headers["brightpearl-next-throttle-period"] = quota.NextPeriodMs.ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (outcome.InstanceId != 0)
            {
                headers["brightpearl-installed-integration-instance-id"] = outcome.InstanceId.ToString(System.Globalization.CultureInfo.InvariantCulture);
            }
        }

        foreach ((string name, string value) in answer.Headers)
        {
            headers[name] = value;
        }

        PooledBuffer? zipped = null;
        ReadOnlyMemory<byte> body = answer.Body;
        if (faults.Any(f => f.Kind == "truncate"))
        {
            body = body[..(body.Length * 2 / 3)];
        }

        if (sandbox.Quirks.Gzip && body.Length > 1024 && http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
        {
            zipped = Compression.Gzip(body);
            body = zipped.Written;
            headers.ContentEncoding = "gzip";
            headers.Vary = "Accept-Encoding";
        }

        response.ContentLength = body.Length;
        if (faults.Any(f => f.Kind == "drop-mid-body"))
        {
            await response.Body.WriteAsync(body[..(body.Length / 2)]);
            await response.Body.FlushAsync();
            http.Abort();
            return;
        }

        await response.Body.WriteAsync(body, http.RequestAborted);
        zipped?.Dispose();
    }

    private void Record(Call call, string verb, Outcome outcome, int status, int bytes, long started)
    {
        string resource = call.Resource ?? "(unknown)";
        sandbox.Counters.Count(verb + " " + resource, outcome.Throttled, outcome.Unauthorised);
        sandbox.Counters.Log(n => new LoggedRequest(
            n, sandbox.Clock.Now, call.Method, call.Target.RawPath, call.Target.RawQuery, verb, resource, status, outcome.Ruid, Math.Round(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 2), bytes));
    }

    private static string EdgePage(int status) =>
        $"<!DOCTYPE html>\n<html><head><title>{(status == 520 ? "520: Web server is returning an unknown error" : status + ": Bad gateway")}</title></head><body><h1>Error {status}</h1><p>cloudflare</p></body></html>";

    private sealed class Outcome
    {
        public QuotaAnswer? Quota { get; set; }

        public bool Throttled { get; set; }

        public bool Unauthorised { get; set; }

        public int InstanceId { get; set; }

        public string Ruid { get; } = Guid.NewGuid().ToString();
    }
}
