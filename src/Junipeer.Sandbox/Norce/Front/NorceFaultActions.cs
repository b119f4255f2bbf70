using System.Text;
using Junipeer.Sandbox.Faults;

namespace Junipeer.Sandbox.Norce.Front;

/// <summary>What the faults of a request do before it is carried out, instead of it, and after.</summary>
internal static class NorceFaultActions
{
    public static async Task BeforeAsync(NorceCall call)
    {
        foreach (Fault fault in call.Faults)
        {
            switch (fault.Kind)
            {
                case "delay" or "hold" when fault.When == "before":
                    await WaitAsync(call, fault);
                    break;
                case "drop-before":
                    throw new NorceDroppedException();
                case "world" when fault.When == "before":
                    call.Sandbox.Changes.Apply(fault.Actions!.Value);
                    break;
                case "expire-token":
                    string header = call.Http.Request.Headers.Authorization.ToString();
                    call.Sandbox.Identity.Expire(header.Length > 7 ? header[7..].Trim() : string.Empty);
                    break;
            }
        }
    }

    /// <summary>An answer given instead of acting.</summary>
    public static NorceAnswer? Instead(NorceCall call) => call.Faults.Where(f => f.When == "before").Select(f => Made(call, f)).FirstOrDefault(a => a is not null);

    /// <summary>The server has acted: its answer may be withheld, late, or another.</summary>
    public static async Task<NorceAnswer> AfterAsync(NorceCall call, NorceAnswer answer)
    {
        foreach (Fault fault in call.Faults)
        {
            switch (fault.Kind)
            {
                case "delay" or "hold" when fault.When == "after":
                    await WaitAsync(call, fault);
                    break;
                case "world" when fault.When == "after":
                    call.Sandbox.Changes.Apply(fault.Actions!.Value);
                    break;
            }
        }

        if (call.Fault("drop-after") is not null)
        {
            throw new NorceDroppedException();
        }

        return call.Faults.Where(f => f.When == "after").Select(f => Made(call, f)).FirstOrDefault(a => a is not null) ?? answer;
    }

    public static void Announce(NorceCall call, Fault fault)
    {
        if (call.Announced.Add(fault))
        {
            fault.Announce();
        }
    }

    private static async Task WaitAsync(NorceCall call, Fault fault)
    {
        if (fault.Kind == "hold")
        {
            await fault.Hold(() => Announce(call, fault), call.Http.RequestAborted);
            return;
        }

        Announce(call, fault);
        await Task.Delay(fault.Milliseconds, call.Http.RequestAborted);
    }

    private static NorceAnswer? Made(NorceCall call, Fault fault)
    {
        NorceAnswer? answer = fault.Kind switch
        {
            "html" => NorceAnswer.Text(fault.Status, fault.Body ?? $"<html><head><title>{fault.Status} Bad Gateway</title></head><body><center><h1>{fault.Status} Bad Gateway</h1></center></body></html>", fault.ContentType ?? "text/html"),
            "status" when fault.Body is { } body => new NorceAnswer { Status = fault.Status, ContentType = fault.ContentType ?? NorceAnswer.JsonType, Body = Encoding.UTF8.GetBytes(body) },
            "rate-limit" or "status" or "deep-skip" => NorceAnswer.Error(call.Area, new NorceException(fault.Status, fault.Reason ?? (fault.Kind == "rate-limit" ? "TooManyRequests" : "ServerError"), fault.Message ?? "An error has occurred.")),
            _ => null,
        };
        if (answer is not null)
        {
            if (fault.Kind == "rate-limit" && call.Sandbox.Quirks.On("retryAfter"))
            {
                answer.Headers["Retry-After"] = "1";
            }

            foreach ((string name, string value) in fault.Headers)
            {
                answer.Headers[name] = value;
            }
        }

        return answer;
    }
}
