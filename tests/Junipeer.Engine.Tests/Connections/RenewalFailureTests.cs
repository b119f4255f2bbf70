using Junipeer.Connections;
using Junipeer.Tests.Http;
using Junipeer.Tests.SandboxOAuth;
using Xunit;

namespace Junipeer.Tests.Connections;

/// <summary>Renewals that go wrong: what the user is told, and what is left of the tokens.</summary>
public sealed class RenewalFailureTests
{
    [Fact]
    public async Task A_refresh_token_the_system_takes_no_more_is_said_to_be_so()
    {
        await using var app = await InstalledApp.StartAsync();
        await app.Box.AdminAsync("oauth/revoke", new { });
        await using var client = app.Client();

        var fault = await app.FaultOfAsync(client);

        Assert.Equal("Junipeer.Token.RefreshRefused", fault.Id);
        Assert.Equal(400, fault.StatusCode);
        Assert.Contains("Connect-Brightpearl -Name 'main'", fault.RecommendedAction);
        Assert.Equal(1, await app.RefreshRequestsAsync());
        Assert.DoesNotContain(app.Document.RefreshToken!, app.Sink.Everything + fault);
    }

    [Fact]
    public async Task A_refusal_is_said_again_and_again_in_the_same_words()
    {
        await using var app = await InstalledApp.StartAsync();
        await app.Box.AdminAsync("oauth/revoke", new { });

        for (var i = 0; i < 2; i++)
        {
            await using var client = app.Client();
            Assert.Equal("Junipeer.Token.RefreshRefused", (await app.FaultOfAsync(client)).Id);
        }
    }

    [Fact]
    public async Task An_answer_lost_under_rotation_costs_the_tokens_and_is_said_to()
    {
        await using var app = await InstalledApp.StartAsync();
        await app.EndTokensAsync();
        await app.Box.FaultAsync(new { kind = "drop-after", match = new { resource = "oauth-token", verb = "REFRESH" }, times = 1 });
        await using var client = app.Client();

        var fault = await app.FaultOfAsync(client);

        Assert.Equal("Junipeer.Token.RefreshInterrupted", fault.Id);
        Assert.Contains("its answer never arrived", fault.Message);
        Assert.Equal(2, await app.RefreshRequestsAsync());
    }

    [Fact]
    public async Task An_answer_lost_without_rotation_costs_nothing()
    {
        await using var app = await InstalledApp.StartAsync(null, ("refreshRotation", "keep"));
        await app.EndTokensAsync();
        await app.Box.FaultAsync(new { kind = "drop-after", match = new { resource = "oauth-token", verb = "REFRESH" }, times = 1 });
        await using var client = app.Client();

        Assert.Equal(200, await app.ReadAsync(client));
        Assert.Null(app.Document.Pending);
    }

    [Fact]
    public async Task A_renewal_a_dead_process_began_is_named_with_time_process_and_machine()
    {
        await using var app = await InstalledApp.StartAsync();
        await app.Box.AdminAsync("oauth/revoke", new { });
        app.Document = app.Document with { Pending = new PendingRefresh(new DateTimeOffset(2026, 3, 1, 4, 5, 6, TimeSpan.Zero), "night-box", 4711) };

        for (var i = 0; i < 2; i++)
        {
            await using var client = app.Client();
            var fault = await app.FaultOfAsync(client);

            Assert.Equal("Junipeer.Token.RefreshInterrupted", fault.Id);
            Assert.Contains("2026-03-01 04:05:06Z", fault.Message);
            Assert.Contains("process 4711 on night-box", fault.Message);
        }
    }

    [Fact]
    public async Task A_renewal_that_was_begun_but_never_asked_for_is_made_up_for()
    {
        await using var app = await InstalledApp.StartAsync();
        await app.EndTokensAsync();
        app.Document = app.Document with { Pending = new PendingRefresh(DateTimeOffset.UtcNow.AddHours(-1), "night-box", 4711) };
        await using var client = app.Client();

        Assert.Equal(200, await app.ReadAsync(client));
        Assert.Null(app.Document.Pending);
    }

    [Fact]
    public async Task Nothing_is_sent_when_the_store_cannot_take_the_result()
    {
        await using var app = await InstalledApp.StartAsync();
        await app.EndTokensAsync();
        var before = app.Document;
        app.Shelf.Fails = static _ => true;
        await using var client = app.Client();

        var fault = await app.FaultOfAsync(client);

        Assert.Equal("Junipeer.Token.CannotStore", fault.Id);
        Assert.Contains("Nothing was sent", fault.Message);
        Assert.Equal(0, await app.RefreshRequestsAsync());
        Assert.Equal(before, app.Document);

        app.Shelf.Fails = static _ => false;
        Assert.Equal(200, await app.ReadAsync(client));
    }

    [Fact]
    public async Task Tokens_that_could_not_be_saved_are_saved_by_the_next_use()
    {
        await using var app = await InstalledApp.StartAsync();
        await app.EndTokensAsync();
        app.Shelf.Fails = static n => n > 1; // the mark is written, the tokens are not
        await using (var client = app.Client())
        {
            var fault = await app.FaultOfAsync(client);
            Assert.Equal("Junipeer.Token.NotStored", fault.Id);
            Assert.Contains("This process keeps them", fault.Message);
        }

        Assert.NotNull(app.Document.Pending);
        app.Shelf.Fails = static _ => false;
        await using (var client = app.Client()) Assert.Equal(200, await app.ReadAsync(client));

        Assert.Null(app.Document.Pending);
        Assert.Equal(1, await app.RefreshRequestsAsync());
        await app.EndTokensAsync();
        await using (var client = app.Client()) Assert.Equal(200, await app.ReadAsync(client));
    }

    [Fact]
    public async Task The_client_that_could_not_save_goes_on_itself()
    {
        await using var app = await InstalledApp.StartAsync();
        await app.EndTokensAsync();
        app.Shelf.Fails = static n => n > 1;
        await using var client = app.Client();
        Assert.Equal("Junipeer.Token.NotStored", (await app.FaultOfAsync(client)).Id);
        Assert.Equal("Junipeer.Token.NotStored", (await app.FaultOfAsync(client)).Id);
        app.Shelf.Fails = static _ => false;

        Assert.Equal(200, await app.ReadAsync(client));

        Assert.Equal(1, await app.RefreshRequestsAsync());
        Assert.Null(app.Document.Pending);
    }

    [Fact]
    public async Task Tokens_of_a_new_sign_in_are_not_replaced_by_those_that_could_not_be_saved()
    {
        await using var app = await InstalledApp.StartAsync();
        await app.EndTokensAsync();
        app.Shelf.Fails = static n => n > 1;
        await using (var client = app.Client()) Assert.Equal("Junipeer.Token.NotStored", (await app.FaultOfAsync(client)).Id);
        app.Shelf.Fails = static _ => false;
        var anew = app.Document = await app.SignInAsync();

        await using (var client = app.Client()) Assert.Equal(200, await app.ReadAsync(client));

        Assert.Equal(anew.AccessToken, app.Document.AccessToken);
        Assert.Equal(anew.RefreshToken, app.Document.RefreshToken);
    }

    [Fact]
    public async Task An_endpoint_out_of_order_leaves_the_tokens_as_they_were()
    {
        await using var app = await InstalledApp.StartAsync();
        await app.EndTokensAsync();
        var before = app.Document;
        await app.Box.FaultAsync(new { kind = "status", status = 503, match = new { resource = "oauth-token", verb = "REFRESH" }, times = 4 });
        await using var client = app.Client();

        Assert.Equal("Junipeer.Token.EndpointUnavailable", (await app.FaultOfAsync(client)).Id);
        Assert.Equal(before, app.Document);

        Assert.Equal(200, await app.ReadAsync(client));
        Assert.Equal(1, await app.RefreshesAsync());
    }

    [Fact]
    public async Task An_endpoint_nobody_listens_at_leaves_the_tokens_as_they_were()
    {
        await using var app = await InstalledApp.StartAsync();
        await app.EndTokensAsync();
        var (before, there) = (app.Document, app.Connection);
        app.Connection = there with { OAuth = there.OAuth! with { TokenUri = new Uri($"http://127.0.0.1:{SignInDesk.FreePort()}/token") } };
        await using (var away = app.Client()) Assert.Equal("Junipeer.Token.EndpointUnreachable", (await app.FaultOfAsync(away)).Id);
        Assert.Equal(before, app.Document);

        // A refusal after it is a refusal, not a renewal that broke off.
        app.Connection = there;
        await app.Box.AdminAsync("oauth/revoke", new { });
        await using var client = app.Client();
        Assert.Equal("Junipeer.Token.RefreshRefused", (await app.FaultOfAsync(client)).Id);
    }

    [Fact]
    public async Task A_renewal_that_was_begun_is_carried_through_when_the_command_is_stopped()
    {
        await using var app = await InstalledApp.StartAsync();
        await app.EndTokensAsync();
        var before = app.Document;
        await app.Box.FaultAsync(new { kind = "delay", milliseconds = 1500, match = new { resource = "oauth-token", verb = "REFRESH" }, times = 1 });
        await using var client = app.Client();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(OAuthBox.Stop);
        var call = client.GetAsync("order-service/order-type", TestAccount.ReadJson, app.Ledger, app.Sink, stop.Token);
        for (var i = 0; i < 500 && app.Document.Pending is null; i++) await Task.Delay(10, OAuthBox.Stop);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Null(app.Document.Pending);
        Assert.NotEqual(before.RefreshToken, app.Document.RefreshToken);
        await using var next = app.Client();
        Assert.Equal(200, await app.ReadAsync(next));
        Assert.Equal(1, await app.RefreshRequestsAsync());
    }
}
