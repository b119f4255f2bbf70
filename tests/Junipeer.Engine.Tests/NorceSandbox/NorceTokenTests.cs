using System.Text.Json;
using Xunit;

namespace Junipeer.Tests.NorceSandbox;

public sealed class NorceTokenTests
{
    private static Task<NorceReply> AskAsync(NorceBox box, string scope = "playground", string? secret = null, string grant = "client_credentials", string? id = null) => FormAsync(box, new()
    {
        ["grant_type"] = grant, ["client_id"] = id ?? box.Server.NorceClientId, ["client_secret"] = secret ?? box.Server.NorceClientSecret, ["scope"] = scope,
    });

    private static Task<NorceReply> FormAsync(NorceBox box, Dictionary<string, string> form) => box.SendAsync("POST", "identity/1.0/connect/token", new FormUrlEncodedContent(form), string.Empty);

    [Fact]
    public async Task AGoodClientGetsATokenForAnHour()
    {
        await using var box = await NorceBox.StartAsync();
        var token = (await AskAsync(box)).Ok();
        Assert.Equal(3600, token.Json.GetProperty("expires_in").GetInt32());
        Assert.Equal("Bearer", token.Text("token_type"));
        Assert.Equal("playground", token.Text("scope"));
        Assert.Equal(3, token.Text("access_token").Split('.').Length);
        (await box.SendAsync("GET", "commerce/connect/4.0/Job/Ping", null, token.Text("access_token"))).Ok();
        await box.AdminAsync("clock", """{"advanceSeconds":3601}""");
        var expired = (await box.SendAsync("GET", "commerce/connect/4.0/Job/Ping", null, token.Text("access_token"))).Expect(401);
        Assert.Contains("invalid_token", expired.Header("WWW-Authenticate"));
    }

    [Theory]
    [InlineData("secret", "invalid_client")]
    [InlineData("id", "invalid_client")]
    [InlineData("grant", "unsupported_grant_type")]
    [InlineData("production", "invalid_scope")]
    [InlineData("prod", "invalid_scope")]
    [InlineData("", "invalid_scope")]
    public async Task WhatIsWrongIsSaidInTheWordsOfOAuth(string what, string error)
    {
        await using var box = await NorceBox.StartAsync();
        var refused = what switch
        {
            "secret" => await AskAsync(box, secret: "wrong"),
            "id" => await AskAsync(box, id: "nobody"),
            "grant" => await AskAsync(box, grant: "password"),
            _ => await AskAsync(box, scope: what),
        };
        Assert.Equal(error, refused.Expect(400).Text("error"));
    }

    [Fact]
    public async Task CredentialsBelongIntoTheForm()
    {
        await using var box = await NorceBox.StartAsync();
        var basic = Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"{box.Server.NorceClientId}:{box.Server.NorceClientSecret}"));
        (await box.SendAsync("POST", "identity/1.0/connect/token", new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["scope"] = "playground" }), string.Empty, ("Authorization", "Basic " + basic))).Refused(400, "invalid_client");
        (await box.SendAsync("POST", "identity/1.0/connect/token", new StringContent(JsonSerializer.Serialize(new { grant_type = "client_credentials" })), string.Empty)).Refused(400, "invalid_request");
        (await box.SendAsync("GET", "identity/1.0/connect/token", null, string.Empty)).Expect(405);
        await box.QuirkAsync("invalidClientStatus", "401");
        (await AskAsync(box, secret: "wrong")).Refused(401, "invalid_client");
    }

    [Fact]
    public async Task AnAddressMayAskThreeTimesAMinuteAndTwentyMoreAtOnce()
    {
        await using var box = await NorceBox.StartAsync();
        for (var i = 0; i < 23; i++) (await AskAsync(box)).Ok();
        var refused = (await AskAsync(box)).Expect(429);
        Assert.InRange(int.Parse(refused.Header("Retry-After")!), 1, 20);
        await box.AdminAsync("clock", """{"advanceSeconds":21}""");
        (await AskAsync(box)).Ok();
        (await AskAsync(box)).Expect(429);
        await box.QuirkAsync("retryAfter", "off");
        Assert.Null((await AskAsync(box)).Expect(429).Header("Retry-After"));
    }

    [Fact]
    public async Task TheScopeIsTheEnvironment()
    {
        await using var box = await NorceBox.StartAsync();
        var stage = (await AskAsync(box, "stage")).Ok().Text("access_token");
        (await box.SendAsync("GET", "commerce/connect/4.0/Job/Ping", null, stage)).Refused(403, "environment");
        var both = (await AskAsync(box, "stage playground")).Ok().Text("access_token");
        (await box.SendAsync("GET", "commerce/connect/4.0/Job/Ping", null, both)).Ok();
        await box.AdminAsync("identity", """{"environment":"prod"}""");
        await box.AdminAsync("clients", """{"environments":["prod"]}""");
        (await AskAsync(box, "production")).Refused(400, "invalid_scope");
        (await box.SendAsync("GET", "commerce/connect/4.0/Job/Ping", null, (await AskAsync(box, "prod")).Ok().Text("access_token"))).Ok();
        await box.QuirkAsync("productionScope", "production");
        (await AskAsync(box, "prod")).Refused(400, "invalid_scope");
        (await box.SendAsync("GET", "commerce/connect/4.0/Job/Ping", null, (await AskAsync(box, "production")).Ok().Text("access_token"))).Ok();
    }

    [Fact]
    public async Task AnExpiredSecretAndADisabledUserAreRefused()
    {
        await using var box = await NorceBox.StartAsync();
        var token = await box.TokenAsync();
        await box.AdminAsync("clients", """{"state":"expired"}""");
        (await AskAsync(box)).Refused(400, "invalid_client");
        (await box.SendAsync("GET", "commerce/connect/4.0/Job/Ping", null, token)).Ok();
        await box.AdminAsync("clients", """{"state":"disabled"}""");
        (await AskAsync(box)).Refused(400, "unauthorized_client");
        (await box.SendAsync("GET", "commerce/connect/4.0/Job/Ping", null, token)).Expect(401);
    }

    [Fact]
    public async Task AUserSeesWhatIsTickedOnIt()
    {
        await using var box = await NorceBox.StartAsync();
        var token = await box.TokenAsync("""{"client":"sandbox-reader"}""");
        (await box.SendAsync("GET", "commerce/query/2.0/Core/Currencies", null, token, ("applicationId", "1042"))).Ok();
        (await box.SendAsync("GET", "commerce/query/2.0/Core/Currencies", null, token, ("application-id", "1043"))).Refused(403, "1043");
        (await box.SendAsync("GET", "commerce/connect/4.0/Job/Ping", null, token)).Refused(403, "connect");
        (await box.SendAsync("GET", "commerce/query/2.0/Core/Currencies", null, "nonsense", ("application-id", "1042"))).Expect(401);
        (await box.SendAsync("GET", "commerce/query/2.0/Core/Currencies", null, string.Empty, ("application-id", "1042"))).Expect(401);
    }
}
