using System.Diagnostics;
using System.Globalization;
using System.Text;
using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Faults;
using Junipeer.Sandbox.Google.Data;
using Junipeer.Sandbox.Google.OAuth;
using Junipeer.Sandbox.Google.Rest;
using Junipeer.Sandbox.Google.Uploads;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Junipeer.Sandbox.Google.Front;

/// <summary>The way of a request: its method, faults before, token, limits, the method itself, faults after.</summary>
internal sealed class GoogleGateway(GoogleSandbox sandbox)
{
    private static readonly string[] Standard = ["alt", "prettyPrint", "key", "quotaUser", "access_token", "oauth_token", "userIp", "$.xgafv"];

    public async Task Handle(HttpContext http, RequestTarget target)
    {
        long started = Stopwatch.GetTimestamp();
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
        (Operation? operation, Dictionary<string, string> values, bool otherMethod) = Find(http.Request.Method, target.Segments);
        GoogleCall? call = operation is null ? null : new GoogleCall { Sandbox = sandbox, Http = http, Target = target, Operation = operation, Path = values };
        GoogleAnswer? answer = null;
        bool dropped = false;
        try
        {
            if (call is null)
            {
                answer = otherMethod
                    ? GoogleAnswer.Error(405, "httpMethodNotAllowed", "HTTP method is not allowed.")
                    : GoogleAnswer.Text(404, "<!DOCTYPE html><html lang=en><title>Error 404 (Not Found)!!1</title><p><b>404.</b> That's an error.<p>The requested URL was not found on this server.</html>", "text/html; charset=UTF-8");
            }
            else
            {
                string verb = call.Method;
                if (operation!.Name == "oauth.token")
                {
                    (verb, call.Form) = await SignIn.PeekAsync(call);
                }

                call.Faults = sandbox.Faults.Strike(call, verb);
                await GoogleFaultActions.BeforeAsync(sandbox, call);
                answer = GoogleFaultActions.Instead(call) ?? await RunAsync(call);
                answer = await GoogleFaultActions.AfterAsync(sandbox, call, answer);
            }

            await SendAsync(http, call, answer);
        }
        catch (ConnectionDroppedException)
        {
            dropped = true;
        }
        catch (Exception broken) when (broken is OperationCanceledException or IOException or BadHttpRequestException)
        {
            // The client went away in the middle.
            dropped = true;
        }
        finally
        {
            foreach (Fault fault in call?.Faults ?? [])
            {
                GoogleFaultActions.Announce(call!, fault);
            }
        }

        sandbox.Counters.Request(operation?.Name ?? "(unknown)", dropped ? 0 : answer!.Status, answer?.Reason, n => new GoogleLogEntry(
            n, sandbox.Clock.Now, http.Request.Method, target.RawPath, Redacted(target.RawQuery), operation?.Name ?? "(unknown)", dropped ? 0 : answer!.Status, answer?.Reason, Math.Round(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 2), answer?.Body.Length ?? 0));
        if (dropped)
        {
            http.Abort();
        }
    }

    private static string Redacted(string query) => query.Contains("token=", StringComparison.Ordinal) ? "(left out: it holds a token)" : query;

    private (Operation? Operation, Dictionary<string, string> Values, bool OtherMethod) Find(string method, string[] path)
    {
        (IReadOnlyList<Operation> operations, string[] rest) = path switch
        {
            ["upload", "bigquery", "v2", .. var tail] => (sandbox.UploadOperations, tail),
            ["resumable", "upload", "bigquery", "v2", .. var tail] => (sandbox.UploadOperations, tail),
            ["bigquery", "v2", .. var tail] => (sandbox.Operations, tail),
            ["projects", ..] => (sandbox.Operations, path),
            _ => (sandbox.SignInOperations, path),
        };
        bool other = false;
        foreach (Operation operation in operations)
        {
            if (operation.Match(rest) is { } values)
            {
                if (operation.Method == method)
                {
                    return (operation, values, false);
                }

                other = true;
            }
        }

        return (null, [], other);
    }

    private async Task<GoogleAnswer> RunAsync(GoogleCall call)
    {
        try
        {
            if (call.Operation.Scope == TokenScope.None)
            {
                if (call.Operation.Name.StartsWith("upload.", StringComparison.Ordinal) && call.Http.Request.Headers.Authorization.Count > 0)
                {
                    // The address of a session is a key by itself; a token that is sent all the same must be good.
                    sandbox.Authenticate(call);
                }

                return await call.Operation.Run(call);
            }

            call.Caller = sandbox.Authenticate(call);
            CheckScope(call);
            CheckProject(call);
            CheckQuery(call);
            sandbox.Limits.Request(call.Caller.Principal.Email, call.Operation.Name);
            using IDisposable running = sandbox.Limits.Concurrent(call.Caller.Principal.Email);
            if (call.Operation.Body is { } shape)
            {
                call.Body = GoogleCall.Parse(await call.ReadAsync());
                Shapes.Check(shape, call.Body);
            }

            return await call.Operation.Run(call);
        }
        catch (GoogleException refused)
        {
            GoogleAnswer answer = GoogleAnswer.Error(refused);
            if (refused.Status == 401)
            {
                answer.Headers["WWW-Authenticate"] = "Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"";
            }

            return answer;
        }
        catch (DataException refused)
        {
            return GoogleAnswer.Error(GoogleException.From(refused));
        }
    }

    private static void CheckScope(GoogleCall call)
    {
        TokenScope scope = call.Operation.Scope;
        bool enough = call.Caller.Scopes.Any(s => s.StartsWith(GoogleOAuth.ScopeRoot, StringComparison.Ordinal) && s[GoogleOAuth.ScopeRoot.Length..] switch
        {
            "bigquery" or "cloud-platform" => true,
            "cloud-platform.read-only" => scope == TokenScope.Read,
            "bigquery.insertdata" => scope == TokenScope.Insert,
            var other => scope == TokenScope.Load && other.StartsWith("devstorage.", StringComparison.Ordinal),
        });
        if (!enough)
        {
            throw new GoogleException(403, "insufficientPermissions", "Request had insufficient authentication scopes.");
        }
    }

    private void CheckProject(GoogleCall call)
    {
        if (call.Path.TryGetValue("project", out string? id) && !sandbox.ProjectOf(id).ApiEnabled)
        {
            throw new GoogleException(403, "accessNotConfigured", $"BigQuery API has not been used in project {id} before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/bigquery.googleapis.com/overview?project={id} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.");
        }
    }

    private static void CheckQuery(GoogleCall call)
    {
        foreach ((string name, string value) in call.Target.Query)
        {
            if (name == "fields")
            {
                throw GoogleException.NotSimulated("partial answers (fields)");
            }

            if (name == "alt" && value != "json")
            {
                throw GoogleException.Bad($"Invalid value at 'alt': \"{value}\"");
            }

            if (!Standard.Contains(name) && !call.Operation.Query.Contains(name))
            {
                throw GoogleException.Bad($"Invalid JSON payload received. Unknown name \"{name}\": Cannot bind query parameter. Field '{name}' could not be found in request message.");
            }
        }
    }

    private async Task SendAsync(HttpContext http, GoogleCall? call, GoogleAnswer answer)
    {
        HttpResponse response = http.Response;
        response.StatusCode = answer.Status;
        if (answer.Status == 308)
        {
            http.Features.Get<IHttpResponseFeature>()!.ReasonPhrase = "Resume Incomplete";
        }

        response.Headers.Date = sandbox.Clock.Now.ToString("r", CultureInfo.InvariantCulture);
        response.Headers["Server"] = "ESF";
        if (answer.ContentType is { } type)
        {
            response.ContentType = type;
        }

        foreach ((string name, string value) in answer.Headers)
        {
            response.Headers[name] = value;
        }

        ReadOnlyMemory<byte> body = answer.Body;
        if (call?.Fault("truncate") is not null)
        {
            body = body[..(body.Length * 2 / 3)];
        }

        PooledBuffer? zipped = null;
        if (body.Length > 1024 && sandbox.Quirks["gzip"] == "on" && http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
        {
            zipped = Compression.Gzip(body);
            body = zipped.Written;
            response.Headers.ContentEncoding = "gzip";
            response.Headers.Vary = "Accept-Encoding";
        }

        if (answer.Status == 204)
        {
            return;
        }

        response.ContentLength = body.Length;
        if (call?.Fault("drop-mid-body") is not null)
        {
            await response.Body.WriteAsync(body[..(body.Length / 2)]);
            await response.Body.FlushAsync();
            zipped?.Dispose();
            throw new ConnectionDroppedException();
        }

        await response.Body.WriteAsync(body, http.RequestAborted);
        zipped?.Dispose();
    }
}
