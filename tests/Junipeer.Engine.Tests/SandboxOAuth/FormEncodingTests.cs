using System.Net;
using System.Text;
using Xunit;

namespace Junipeer.Tests.SandboxOAuth;

public sealed class FormEncodingTests
{
    private static readonly string[] Pieces = ["+", "/", "=", "&", "%", " ", "%2B", "%20", ";", "?", "#", "a", "Z", "0", "é", "ß", "中", "😀", "\u0301", "\"", "'", "\\", "\n", "~", "*", "-"];

    [Fact]
    public async Task ValuesRoundTripHoweverTheyAreEncoded()
    {
        await using var box = await OAuthBox.StartAsync();
        Random random = new(20_260);
        for (var i = 0; i < 120; i++)
        {
            var (client, secret, state) = (Any(random), Any(random), Any(random));
            await box.AdminAsync("oauth/apps", new { clientId = client, clientSecret = secret, redirectUris = new[] { box.Server.OAuthRedirectUri } });

            var back = (await box.AuthorizeAsync(("client_id", client), ("state", state))).Expect(HttpStatusCode.Redirect);
            Assert.Equal(state, back.Sent("state"));

            var form = box.Exchanging(back.Sent("code")!, ("client_id", client), ("client_secret", secret));
            var body = string.Join('&', form.Select(p => Encode(p.Key, i) + "=" + Encode(p.Value, i)));
            var reply = await box.SendAsync(HttpMethod.Post, "oauth/token", new StringContent(body, Encoding.ASCII, "application/x-www-form-urlencoded"));
            Assert.True(reply.Status == HttpStatusCode.OK, $"{i}: {body}: {reply.Body}");

            var other = box.Exchanging(await box.CodeAsync(("client_id", client)), ("client_id", client), ("client_secret", secret + "x"));
            Assert.Equal(OAuthBox.WrongClient, (await box.PostAsync("oauth/token", other)).Body);
        }
    }

    [Fact]
    public async Task ARawPlusIsASpaceAndFails()
    {
        await using var box = await OAuthBox.StartAsync();
        int failed = 0, worked = 0;
        for (var i = 0; i < 60; i++)
        {
            var code = await box.CodeAsync();
            var body = string.Join('&', box.Exchanging("-").Select(p => p.Key + "=" + (p.Key == "code" ? code : Uri.EscapeDataString(p.Value))));
            var reply = await box.SendAsync(HttpMethod.Post, "oauth/token", new StringContent(body, Encoding.ASCII, "application/x-www-form-urlencoded"));
            Assert.Equal(code.Contains('+', StringComparison.Ordinal) ? OAuthBox.Gone : null, reply.Status == HttpStatusCode.OK ? null : reply.Body);
            failed += reply.Status == HttpStatusCode.OK ? 0 : 1;
            worked += reply.Status == HttpStatusCode.OK ? 1 : 0;
        }

        // Now and then, as the documentation warns: both must be met.
        Assert.True(failed > 0 && worked > 0, $"{failed} failed, {worked} worked");
    }

    [Fact]
    public async Task ARawPlusInTheSecretIsAnotherSecret()
    {
        await using var box = await OAuthBox.StartAsync();
        var body = string.Join('&', box.Exchanging(await box.CodeAsync()).Select(p => p.Key + "=" + (p.Key == "client_secret" ? p.Value : Uri.EscapeDataString(p.Value))));

        var reply = await box.SendAsync(HttpMethod.Post, "oauth/token", new StringContent(body, Encoding.ASCII, "application/x-www-form-urlencoded"));

        Assert.Equal(OAuthBox.WrongClient, reply.Body);
    }

    private static string Any(Random random)
    {
        StringBuilder text = new("v");
        for (var n = random.Next(1, 12); n > 0; n--) text.Append(Pieces[random.Next(Pieces.Length)]);
        return text.ToString();
    }

    /// <summary>The ways that clients encode: a space as %20, as +, hex in small letters, everything escaped.</summary>
    private static string Encode(string text, int way) => (way % 4) switch
    {
        0 => Uri.EscapeDataString(text),
        1 => WebUtility.UrlEncode(text),
        2 => string.Concat(Encoding.UTF8.GetBytes(text).Select(b => char.IsAsciiLetterOrDigit((char)b) ? ((char)b).ToString() : "%" + b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture))),
        _ => string.Concat(Encoding.UTF8.GetBytes(text).Select(b => "%" + b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture))),
    };
}
