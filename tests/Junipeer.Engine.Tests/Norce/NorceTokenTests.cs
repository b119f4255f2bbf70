using Junipeer.Connections;
using Junipeer.Norce;
using Junipeer.Operations;
using Junipeer.Tests.Connections;
using Xunit;

namespace Junipeer.Tests.Norce;

/// <summary>One token serves everybody, is renewed before and after its end, and no secret is ever said.</summary>
[Collection(DataHome.Collection)]
public sealed class NorceTokenTests(DataHome home) : IClassFixture<DataHome>
{
    [Fact]
    public async Task Connecting_keeps_secret_and_token_together()
    {
        await using var box = await NorceBox.StartAsync();
        var made = await ConnectAsync(box, box.Server.NorceClientSecret);

        var kept = box.Shelf[made.SecretReference];
        Assert.Equal(box.Server.NorceClientSecret, kept.ClientSecret);
        Assert.NotNull(kept.AccessToken);
        Assert.InRange(made.ExpiresAt!.Value - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(58), TimeSpan.FromMinutes(61));
        Assert.DoesNotContain(box.Server.NorceClientSecret, made.ToString() + box.Sink.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connecting_again_takes_over_the_token_that_is_there()
    {
        await using var box = await NorceBox.StartAsync();
        var first = await ConnectAsync(box, box.Server.NorceClientSecret);
        var token = box.Shelf[first.SecretReference].AccessToken;
        await ConnectAsync(box, box.Server.NorceClientSecret, first.SecretReference);

        Assert.Equal(token, box.Shelf[first.SecretReference].AccessToken);
        Assert.Equal(1, await box.CountAsync("identity.token"));
    }

    [Fact]
    public async Task Many_workers_get_one_token()
    {
        await using var box = await NorceBox.StartAsync();
        var clients = Enumerable.Range(0, 12).Select(_ => box.Client()).ToArray();
        await Task.WhenAll(clients.Select(c => c.Token.PrepareAsync(box.Sink, NorceBox.Stop).AsTask()));

        Assert.Equal(1, await box.CountAsync("identity.token"));
        Assert.Single(clients.Select(c => c.Token.Reveal()).Distinct());
        foreach (var client in clients) await client.DisposeAsync();
    }

    [Fact]
    public async Task A_token_is_renewed_before_it_ends()
    {
        await using var box = await NorceBox.StartAsync();
        await using (var client = box.Client()) await client.Token.PrepareAsync(box.Sink, NorceBox.Stop);
        var kept = box.Shelf[box.Connection.SecretReference];
        box.Shelf[box.Connection.SecretReference] = kept with { IssuedAt = DateTimeOffset.UtcNow.AddMinutes(-57), ExpiresAt = DateTimeOffset.UtcNow.AddMinutes(3) };

        await using var later = box.Client();
        await later.Token.PrepareAsync(box.Sink, NorceBox.Stop);
        Assert.Equal(2, await box.CountAsync("identity.token"));
        Assert.NotEqual(kept.AccessToken, box.Shelf[box.Connection.SecretReference].AccessToken);
    }

    [Fact]
    public async Task A_wrong_secret_is_told_without_being_shown()
    {
        await using var box = await NorceBox.StartAsync();
        const string Wrong = "quite-another-secret-77";
        var fault = await NorceBox.FaultOf(() => ConnectAsync(box, Wrong));
        Assert.Equal("Junipeer.Authorization.ClientRefused", fault.Id);
        Assert.Equal(FaultCategory.AuthenticationError, fault.Category);
        Assert.Contains("Connect-Norce", fault.RecommendedAction, StringComparison.Ordinal);
        Assert.DoesNotContain(Wrong, fault + box.Sink.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scope_of_another_environment_is_told()
    {
        await using var box = await NorceBox.StartAsync();
        box.Connection = box.Connection with { Scope = "qa" };
        await using var client = box.Client();
        var fault = await NorceBox.FaultOf(() => client.Token.PrepareAsync(box.Sink, NorceBox.Stop).AsTask());
        Assert.Equal("Junipeer.Norce.WrongScope", fault.Id);
        Assert.Contains("'qa'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_that_takes_no_more_is_waited_for()
    {
        await using var box = await NorceBox.StartAsync();
        await box.AdminAsync("faults", new { kind = "rate-limit", match = new { resource = "identity.token" }, times = 2, headers = new Dictionary<string, string> { ["Retry-After"] = "1" } });
        await using var client = box.Client();
        await client.Token.PrepareAsync(box.Sink, NorceBox.Stop);
        Assert.Equal(3, await box.CountAsync("identity.token"));
    }

    [Fact]
    public async Task A_token_that_cannot_be_saved_serves_all_the_same()
    {
        await using var box = await NorceBox.StartAsync();
        box.Shelf.Fails = _ => true;
        await using var client = box.Client();
        await client.Token.PrepareAsync(box.Sink, NorceBox.Stop);
        Assert.NotEmpty(client.Token.Reveal());
        Assert.Contains(box.Sink.Words, w => w.Contains("serves this process only", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_saved_connection_comes_back_with_its_settings()
    {
        Assert.NotNull(home);
        await using var box = await NorceBox.StartAsync();
        var made = (NorceConnection)await ConnectionBook.SaveAsync(box.Connection with { AllowPayment = true, Setting = new NorceSetting { JobRows = 7, OnHandSet = "Products/Other" } }, NorceBox.Stop);
        var read = Assert.IsType<NorceConnection>(Assert.Single(ConnectionBook.Read()));
        Assert.Equal(made, read);
    }

    private static async Task<NorceConnection> ConnectAsync(NorceBox box, string secret, SecretReference? place = null)
    {
        var request = new ConnectRequest { Connection = box.Connection, Places = [place ?? SecretReference.InMemory()], ClientSecret = SecretText.Hide(secret), IsForSession = true };
        return (NorceConnection)await new Connector(box.Shelf).ConnectAsync(request, box.Sink, NorceBox.Stop);
    }
}
