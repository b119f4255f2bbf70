using System.Diagnostics;
using System.Globalization;
using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Faults;
using Junipeer.Sandbox.Norce.Services;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Junipeer.Sandbox.Norce.Front;

/// <summary>The way of a request: what it asks for, faults before, token and headers, the method itself, faults after.</summary>
internal sealed class NorceGateway(NorceSandbox sandbox)
{
    private static readonly string[] ServiceNames = ["metadata", "product", "order", "customer", "shopping"];

    public async Task Handle(HttpContext http, RequestTarget target)
    {
        long started = Stopwatch.GetTimestamp();
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
        NorceCall call = Resolve(http, target);
        NorceAnswer? answer = null;
        bool dropped = false;
        try
        {
            call.Faults = sandbox.Faults.IsEmpty ? [] : sandbox.Faults.Strike(call);
            await NorceFaultActions.BeforeAsync(call);
            answer = NorceFaultActions.Instead(call) ?? await RunAsync(call);
            answer = await NorceFaultActions.AfterAsync(call, answer);
            await SendAsync(http, call, answer);
        }
        catch (NorceDroppedException)
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
            foreach (Fault fault in call.Faults)
            {
                NorceFaultActions.Announce(call, fault);
            }
        }

        int status = dropped ? 0 : answer!.Status;
        sandbox.Counters.Request(call.Operation, status, answer?.Reason, n => new NorceLogEntry(
            n, sandbox.Clock.Now, call.Method, target.RawPath, target.RawQuery, call.Operation, status, answer?.Reason, Math.Round(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 2), answer?.Body.Length ?? 0));
        if (dropped)
        {
            http.Abort();
        }
    }

    /// <summary>Paths are matched without regard to case; documentation itself writes them both ways.</summary>
    private NorceCall Resolve(HttpContext http, RequestTarget target)
    {
        string[] path = [.. target.RawPath.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(NorceCall.DecodePart)];
        bool Is(int at, string word) => at < path.Length && string.Equals(path[at], word, StringComparison.OrdinalIgnoreCase);
        (NorceArea area, string operation, string version, int used) = path switch
        {
            { Length: 4 } when Is(0, "identity") && Is(1, "1.0") && Is(2, "connect") && Is(3, "token") => (NorceArea.Identity, "identity.token", "1.0", 4),
            { Length: > 3 } when Is(0, "commerce") && Is(1, "query") && path[2] is "2.0" or "3.0" => (NorceArea.Query, sandbox.Query.NameOf(path[3..]), path[2], 3),
            { Length: > 4 } when Is(0, "commerce") && Is(1, "connect") && Is(2, "4.0") => (NorceArea.Connect, sandbox.Connect.NameOf(path[3..]), "4.0", 3),
            { Length: 4 } when Is(0, "commerce") && ServiceNames.Contains(path[1].ToLowerInvariant()) && Is(2, "1.1") => (NorceArea.Services, "services." + (Array.Find(ServiceMethods.Operations, o => string.Equals(o, path[3], StringComparison.OrdinalIgnoreCase)) ?? path[3]), path[1].ToLowerInvariant(), 3),
            _ => (NorceArea.None, "(unknown)", string.Empty, 0),
        };
        return new NorceCall { Sandbox = sandbox, Http = http, Target = target, Area = area, Operation = operation, Version = version, Rest = path[used..] };
    }

    private async Task<NorceAnswer> RunAsync(NorceCall call)
    {
        try
        {
            if (call.Area == NorceArea.None)
            {
                return NorceAnswer.Text(404, "404 page not found\n");
            }

            if (call.Area == NorceArea.Identity)
            {
                return await sandbox.TokenMethod.RunAsync(call);
            }

            call.Token = sandbox.Identity.Authenticate(call);
            if (call.Area == NorceArea.Query)
            {
                sandbox.Limits.Query(call.Token.Client.Id);
            }

            CheckApplication(call);
            return call.Area switch
            {
                NorceArea.Query => sandbox.Query.Run(call),
                NorceArea.Connect => await sandbox.Connect.RunAsync(call),
                _ => sandbox.Services.Run(call),
            };
        }
        catch (NorceException refused)
        {
            return NorceAnswer.Error(call.Area, refused);
        }
        catch (Exception broken) when (broken is not (OperationCanceledException or IOException or BadHttpRequestException or NorceDroppedException))
        {
            // Nobody foresaw this request; an answer that says so helps more than a connection that ends.
            return NorceAnswer.Error(call.Area, new NorceException(500, "SandboxFailed", $"The sandbox failed: {broken.GetType().Name}: {broken.Message}"));
        }
    }

    /// <summary>The application is context. Query fails without it, as if the server were ill; Connect does not ask for it.</summary>
    private void CheckApplication(NorceCall call)
    {
        string? hyphen = call.Header("application-id"), plain = call.Header("applicationId");
        if (hyphen is not null && plain is not null && hyphen != plain)
        {
            throw NorceException.Bad("application-id and applicationId name two applications.");
        }

        if ((hyphen ?? plain) is not { } text)
        {
            if (call.Area != NorceArea.Connect)
            {
                throw sandbox.Quirks["missingApplicationId"] == "500"
                    ? new NorceException(500, "InternalServerError", "An error has occurred.")
                    : NorceException.Bad("The header application-id is missing.");
            }

            return;
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int id))
        {
            throw NorceException.Bad("application-id must be a whole number.");
        }

        if (!NorceSandbox.Applications.Any(a => a.Id == id) || (call.Token.Client.Applications is { Count: > 0 } allowed && !allowed.Contains(id)))
        {
            throw new NorceException(403, "Forbidden", $"The user has no access to application {id}.");
        }

        call.ApplicationId = id;
    }

    private async Task SendAsync(HttpContext http, NorceCall call, NorceAnswer answer)
    {
        HttpResponse response = http.Response;
        response.StatusCode = answer.Status;
        response.Headers.Date = sandbox.Clock.Now.ToString("r", CultureInfo.InvariantCulture);
        if (answer.ContentType is { } type)
        {
            response.ContentType = type;
        }

        foreach ((string name, string value) in answer.Headers)
        {
            response.Headers[name] = value;
        }

        ReadOnlyMemory<byte> body = answer.Body;
        if (call.Fault("truncate") is not null)
        {
            body = body[..(body.Length * 2 / 3)];
        }

        PooledBuffer? zipped = null;
        if (body.Length > 1024 && sandbox.Quirks.On("gzip") && http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
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
        try
        {
            if (call.Fault("drop-mid-body") is not null)
            {
                await response.Body.WriteAsync(body[..(body.Length / 2)]);
                await response.Body.FlushAsync();
                throw new NorceDroppedException();
            }

            await response.Body.WriteAsync(body, http.RequestAborted);
        }
        finally
        {
            zipped?.Dispose();
        }
    }
}
