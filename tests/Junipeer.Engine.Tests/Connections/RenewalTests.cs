using Junipeer.Tests.SandboxOAuth;
using Xunit;

namespace Junipeer.Tests.Connections;

/// <summary>When tokens are renewed, and how often.</summary>
public sealed class RenewalTests
{
    [Fact]
    public async Task A_token_far_from_its_end_is_left_alone()
    {
        await using var app = await InstalledApp.StartAsync();
        await using var client = app.Client();

        Assert.Equal(200, await app.ReadAsync(client));

        Assert.Equal(0, await app.RefreshRequestsAsync());
        Assert.Equal(0, app.Shelf.Writes);
    }

    [Fact]
    public async Task A_token_is_renewed_some_minutes_before_its_end()
    {
        await using var app = await InstalledApp.StartAsync(null, ("refreshExpiresIn", "full"));
        var before = app.Document = app.Document with { IssuedAt = DateTimeOffset.UtcNow.AddDays(-7), ExpiresAt = DateTimeOffset.UtcNow.AddMinutes(4) };
        await using var client = app.Client();

        Assert.Equal(200, await app.ReadAsync(client));

        Assert.Equal(1, await app.RefreshesAsync());
        Assert.NotEqual(before.AccessToken, app.Document.AccessToken);
        Assert.NotEqual(before.RefreshToken, app.Document.RefreshToken);
        Assert.Null(app.Document.Pending);
        Assert.Equal(before.ClientSecret, app.Document.ClientSecret);
        Assert.InRange(app.Document.ExpiresAt!.Value - DateTimeOffset.UtcNow, TimeSpan.FromDays(6.9), TimeSpan.FromDays(7));
    }

    [Fact]
    public async Task A_token_refused_before_its_time_is_renewed_once_and_the_call_goes_on()
    {
        await using var app = await InstalledApp.StartAsync();
        await using var client = app.Client();
        await app.ReadAsync(client);
        await app.EndTokensAsync();

        Assert.Equal(200, await app.ReadAsync(client));

        Assert.Equal(1, await app.RefreshRequestsAsync());
        await using var next = app.Client();
        Assert.Equal(200, await app.ReadAsync(next));
        Assert.Equal(1, await app.RefreshRequestsAsync());
    }

    [Fact]
    public async Task Twenty_calls_with_one_dead_token_make_one_refresh()
    {
        await using var app = await InstalledApp.StartAsync();
        await using var client = app.Client();
        await app.ReadAsync(client);
        await app.EndTokensAsync();

        var statuses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => app.ReadAsync(client)));

        Assert.All(statuses, s => Assert.Equal(200, s));
        Assert.Equal(1, await app.RefreshRequestsAsync());
    }

    [Fact]
    public async Task An_answer_without_a_refresh_token_keeps_the_old_one()
    {
        await using var app = await InstalledApp.StartAsync(null, ("refreshRotation", "omit"));
        var before = app.Document;
        await using var client = app.Client();

        for (var i = 1; i <= 2; i++)
        {
            await app.EndTokensAsync();
            Assert.Equal(200, await app.ReadAsync(client));
            Assert.Equal(before.RefreshToken, app.Document.RefreshToken);
            Assert.Equal(i, await app.RefreshesAsync());
        }
    }

    [Theory]
    [InlineData("rotate")]
    [InlineData("keep")]
    public async Task Renewing_goes_on_with_and_without_rotation(string rotation)
    {
        await using var app = await InstalledApp.StartAsync(null, ("refreshRotation", rotation));
        var first = app.Document.RefreshToken;
        await using var client = app.Client();

        for (var i = 0; i < 3; i++)
        {
            await app.EndTokensAsync();
            Assert.Equal(200, await app.ReadAsync(client));
        }

        Assert.Equal(3, await app.RefreshRequestsAsync());
        Assert.Equal(rotation == "keep", first == app.Document.RefreshToken);
    }

    /// <summary>Brightpearl hands out a token that ends when the old one would have: renewing early gains nothing.</summary>
    [Fact]
    public async Task A_token_whose_clock_already_runs_is_not_renewed_with_every_call()
    {
        await using var app = await InstalledApp.StartAsync(TimeSpan.FromSeconds(200));
        app.Document = app.Document with { IssuedAt = app.Document.IssuedAt!.Value.AddDays(-1) }; // a margin of five minutes
        await using var client = app.Client();

        for (var i = 0; i < 10; i++) Assert.Equal(200, await app.ReadAsync(client));
        await using var next = app.Client();
        for (var i = 0; i < 10; i++) Assert.Equal(200, await app.ReadAsync(next));

        Assert.Equal(1, await app.RefreshRequestsAsync());
        Assert.True(app.Document.ClockRuns);
    }

    [Fact]
    public async Task Calls_under_way_survive_that_their_token_dies_with_the_renewal()
    {
        await using var app = await InstalledApp.StartAsync(null, ("oldAccessToken", "dies"));
        await using var first = app.Client();
        await using var second = app.Client();
        await app.ReadAsync(first);
        await app.ReadAsync(second);
        await app.EndTokensAsync();

        var statuses = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => app.ReadAsync(i % 2 == 0 ? first : second)));

        Assert.All(statuses, s => Assert.Equal(200, s));
        Assert.Equal(1, await app.RefreshRequestsAsync());
    }
}
