using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Junipeer.Sandbox.Brightpearl;
using Junipeer.Sandbox.Faults;
using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Brightpearl.World;
using Microsoft.AspNetCore.Http;

namespace Junipeer.Sandbox.Admin;

/// <summary>Steers the sandbox under <c>/_sandbox/</c>: no authentication, no quota. A bad request is a 400 that says why.</summary>
internal sealed class AdminApi(BrightpearlSandbox sandbox)
{
    private readonly OAuthAdmin _oauth = new(sandbox);
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task Handle(HttpContext http, RequestTarget target)
    {
        try
        {
            await Route(http, target, target.Segments[1..]);
        }
        catch (Exception wrong) when (wrong is ArgumentException or WorldChangeException or JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            await Write(http, new { error = wrong.Message }, 400);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client no longer waits.
        }
    }

    private Task Route(HttpContext http, RequestTarget target, string[] path) => (http.Request.Method, path) switch
    {
        ("GET", []) => WriteText(http, AdminHelp.Text(sandbox)),
        ("GET", ["status"]) => Write(http, new StatusReport(sandbox).Describe()),
        ("GET", ["counters"]) => Write(http, new StatusReport(sandbox).Counters()),
        ("POST", ["counters", "reset"]) => ResetCounters(http),
        ("GET", ["requests"]) => Write(http, sandbox.Counters.Last(Number(target, "last", 200))),
        ("GET", ["dump"]) => Write(http, DumpEndpoint.Index(sandbox)),
        ("GET", ["dump", var resource]) => DumpEndpoint.Write(http, sandbox, resource),
        ("POST", ["world"]) => ChangeWorld(http),
        ("GET", ["clock"]) => Write(http, Clock()),
        ("POST", ["clock"]) => SetClock(http),
        ("GET", ["quirks"]) => Write(http, QuirkList()),
        ("PUT" or "POST", ["quirks"]) => SetQuirks(http),
        ("POST", ["quirks", "reset"]) => ResetQuirks(http),
        ("GET", ["faults"]) => Write(http, sandbox.Faults.All.Select(f => f.Describe())),
        ("POST", ["faults"]) => AddFault(http),
        ("GET", ["faults", var id]) => ShowFault(http, target, id),
        ("POST", ["faults", var id, "release"]) => ReleaseFault(http, id),
        ("DELETE", ["faults"]) => RemoveFaults(http),
        ("DELETE", ["faults", var id]) => sandbox.Faults.Remove(Fault(id).Id) ? Write(http, new { removed = 1 }) : Write(http, new { error = "Gone already." }, 404),
        ("POST", ["tokens"]) => IssueToken(http),
        ("POST", ["tokens", "expire"]) => ExpireTokens(http),
        (_, ["oauth", ..]) => _oauth.Handle(http, path[1..]),
        ("POST", ["quota"]) => SetQuota(http),
        ("POST", ["other-app"]) => SetOtherApp(http),
        _ => Write(http, new { error = $"There is no {http.Request.Method} /_sandbox/{string.Join('/', path)}; GET /_sandbox/ lists what there is." }, 404),
    };

    private Task ResetCounters(HttpContext http)
    {
        sandbox.Counters.Reset();
        sandbox.OAuth.Counters.Reset();
        foreach (QuotaPool pool in sandbox.Pools().Values)
        {
            pool.ForgetWindows();
        }

        return Write(http, new StatusReport(sandbox).Counters());
    }

    private async Task ChangeWorld(HttpContext http)
    {
        JsonElement body = await Body(http);
        if (!body.TryGetProperty("actions", out JsonElement actions) || actions.ValueKind != JsonValueKind.Array)
        {
            throw new ArgumentException("POST world takes {\"actions\":[{\"do\":...}]}.");
        }

        await Write(http, new { results = sandbox.Changes.Apply(actions), time = sandbox.Clock.Now });
    }

    private object Clock() => new { now = sandbox.Clock.Now, realNow = DateTimeOffset.UtcNow, advancedSeconds = sandbox.Clock.AdvancedMs / 1000.0, skewSeconds = sandbox.Clock.SkewMs / 1000.0, timeZone = sandbox.Time.Zone.Id, accountNow = sandbox.Time.Format(sandbox.Clock.NowMs) };

    private async Task SetClock(HttpContext http)
    {
        JsonElement body = await Body(http);
        Only(body, "advanceSeconds", "set", "skewSeconds");
        if (body.TryGetProperty("advanceSeconds", out JsonElement advance))
        {
            sandbox.Clock.Advance(TimeSpan.FromSeconds(advance.GetDouble()));
        }

        if (body.TryGetProperty("set", out JsonElement set))
        {
            sandbox.Clock.Set(DateTimeOffset.Parse(set.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));
        }

        if (body.TryGetProperty("skewSeconds", out JsonElement skew))
        {
            sandbox.Clock.Skew(TimeSpan.FromSeconds(skew.GetDouble()));
        }

        await Write(http, Clock());
    }

    private Dictionary<string, object> QuirkList() => Quirks.All.ToDictionary(q => q.Name, q => (object)new { value = sandbox.Quirks[q.Name], @default = q.Default, values = q.Values, about = q.About });

    private async Task SetQuirks(HttpContext http)
    {
        foreach (JsonProperty quirk in (await Body(http)).EnumerateObject())
        {
            string value = quirk.Value.ValueKind switch { JsonValueKind.True => "on", JsonValueKind.False => "off", _ => quirk.Value.ToString() };
            if (sandbox.Quirks.Set(quirk.Name, value) is { } wrong)
            {
                throw new ArgumentException(wrong);
            }
        }

        await Write(http, QuirkList());
    }

    private Task ResetQuirks(HttpContext http)
    {
        foreach (Quirk quirk in Quirks.All)
        {
            sandbox.Quirks.Set(quirk.Name, quirk.Default);
        }

        return Write(http, QuirkList());
    }

    private async Task AddFault(HttpContext http) => await Write(http, sandbox.Faults.Add(await Body(http)).Describe());

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

        await Write(http, fault.Describe());
    }

    private async Task ReleaseFault(HttpContext http, string id)
    {
        Fault fault = Fault(id);
        fault.Release();
        await Write(http, fault.Describe());
    }

    private async Task RemoveFaults(HttpContext http)
    {
        int removed = sandbox.Faults.All.ToArray().Count(f => sandbox.Faults.Remove(f.Id));
        await Write(http, new { removed });
    }

    private async Task IssueToken(HttpContext http)
    {
        JsonElement body = await Body(http);
        Only(body, "kind", "lifetimeSeconds");
        if (body.TryGetProperty("kind", out JsonElement kind) && kind.GetString() != "bearer")
        {
            throw new ArgumentException("Only bearer tokens are issued.");
        }

        double seconds = body.TryGetProperty("lifetimeSeconds", out JsonElement life) ? life.GetDouble() : sandbox.OAuth.Settings.AccessLife.TotalSeconds;
        BearerToken token = sandbox.Tokens.Issue(TimeSpan.FromSeconds(seconds));
        await Write(http, new
        {
            token = token.Token, kind = "bearer", expiresAt = sandbox.Clock.Now.AddSeconds(seconds), account = sandbox.Tokens.Account, appReference = token.AppReference, developerReference = token.DeveloperReference, installationInstanceId = token.InstanceId,
        });
    }

    private async Task ExpireTokens(HttpContext http)
    {
        JsonElement body = await Body(http);
        int expired = sandbox.Tokens.Expire(body.TryGetProperty("token", out JsonElement token) ? token.GetString() : null);
        await Write(http, new { expired });
    }

    private async Task SetQuota(HttpContext http)
    {
        JsonElement body = await Body(http);
        Only(body, "limit", "windowSeconds", "rolling", "reset");
        foreach (QuotaPool pool in sandbox.Pools().Values)
        {
            int limit = body.TryGetProperty("limit", out JsonElement l) ? l.GetInt32() : pool.Limit;
            long window = body.TryGetProperty("windowSeconds", out JsonElement w) ? (long)(w.GetDouble() * 1000) : pool.WindowMs;
            bool rolling = body.TryGetProperty("rolling", out JsonElement r) ? r.GetBoolean() : pool.Rolling;
            if (limit < 1 || window < 100)
            {
                throw new ArgumentException("limit is 1 or more, windowSeconds 0.1 or more.");
            }

            pool.Configure(limit, window, rolling, body.TryGetProperty("reset", out JsonElement reset) && reset.GetBoolean());
        }

        await Write(http, new StatusReport(sandbox).Quota());
    }

    private async Task SetOtherApp(HttpContext http)
    {
        JsonElement body = await Body(http);
        Only(body, "share", "pattern", "at", "pool");
        double share = body.TryGetProperty("share", out JsonElement s) ? s.GetDouble() : throw new ArgumentException("other-app needs \"share\": 0 to 1.");
        string pattern = body.TryGetProperty("pattern", out JsonElement p) ? p.GetString()! : "even";
        double at = body.TryGetProperty("at", out JsonElement a) ? a.GetDouble() : 0.5;
        string pools = body.TryGetProperty("pool", out JsonElement which) ? which.GetString()! : "private";
        if (share is < 0 or > 1 || at is < 0 or >= 1 || pattern is not ("even" or "burst") || pools is not ("private" or "all"))
        {
            throw new ArgumentException("share is 0 to 1, pattern even or burst, at 0 to below 1, pool private or all.");
        }

        foreach ((string name, QuotaPool pool) in sandbox.Pools())
        {
            if (pools == "all" || name == Authenticator.PrivatePool)
            {
                pool.Set(share == 0 ? null : new OtherApp(share, pattern == "burst", at));
            }
        }

        await Write(http, new StatusReport(sandbox).Quota());
    }

    private Fault Fault(string id) => int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && sandbox.Faults.Find(number) is { } fault
        ? fault
        : throw new ArgumentException($"There is no fault {id}.");

    internal static void Only(JsonElement body, params string[] known)
    {
        string? strange = body.EnumerateObject().Select(p => p.Name).FirstOrDefault(n => !known.Contains(n));
        if (strange is not null)
        {
            throw new ArgumentException($"\"{strange}\" is not known here; {string.Join(", ", known)} are.");
        }
    }

    private static int Number(RequestTarget target, string name, int otherwise)
    {
        foreach ((string key, string value) in target.Query)
        {
            if (key == name)
            {
                return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw new ArgumentException($"{name} takes a whole number.");
            }
        }

        return otherwise;
    }

    internal static async Task<JsonElement> Body(HttpContext http)
    {
        using StreamReader reader = new(http.Request.Body);
        string text = await reader.ReadToEndAsync(http.RequestAborted);
        JsonElement body = JsonDocument.Parse(string.IsNullOrWhiteSpace(text) ? "{}" : text).RootElement;
        return body.ValueKind == JsonValueKind.Object ? body : throw new ArgumentException("The body must be a JSON object.");
    }

    internal static async Task Write(HttpContext http, object body, int status = 200)
    {
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(body, Json);
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.ContentLength = bytes.Length + 1;
        await http.Response.Body.WriteAsync(bytes);
        await http.Response.Body.WriteAsync("\n"u8.ToArray());
    }

    private static Task WriteText(HttpContext http, string text)
    {
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(text);
    }
}
