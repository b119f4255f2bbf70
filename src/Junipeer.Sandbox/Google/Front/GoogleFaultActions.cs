using System.Text;
using System.Text.Json;
using Junipeer.Sandbox.Faults;
using Junipeer.Sandbox.Google.OAuth;
using Junipeer.Sandbox.Google.Uploads;

namespace Junipeer.Sandbox.Google.Front;

/// <summary>What the faults of a request do before it is carried out, instead of it, and after.</summary>
internal static class GoogleFaultActions
{
    public static async Task BeforeAsync(GoogleSandbox sandbox, GoogleCall call)
    {
        foreach (Fault fault in call.Faults)
        {
            switch (fault.Kind)
            {
                case "delay" or "hold" when fault.When == "before":
                    await WaitAsync(call, fault);
                    break;
                case "drop-before":
                    throw new ConnectionDroppedException();
                case "world" when fault.When == "before":
                    Admin.GoogleWorld.Apply(sandbox, fault.Actions!.Value);
                    break;
                case "expire-token" or "revoke-token" or "invalid-rapt":
                    EndToken(sandbox, call, fault.Kind);
                    break;
                case "session-gone":
                    sandbox.Uploads.Expire(call.Query("upload_id") ?? string.Empty);
                    break;
            }
        }
    }

    /// <summary>An answer given instead of acting.</summary>
    public static GoogleAnswer? Instead(GoogleCall call) => call.Faults.Where(f => f.When == "before").Select(f => Made(call, f)).FirstOrDefault(a => a is not null);

    /// <summary>The server has acted: its answer may be withheld, late, or another.</summary>
    public static async Task<GoogleAnswer> AfterAsync(GoogleSandbox sandbox, GoogleCall call, GoogleAnswer answer)
    {
        foreach (Fault fault in call.Faults)
        {
            switch (fault.Kind)
            {
                case "delay" or "hold" when fault.When == "after":
                    await WaitAsync(call, fault);
                    break;
                case "world" when fault.When == "after":
                    Admin.GoogleWorld.Apply(sandbox, fault.Actions!.Value);
                    break;
            }
        }

        if (call.Fault("drop-after") is not null)
        {
            throw new ConnectionDroppedException();
        }

        return call.Faults.Where(f => f.When == "after").Select(f => Made(call, f)).FirstOrDefault(a => a is not null) ?? answer;
    }

    public static void Announce(GoogleCall call, Fault fault)
    {
        if (call.Announced.Add(fault))
        {
            fault.Announce();
        }
    }

    private static async Task WaitAsync(GoogleCall call, Fault fault)
    {
        if (fault.Kind == "hold")
        {
            await fault.Hold(() => Announce(call, fault), call.Http.RequestAborted);
            return;
        }

        Announce(call, fault);
        await Task.Delay(fault.Milliseconds, call.Http.RequestAborted);
    }

    private static GoogleAnswer? Made(GoogleCall call, Fault fault)
    {
        GoogleAnswer? answer = fault.Kind switch
        {
            "html" => GoogleAnswer.Text(fault.Status, fault.Body ?? $"<!DOCTYPE html>\n<html lang=en><title>Error {fault.Status} (Server Error)!!1</title><p><b>{fault.Status}.</b> That's an error.<p>The server encountered a temporary error and could not complete your request.</html>", fault.ContentType ?? "text/html; charset=UTF-8"),
            "rate-limit" => GoogleAnswer.Error(fault.Status, fault.Reason ?? "rateLimitExceeded", fault.Message ?? "Exceeded rate limits: too many api requests per user per method for this user_method. For more information, see https://cloud.google.com/bigquery/docs/troubleshoot-quotas"),
            "quota" => GoogleAnswer.Error(fault.Status, fault.Reason ?? "quotaExceeded", fault.Message ?? "Quota exceeded: Your project exceeded quota for API requests. For more information, see https://cloud.google.com/bigquery/docs/troubleshoot-quotas"),
            "status" when fault.Body is { } body => new GoogleAnswer { Status = fault.Status, ContentType = fault.ContentType ?? GoogleAnswer.JsonType, Body = Encoding.UTF8.GetBytes(body) },
            "status" when call.Operation.Name.StartsWith("oauth.", StringComparison.Ordinal) && call.Operation.Name != "oauth.impersonate" =>
                GoogleAnswer.Json(new System.Text.Json.Nodes.JsonObject { ["error"] = fault.Reason ?? "internal_failure", ["error_description"] = fault.Message ?? "Backend Error" }, fault.Status),
            "status" => GoogleAnswer.Error(fault.Status, fault.Reason ?? (fault.Status switch { 500 => "internalError", 404 => "notFound", 401 => "authError", 403 => "accessDenied", 409 => "duplicate", 429 => "rateLimitExceeded", < 500 => "invalid", _ => "backendError" }), fault.Message ?? (fault.Status >= 500 ? "Backend Error" : "Simulated failure")),
            _ => null,
        };
        if (answer is not null)
        {
            foreach ((string name, string value) in fault.Headers)
            {
                answer.Headers[name] = value;
            }
        }

        return answer;
    }

    /// <summary>Ends the token of the request, or what it was refreshed with.</summary>
    private static void EndToken(GoogleSandbox sandbox, GoogleCall call, string how)
    {
        string header = call.Http.Request.Headers.Authorization.ToString();
        AccessToken? access = header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? sandbox.OAuth.Tokens.FindAccess(header[7..].Trim()) : null;
        RefreshToken? refresh = access?.Family;
        if (call.Form is { } form && Brightpearl.Front.RequestTarget.Pairs(Encoding.UTF8.GetString(form)).FirstOrDefault(p => p.Name == "refresh_token").Value is { } value)
        {
            refresh = sandbox.OAuth.Tokens.FindRefresh(value);
        }

        if (access is not null)
        {
            access.Revoked = true;
        }

        if (refresh is not null && how == "revoke-token")
        {
            sandbox.OAuth.Tokens.EndFamily(refresh);
        }
        else if (refresh is not null && how == "invalid-rapt")
        {
            refresh.NeedsReauth = true;
        }
    }
}
