using System.Text;
using System.Text.Json;
using Junipeer.Http;
using Xunit;

namespace Junipeer.Tests.Http;

/// <summary>Nothing that opens an account may be shown.</summary>
public sealed class RedactorTests
{
    /// <summary>Shaped like a Brightpearl token, with all that base64 brings.</summary>
    private const string Token = "kT3+/pQ9vZx0LmN7+bRe5/YwUa2Sd8FgHj4KcVo6Xi1=";

    public static TheoryData<string> FormsOfAKnownSecret() => new(
        Token,
        Uri.EscapeDataString(Token),
        Token.Replace('+', ' '),
        Token.Replace('+', '-').Replace('/', '_').TrimEnd('='),
        JsonSerializer.Serialize(Token).Trim('"'),
        Token.Replace("/", "\\/", StringComparison.Ordinal),
        Convert.ToBase64String(Encoding.UTF8.GetBytes(Token)),
        Convert.ToHexString(Encoding.UTF8.GetBytes(Token)),
        Token[..20],
        Token[10..25],
        Token[^16..]);

    [Theory]
    [MemberData(nameof(FormsOfAKnownSecret))]
    public void A_known_secret_is_masked_in_every_form(string form)
    {
        var redactor = new Redactor();
        redactor.Know(Token);
        Assert.Equal($"before ({Redactor.Mask}) after", redactor.Clean($"before ({form}) after"));
    }

    [Theory]
    [InlineData("Invalid instance token: q1W2e3R4t5Y6u7I8o9P0+/aSdF==", "q1W2e3R4")]
    [InlineData("{\"response\":\"Invalid instance token: abc123def456\"}", "abc123def456")]
    [InlineData("Authorization: Bearer c3lubmV0b2tlbjEyMzQ1Njc4OTA=", "c3lubm")]
    [InlineData("authorization: Basic dXNlcjpwYXNzd29yZA==", "dXNlcj")]
    [InlineData("brightpearl-staff-token: sT9f+Qk2/7vLxB0mZr4hWcE1yNaU8pGdJ5oKi3RtXs6=", "sT9f")]
    [InlineData("'brightpearl-account-token' = 'aC4k/Vw8+1nQ'", "aC4k")]
    [InlineData("brightpearl-instance-token:abcdefgh", "abcdefgh")]
    [InlineData("{\"access_token\":\"c3lu\",\"refresh_token\" : \"cmVmcmVzaA==\"}", "cmVmcmVz")]
    [InlineData("{\\\"access_token\\\":\\\"c3luYWNjZXNz\\\"}", "c3luYWNj")]
    [InlineData("grant_type=authorization_code&code=Sp1xlOBeZQQYbYS6WxSbIA&client_secret=gX1fBat3bV", "Sp1xlOBe")]
    [InlineData("grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA&client_secret=gX1fBat3bV", "gX1fBat3bV")]
    [InlineData("https://host/cb?state=1&code=Sp1xlOBeZQQYbYS6WxSbIA", "Sp1xlOBe")]
    [InlineData("token eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl here", "eyJpc3Mi")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----", "MIIEvQ")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\\nMIIEvQIBADANBg", "MIIEvQ")]
    [InlineData("{\"private_key\":\"MIIEvQIBADANBg\"}", "MIIEvQ")]
    [InlineData("https://admin:hunter2secret@proxy.example:8080/", "hunter2")]
    [InlineData("set-cookie: __cf_bm=abcdefghijkl", "abcdefghijkl")]
    [InlineData("password=correcthorse", "correcthorse")]
    public void The_shape_of_a_secret_is_enough(string text, string secret)
    {
        var clean = new Redactor().Clean(text);
        Assert.DoesNotContain(secret, clean, StringComparison.Ordinal);
        Assert.Contains(Redactor.Mask, clean, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET order-service/order/1-200,205,210-399?includeOptional=customFields: 200, 43 ms, 12,345 bytes, 140 calls left, ruid 8f14e45f-ceea-467f-a0e6-2b8f3a6d1c5b")]
    [InlineData("CMNC-404: No Contact Found")]
    [InlineData("The filter orderStatusId=abc cannot be parsed as: INTEGER")]
    [InlineData("columns=orderId,externalRef&sort=updatedOn.DESC&nominalCode=4000")]
    [InlineData("Not authenticated. You must provide a valid authentication token.")]
    [InlineData("sent: brightpearl-app-ref 'acme_export' and brightpearl-staff-token")]
    [InlineData("Connect-Brightpearl -StaffToken (Read-Host -AsSecureString)")]
    [InlineData("error code: ORDC-005 statusCode=404")]
    public void What_is_no_secret_stays(string text)
    {
        var redactor = new Redactor();
        redactor.Know(Token);
        Assert.Equal(text, redactor.Clean(text));
    }

    [Fact]
    public void A_short_secret_is_masked_whole_only()
    {
        var redactor = new Redactor();
        redactor.Know("abc1234");
        Assert.Equal($"x {Redactor.Mask} abc123", redactor.Clean("x abc1234 abc123"));
    }

    [Fact]
    public void A_forgotten_secret_is_gone_and_empty_text_is_harmless()
    {
        var redactor = new Redactor();
        redactor.Know(Token);
        redactor.Forget();
        Assert.Equal(Token, redactor.Clean(Token));
        Assert.Equal(string.Empty, redactor.Clean((string?)null));
    }
}
