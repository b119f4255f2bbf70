using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Junipeer.Tests.GoogleSandbox;

public sealed class GoogleServiceAccountTests
{
    [Fact]
    public async Task AnAssertionBringsAToken()
    {
        await using var box = await GoogleBox.StartAsync();
        var reply = (await AssertAsync(box, Make(box))).Ok();
        Assert.Equal("3599", reply.Text("expires_in"));
        (await box.GetAsync("datasets", reply.Text("access_token"))).Ok();
        Assert.Equal(box.Server.GoogleUri + "token", Key(box).GetProperty("token_uri").GetString());
        (await AssertAsync(box, Make(box, ("aud", box.Server.GoogleUri + "token")))).Ok();
    }

    [Fact]
    public async Task EveryRunHasItsOwnKey()
    {
        await using var one = await GoogleBox.StartAsync();
        await using var two = await GoogleBox.StartAsync();
        Assert.NotEqual(Key(one).GetProperty("private_key").GetString(), Key(two).GetProperty("private_key").GetString());
        Assert.Equal("Invalid JWT Signature.", (await AssertAsync(one, Make(two))).Expect(HttpStatusCode.BadRequest).Text("error_description"));
    }

    [Theory]
    [InlineData("aud", "https://example.com/token", "Failed audience check")]
    [InlineData("iss", "else@example.com", "account not found")]
    [InlineData("iat", -4000L, "reasonable timeframe")]
    [InlineData("iat", 900L, "reasonable timeframe")]
    [InlineData("exp", 7200L, "reasonable timeframe")]
    [InlineData("exp", null, "reasonable timeframe")]
    [InlineData("scope", "", "Invalid OAuth scope")]
    [InlineData("scope", "https://example.com/x", "Invalid OAuth scope")]
    [InlineData("sub", "owner@example.com", "unauthorized")]
    public async Task AClaimMustBeRight(string name, object? value, string says)
    {
        await using var box = await GoogleBox.StartAsync();
        var reply = await AssertAsync(box, Make(box, (name, value)));
        Assert.True(reply.Status is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized, reply.Body);
        Assert.Contains(says, reply.Text("error_description"), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task ASkewedClockBreaksAssertions()
    {
        await using var box = await GoogleBox.StartAsync();
        await box.AdminAsync("clock", """{"skewSeconds":-900}""");
        Assert.Contains("reasonable timeframe", (await AssertAsync(box, Make(box))).Text("error_description"));
        await box.AdminAsync("clock", """{"skewSeconds":60}""");
        (await AssertAsync(box, Make(box))).Ok();
    }

    [Fact]
    public async Task ASelfSignedTokenIsABearer()
    {
        await using var box = await GoogleBox.StartAsync();
        var account = box.Server.GoogleServiceAccount;
        (await box.GetAsync("datasets", Make(box, ("sub", account), ("aud", null)))).Ok();
        (await box.GetAsync("datasets", Make(box, ("sub", account), ("scope", null), ("aud", "https://bigquery.googleapis.com/")))).Ok();
        (await box.GetAsync("datasets", Make(box, ("sub", account), ("scope", null), ("aud", "https://storage.googleapis.com/")))).Refused(401, "authError");
        (await box.GetAsync("datasets", Make(box, ("sub", account))[..^4] + "AAAA")).Refused(401, "authError");
    }

    [Fact]
    public async Task TheMetadataServerSpeaksForTheAccount()
    {
        await using var box = await GoogleBox.StartAsync();
        const string Root = "computeMetadata/v1/instance/service-accounts/default/";
        (string, string) flavour = ("Metadata-Flavor", "Google");
        var token = (await box.SendAsync("GET", Root + "token", null, string.Empty, flavour)).Ok();
        Assert.Equal("Google", token.Header("Metadata-Flavor"));
        (await box.GetAsync("datasets", token.Text("access_token"))).Ok();
        Assert.Equal(box.Server.GoogleServiceAccount, (await box.SendAsync("GET", Root + "email", null, string.Empty, flavour)).Ok().Body);
        Assert.Contains("cloud-platform", (await box.SendAsync("GET", Root + "scopes", null, string.Empty, flavour)).Ok().Body);
        Assert.Equal(box.Project, (await box.SendAsync("GET", "computeMetadata/v1/project/project-id", null, string.Empty, flavour)).Ok().Body);
        Assert.Equal("Google", (await box.SendAsync("GET", string.Empty, null, string.Empty, flavour)).Ok().Header("Metadata-Flavor"));
        (await box.SendAsync("GET", Root + "token", null, string.Empty)).Expect(HttpStatusCode.Forbidden);
        (await box.SendAsync("GET", Root + "token", null, string.Empty, flavour, ("X-Forwarded-For", "1.2.3.4"))).Expect(HttpStatusCode.Forbidden);
        await box.AdminAsync("oauth", """{"metadata":false}""");
        (await box.SendAsync("GET", Root + "token", null, string.Empty, flavour)).Expect(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task ATokenFromElsewhereIsExchangedAndImpersonates()
    {
        await using var box = await GoogleBox.StartAsync();
        var federated = (await ExchangeAsync(box)).Ok();
        Assert.Equal("urn:ietf:params:oauth:token-type:access_token", federated.Text("issued_token_type"));
        (await box.GetAsync("datasets/existing", federated.Text("access_token"))).Refused(403, "accessDenied");

        var path = $"/v1/projects/-/serviceAccounts/{box.Server.GoogleServiceAccount}:generateAccessToken";
        var token = (await box.PostAsync(path, $$"""{"scope":["{{GoogleBox.Scope}}"],"lifetime":"600s"}""", federated.Text("access_token"))).Ok();
        (await box.GetAsync("datasets/existing", token.Text("accessToken"))).Ok();
        Assert.EndsWith("Z", token.Text("expireTime"));
        (await box.PostAsync(path, """{"scope":[]}""", federated.Text("access_token"))).Refused(400, "badRequest");
        (await box.PostAsync(path, $$"""{"scope":["{{GoogleBox.Scope}}"],"lifetime":"9999s"}""", federated.Text("access_token"))).Refused(400, "badRequest");
        (await box.PostAsync(path, $$"""{"scope":["{{GoogleBox.Scope}}"]}""", await box.TokenAsync("nobody@example.com", "https://www.googleapis.com/auth/cloud-platform"))).Refused(403, "accessDenied");
        (await box.PostAsync(path, $$"""{"scope":["{{GoogleBox.Scope}}"]}""", await box.TokenAsync())).Refused(403, "insufficientPermissions");
    }

    [Theory]
    [InlineData("audience", "//iam.googleapis.com/projects/x/y", "invalid_target")]
    [InlineData("subject_token", "no-token", "invalid_grant")]
    [InlineData("subject_token_type", "x", "invalid_request")]
    [InlineData("requested_token_type", "x", "invalid_request")]
    [InlineData("grant_type", "refresh_token", "unsupported_grant_type")]
    public async Task AnExchangeMustBeRight(string name, string value, string error)
    {
        await using var box = await GoogleBox.StartAsync();
        Assert.Equal(error, (await ExchangeAsync(box, (name, value))).Expect(HttpStatusCode.BadRequest).Text("error"));
    }

    private static Task<GoogleReply> ExchangeAsync(GoogleBox box, params (string Name, string Value)[] changes)
    {
        var subject = Segment(new { alg = "none" }) + "." + Segment(new { iss = "https://sts.windows.net/t", sub = "app", exp = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 600 }) + ".c2ln";
        Dictionary<string, string> form = new()
        {
            ["grant_type"] = "urn:ietf:params:oauth:grant-type:token-exchange", ["audience"] = "//iam.googleapis.com/projects/100000000001/locations/global/workloadIdentityPools/pool/providers/azure",
            ["requested_token_type"] = "urn:ietf:params:oauth:token-type:access_token", ["subject_token_type"] = "urn:ietf:params:oauth:token-type:jwt", ["subject_token"] = subject, ["scope"] = "https://www.googleapis.com/auth/cloud-platform",
        };
        foreach (var (name, value) in changes) form[name] = value;
        return box.FormAsync("v1/token", [.. form.Select(f => (f.Key, f.Value))]);
    }

    private static Task<GoogleReply> AssertAsync(GoogleBox box, string assertion) => box.FormAsync("token", ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion));

    private static JsonElement Key(GoogleBox box) => JsonDocument.Parse(box.Server.GoogleServiceAccountKey).RootElement;

    /// <summary>A token of the key file. Times are given from now; null leaves a claim out.</summary>
    private static string Make(GoogleBox box, params (string Name, object? Value)[] changes)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        Dictionary<string, object> claims = new() { ["iss"] = box.Server.GoogleServiceAccount, ["aud"] = "https://oauth2.googleapis.com/token", ["iat"] = now, ["exp"] = now + 3600, ["scope"] = GoogleBox.Scope };
        foreach (var (name, value) in changes)
        {
            if (value is null) claims.Remove(name);
            else claims[name] = value is long seconds ? now + seconds : value;
        }

        if (changes.Any(c => c is { Name: "iat", Value: long })) claims["exp"] = (long)claims["iat"] + 3600;
        using var rsa = RSA.Create();
        rsa.ImportFromPem(Key(box).GetProperty("private_key").GetString());
        var text = Segment(new { alg = "RS256", typ = "JWT" }) + "." + Segment(claims);
        return text + "." + Url(rsa.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    private static string Segment(object value) => Url(JsonSerializer.SerializeToUtf8Bytes(value));

    private static string Url(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
