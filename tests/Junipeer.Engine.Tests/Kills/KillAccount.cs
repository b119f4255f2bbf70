using System.Net.Http.Json;
using System.Text.Json;
using Junipeer.Export;
using Junipeer.Sandbox;
using Xunit;

namespace Junipeer.Engine.Tests.Kills;

/// <summary>An account that changes between runs and can freeze a request.</summary>
internal sealed class KillAccount : IAsyncDisposable
{
    private readonly SandboxServer _server;
    private readonly List<int> _doomed = [];
    private readonly Random _random = new(7);
    private int[] _orders = [];

    private KillAccount(SandboxServer server)
    {
        _server = server;
        Admin = new HttpClient { BaseAddress = server.AdminUri };
    }

    public HttpClient Admin { get; }

    public SandboxServer Server => _server;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<KillAccount> StartAsync(int orders)
    {
        // What the quota does to a run has tests of its own; here it would only cost time. The account's clock is put on by
        // every change, and should not come to run ahead of this machine's.
        var server = await SandboxServer.StartAsync(
            new SandboxOptions { Port = 0, Orders = orders, Quota = 1_000_000, Start = DateTimeOffset.UtcNow.AddDays(-10) }, Stop);
        var account = new KillAccount(server);
        account._orders = (await account.DumpAsync("order")).Where(o => o.GetProperty("orderTypeCode").GetString() == "SO").Select(o => o.GetProperty("id").GetInt32()).ToArray();
        return account;
    }

    public ExportOrder Order(ExportTarget target, string path, IReadOnlyList<string> resources) => new()
    {
        BaseUri = _server.BrightpearlUri,
        Account = _server.Account,
        AppReference = _server.AppReference,
        Token = _server.StaffToken,
        Resources = resources,
        Target = target,
        Path = path,
    };

    /// <summary>
    /// Changes something everywhere, then lets a quarter of an hour pass: more than a run looks back, so a change that a
    /// bookmark wrongly claims is never read by accident.
    /// </summary>
    public async Task ChangeAsync()
    {
        var actions = new List<object>
        {
            new { @do = "create-order", count = 3, ship = true, invoice = true, pay = true },
            new { @do = "touch-order", count = 6 },
            new { @do = "edit-order-rows", count = 4 },
            new { @do = "remove-order-row", count = 2 },
            new { @do = "create-order-note", ids = Some(2) },
            new { @do = "create-payment", ids = Some(2) },
            new { @do = "create-journal", count = 2 },
            new { @do = "create-product", count = 1 },
            new { @do = "touch-product", count = 3 },
            new { @do = "change-price", count = 2 },
            new { @do = "change-stock", count = 2 },
            new { @do = "create-contact", count = 1 },
            new { @do = "touch-contact", count = 2 },
            new { @do = "rename-brand", count = 1 },
        };

        // Nothing but its own rows hangs on a sales credit nobody paid, so nothing else has to go with it.
        if (_doomed.Count > 0) actions.Add(new { @do = "delete-order", ids = _doomed.ToArray() });
        actions.Add(new { @do = "create-order", count = 2, type = "SC" });
        using var answer = await Admin.PostAsJsonAsync("world", new { actions }, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        using var json = JsonDocument.Parse(text);
        _doomed.Clear();
        _doomed.AddRange(json.RootElement.GetProperty("results").EnumerateArray().Last().GetProperty("ids").EnumerateArray().Select(i => i.GetInt32()));
        await PostAsync("clock", new { advanceSeconds = 900 });
    }

    /// <summary>More payments and recent movements, for searches of more than a page.</summary>
    public Task AddRowsAsync(int payments, int movements) =>
        PostAsync("world", new { actions = new[] { new { @do = "create-payment", count = payments }, new { @do = "change-stock", count = movements } } });

    /// <summary>Freezes one request; the answer is the number by which it is known.</summary>
    public async Task<int> HoldAsync(KillStep step, bool after)
    {
        var match = new Dictionary<string, string> { ["verb"] = step.Verb, ["resource"] = step.Resource };
        if (step.Path is { } path) match["pathContains"] = path;
        if (step.Query is { } query) match["queryContains"] = query;
        return (await PostAsync("faults", new { kind = "hold", when = after ? "after" : "before", match, skip = step.Skip })).GetProperty("id").GetInt32();
    }

    /// <summary>True once the request is frozen; false when the process ended without it.</summary>
    public async Task<bool> WaitForHoldAsync(int id, WorkingProcess process)
    {
        while (true)
        {
            var hasEnded = process.HasEnded;
            var state = await Admin.GetFromJsonAsync<JsonElement>($"faults/{id}?wait={(hasEnded ? 0 : 1)}", Stop);
            if (state.GetProperty("holding").GetInt32() > 0) return true;
            if (hasEnded) return false;
        }
    }

    public Task ReleaseAsync(int id) => PostAsync($"faults/{id}/release", new { });

    public async Task ForgetHoldsAsync() => (await Admin.DeleteAsync("faults", Stop)).EnsureSuccessStatusCode();

    public async Task<IReadOnlyList<JsonElement>> DumpAsync(string resource)
    {
        var text = await Admin.GetStringAsync($"dump/{resource}", Stop);
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement>(line)).ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await _server.DisposeAsync();
    }

    private int[] Some(int count) => Enumerable.Range(0, count).Select(_ => _orders[_random.Next(_orders.Length)]).Distinct().ToArray();

    private async Task<JsonElement> PostAsync(string path, object body)
    {
        using var answer = await Admin.PostAsJsonAsync(path, body, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
