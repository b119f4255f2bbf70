using System.Globalization;
using System.Text.Json;
using Junipeer.Sandbox.Admin;
using Junipeer.Sandbox.Brightpearl;
using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Faults;
using Junipeer.Sandbox.Norce.Front;
using Junipeer.Sandbox.Norce.Identity;
using Microsoft.AspNetCore.Http;

namespace Junipeer.Sandbox.Norce.Admin;

/// <summary>Steers the Norce side under <c>/_sandbox/</c>: no authentication. A bad request is a 400 that says why.</summary>
internal sealed class NorceAdmin(NorceSandbox sandbox)
{
    public async Task Handle(HttpContext http, RequestTarget target)
    {
        try
        {
            await Route(http, target, target.Segments[1..]);
        }
        catch (Exception wrong) when (wrong is ArgumentException or NorceException or JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
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
        ("GET", []) => Help(http),
        ("GET", ["status"]) => AdminApi.Write(http, NorceStatus.Describe(sandbox)),
        ("GET", ["dump"]) => AdminApi.Write(http, NorceStatus.Tables(sandbox)),
        ("GET", ["dump", var ns, var set]) => NorceStatus.Dump(http, sandbox, $"{ns}/{set}"),
        ("GET", ["order-receiver"]) => AdminApi.Write(http, sandbox.Push.Describe()),
        ("POST", ["order-receiver"]) => SetReceiver(http),
        ("GET", ["events"]) => AdminApi.Write(http, sandbox.Events.Describe()),
        ("POST", ["events"]) => SetEvent(http),
        ("POST", ["orders", "push"]) => PushOrder(http),
        ("GET", ["money"]) => AdminApi.Write(http, sandbox.Money.ToArray()),
        ("GET", ["messages"]) => AdminApi.Write(http, sandbox.Messages.Select(m => new { m.Kind, body = JsonDocument.Parse(m.Body).RootElement })),
        ("GET", ["counters"]) => AdminApi.Write(http, sandbox.Counters.Describe()),
        ("POST", ["counters", "reset"]) => Reset(http),
        ("GET", ["requests"]) => AdminApi.Write(http, sandbox.Counters.Last(Number(target, "last", 200))),
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
        ("DELETE", ["faults"]) => AdminApi.Write(http, new { removed = sandbox.Faults.All.ToArray().Count(f => sandbox.Faults.Remove(f.Id)) }),
        ("DELETE", ["faults", var id]) => AdminApi.Write(http, new { removed = sandbox.Faults.Remove(Fault(id).Id) ? 1 : 0 }),
        ("GET", ["jobs"]) => AdminApi.Write(http, Jobs()),
        ("POST", ["jobs"]) => SetJobs(http),
        ("GET", ["limits"]) => AdminApi.Write(http, sandbox.Limits.Describe()),
        ("POST", ["limits"]) => SetLimits(http),
        ("GET", ["identity"]) => AdminApi.Write(http, Identity()),
        ("POST", ["identity"]) => SetIdentity(http),
        ("POST", ["clients"]) => PutClient(http),
        ("POST", ["tokens"]) => IssueToken(http),
        ("POST", ["tokens", "expire"]) => ExpireTokens(http),
        _ => AdminApi.Write(http, new { error = $"There is no {http.Request.Method} /_sandbox/{string.Join('/', path)}; GET /_sandbox/ lists what there is." }, 404),
    };

    private Task Help(HttpContext http)
    {
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(NorceAdminHelp.Text(sandbox));
    }

    private async Task SetReceiver(HttpContext http)
    {
        JsonElement body = await AdminApi.Body(http);
        AdminApi.Only(body, "url", "user", "password", "retrySeconds", "timeoutSeconds", "auto");
        sandbox.Push.Configure(body);
        await AdminApi.Write(http, sandbox.Push.Describe());
    }

    private async Task SetEvent(HttpContext http)
    {
        JsonElement body = await AdminApi.Body(http);
        AdminApi.Only(body, "event", "url", "headers");
        sandbox.Events.Configure(body);
        await AdminApi.Write(http, sandbox.Events.Describe());
    }

    private async Task PushOrder(HttpContext http)
    {
        JsonElement body = await AdminApi.Body(http);
        AdminApi.Only(body, "clientOrderRef");
        int basket = body.GetProperty("clientOrderRef").GetInt32();
        sandbox.Push.Send(basket, sandbox.World.Baskets.GetValueOrDefault(basket) ?? throw new ArgumentException($"There is no order of basket {basket}."));
        await AdminApi.Write(http, sandbox.Push.Describe());
    }

    private Task Reset(HttpContext http)
    {
        sandbox.Counters.Reset();
        return AdminApi.Write(http, sandbox.Counters.Describe());
    }

    private async Task ChangeWorld(HttpContext http)
    {
        JsonElement body = await AdminApi.Body(http);
        if (!body.TryGetProperty("actions", out JsonElement actions) || actions.ValueKind != JsonValueKind.Array)
        {
            throw new ArgumentException("POST world takes {\"actions\":[{\"do\":...}]}.");
        }

        await AdminApi.Write(http, new { results = sandbox.Changes.Apply(actions), time = sandbox.Clock.Now });
    }

    private object Clock() => new { now = sandbox.Clock.Now, realNow = DateTimeOffset.UtcNow, advancedSeconds = sandbox.Clock.AdvancedMs / 1000.0, skewSeconds = sandbox.Clock.SkewMs / 1000.0 };

    private async Task SetClock(HttpContext http)
    {
        JsonElement body = await AdminApi.Body(http);
        AdminApi.Only(body, "advanceSeconds", "set", "skewSeconds");
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

        await AdminApi.Write(http, Clock());
    }

    private Dictionary<string, object> Quirks() => NorceQuirks.All.ToDictionary(q => q.Name, q => (object)new { value = sandbox.Quirks[q.Name], @default = q.Default, values = q.Values, about = q.About });

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
        foreach (Quirk quirk in NorceQuirks.All)
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

    private async Task ReleaseFault(HttpContext http, string id)
    {
        Fault fault = Fault(id);
        fault.Release();
        await AdminApi.Write(http, fault.Describe());
    }

    private Fault Fault(string id) => int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && sandbox.Faults.Find(number) is { } fault
        ? fault
        : throw new ArgumentException($"There is no fault {id}.");

    private object Jobs() => new
    {
        queuedMs = sandbox.Jobs.QueuedMs, validatingMs = sandbox.Jobs.ValidatingMs, runningMs = sandbox.Jobs.RunningMs,
        jobs = sandbox.Jobs.All.Select(j => new { id = j.Id, import = j.Kind.Name, status = j.Status.ToString(), total = j.Total, inserts = j.Inserts, updates = j.Updates, fail = j.Fail, fullFile = j.Header.FullFile, j.Created, j.Start, j.Stop }),
    };

    private async Task SetJobs(HttpContext http)
    {
        JsonElement body = await AdminApi.Body(http);
        AdminApi.Only(body, "queuedMs", "validatingMs", "runningMs");
        sandbox.Jobs.QueuedMs = body.TryGetProperty("queuedMs", out JsonElement queued) ? queued.GetInt32() : sandbox.Jobs.QueuedMs;
        sandbox.Jobs.ValidatingMs = body.TryGetProperty("validatingMs", out JsonElement validating) ? validating.GetInt32() : sandbox.Jobs.ValidatingMs;
        sandbox.Jobs.RunningMs = body.TryGetProperty("runningMs", out JsonElement running) ? running.GetInt32() : sandbox.Jobs.RunningMs;
        await AdminApi.Write(http, Jobs());
    }

    private async Task SetLimits(HttpContext http)
    {
        foreach (JsonProperty limit in (await AdminApi.Body(http)).EnumerateObject())
        {
            sandbox.Limits.Set(limit.Name, limit.Value.GetInt32());
        }

        await AdminApi.Write(http, sandbox.Limits.Describe());
    }

    private object Identity() => new
    {
        environment = sandbox.Environment, tokenSeconds = sandbox.Identity.TokenLife.TotalSeconds, tokensAlive = sandbox.Identity.Alive,
        clients = sandbox.Identity.Clients.Select(c => new { id = c.Id, c.Environments, c.Resources, c.Applications, c.State }),
    };

    private async Task SetIdentity(HttpContext http)
    {
        JsonElement body = await AdminApi.Body(http);
        AdminApi.Only(body, "environment", "tokenSeconds");
        if (body.TryGetProperty("environment", out JsonElement environment))
        {
            sandbox.Environment = environment.GetString() is "playground" or "stage" or "prod" ? environment.GetString()! : throw new ArgumentException("environment is playground, stage or prod.");
        }

        if (body.TryGetProperty("tokenSeconds", out JsonElement seconds))
        {
            sandbox.Identity.TokenLife = TimeSpan.FromSeconds(seconds.GetDouble());
        }

        await AdminApi.Write(http, Identity());
    }

    private async Task PutClient(HttpContext http)
    {
        JsonElement body = await AdminApi.Body(http);
        AdminApi.Only(body, "id", "secret", "environments", "resources", "applications", "state");
        string id = body.TryGetProperty("id", out JsonElement named) ? named.GetString()! : NorceIdentity.Main.Id;
        NorceClient client = sandbox.Identity.Find(id) ?? new NorceClient(id, body.GetProperty("secret").GetString()!);
        client = client with
        {
            Secret = body.TryGetProperty("secret", out JsonElement secret) ? secret.GetString()! : client.Secret,
            Environments = Texts(body, "environments", ["playground", "stage", "prod"]) ?? client.Environments,
            Resources = Texts(body, "resources", ["query", "connect", "services"]) ?? client.Resources,
            Applications = body.TryGetProperty("applications", out JsonElement applications) ? [.. applications.EnumerateArray().Select(a => a.GetInt32())] : client.Applications,
            State = body.TryGetProperty("state", out JsonElement state) ? state.GetString() is "ok" or "expired" or "disabled" ? state.GetString()! : throw new ArgumentException("state is ok, expired or disabled.") : client.State,
        };
        sandbox.Identity.Put(client);
        await AdminApi.Write(http, Identity());
    }

    private async Task IssueToken(HttpContext http)
    {
        JsonElement body = await AdminApi.Body(http);
        AdminApi.Only(body, "client", "scopes", "lifetimeSeconds");
        string id = body.TryGetProperty("client", out JsonElement named) ? named.GetString()! : NorceIdentity.Main.Id;
        NorceClient client = sandbox.Identity.Find(id) ?? throw new ArgumentException($"There is no client '{id}'.");
        TimeSpan? life = body.TryGetProperty("lifetimeSeconds", out JsonElement seconds) ? TimeSpan.FromSeconds(seconds.GetDouble()) : null;
        NorceToken token = sandbox.Identity.Issue(client, Texts(body, "scopes", ["playground", "stage", "prod"]) ?? [sandbox.Environment], life);
        await AdminApi.Write(http, new { accessToken = token.Value, scopes = token.Scopes });
    }

    private async Task ExpireTokens(HttpContext http)
    {
        JsonElement body = await AdminApi.Body(http);
        AdminApi.Only(body, "token");
        await AdminApi.Write(http, new { expired = sandbox.Identity.Expire(body.TryGetProperty("token", out JsonElement token) ? token.GetString() : null) });
    }

    private static string[]? Texts(JsonElement body, string name, string[] known)
    {
        if (!body.TryGetProperty(name, out JsonElement list))
        {
            return null;
        }

        string[] values = [.. list.EnumerateArray().Select(v => v.GetString()!)];
        return values.All(known.Contains) ? values : throw new ArgumentException($"{name} are of {string.Join(", ", known)}.");
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
}
