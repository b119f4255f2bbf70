using Xunit;

namespace Junipeer.Tests.Connections;

/// <summary>Connections that must not renew, and machines that do not know the time.</summary>
public sealed class RenewalLimitTests
{
    [Fact]
    public async Task A_read_only_connection_uses_its_token_to_the_end()
    {
        await using var app = await InstalledApp.StartAsync();
        app.Connection = app.Connection with { IsReadOnly = true };
        app.Document = app.Document with { IssuedAt = DateTimeOffset.UtcNow.AddDays(-7), ExpiresAt = DateTimeOffset.UtcNow.AddSeconds(30) };
        await using var client = app.Client();

        Assert.Equal(200, await app.ReadAsync(client));

        Assert.Equal(0, await app.RefreshRequestsAsync());
    }

    [Fact]
    public async Task A_read_only_connection_is_never_renewed()
    {
        await using var app = await InstalledApp.StartAsync();
        app.Connection = app.Connection with { IsReadOnly = true };
        app.Document = app.Document with { ExpiresAt = DateTimeOffset.UtcNow.AddSeconds(-1) };
        await using var client = app.Client();

        var fault = await app.FaultOfAsync(client);

        Assert.Equal("Junipeer.Token.Expired", fault.Id);
        Assert.Contains("nothing can be written to", fault.Message);
        Assert.Contains("-OnTokenChanged", fault.RecommendedAction);
        Assert.Equal(0, await app.RefreshRequestsAsync());
        Assert.Equal(0, app.Shelf.Writes);
    }

    [Fact]
    public async Task A_read_only_connection_whose_token_is_refused_early_is_not_renewed_either()
    {
        await using var app = await InstalledApp.StartAsync();
        app.Connection = app.Connection with { IsReadOnly = true };
        await app.EndTokensAsync();
        await using var client = app.Client();

        var fault = await app.FaultOfAsync(client);

        Assert.Equal("Junipeer.Token.Expired", fault.Id);
        Assert.Equal(0, await app.RefreshRequestsAsync());
    }

    [Fact]
    public async Task A_token_without_a_refresh_token_ends_with_a_word_about_it()
    {
        await using var app = await InstalledApp.StartAsync();
        app.Document = app.Document with { RefreshToken = null, ExpiresAt = DateTimeOffset.UtcNow.AddSeconds(-1) };
        await using var client = app.Client();

        var fault = await app.FaultOfAsync(client);

        Assert.Equal("Junipeer.Token.Expired", fault.Id);
        Assert.Contains("no refresh token", fault.Message);
        Assert.Equal(0, await app.RefreshRequestsAsync());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_clock_an_hour_off_costs_no_call(int hours)
    {
        await using var app = await InstalledApp.StartAsync(TimeSpan.FromMinutes(30));
        var time = new ShiftedTime(TimeSpan.FromHours(hours));
        await using var client = app.Client(time);

        Assert.Equal(200, await app.ReadAsync(client)); // by this clock it may have ended long ago
        await app.EndTokensAsync(); // or have an hour left when it ends
        Assert.Equal(200, await app.ReadAsync(client));
        await using var next = app.Client(time);
        Assert.Equal(200, await app.ReadAsync(next));

        Assert.InRange(await app.RefreshRequestsAsync(), 1, 2);
    }

    [Fact]
    public async Task A_token_that_ends_between_two_calls_is_renewed_without_a_refused_call()
    {
        await using var app = await InstalledApp.StartAsync(TimeSpan.FromSeconds(2));
        await using var client = app.Client();

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(200, await app.ReadAsync(client));
            await Task.Delay(TimeSpan.FromSeconds(1.2), SandboxOAuth.OAuthBox.Stop);
        }

        Assert.Equal(200, await app.ReadAsync(client));
        Assert.InRange(await app.RefreshRequestsAsync(), 1, 3);
    }
}
