using Junipeer.Connections;
using Xunit;

namespace Junipeer.Tests.Connections;

/// <summary>What is kept as a secret, and under which name.</summary>
public sealed class SecretDocumentTests
{
    [Fact]
    public void Everything_comes_back()
    {
        var document = new SecretDocument
        {
            AccessToken = "a+/=", RefreshToken = "r\"\\", ClientSecret = "s<ü>", IssuedAt = DateTimeOffset.UtcNow, ExpiresAt = DateTimeOffset.UtcNow.AddDays(7), ClockRuns = true,
            Pending = new PendingRefresh(DateTimeOffset.UtcNow, "box", 12), Origin = SecretDocument.OriginOf("a", null),
        };

        Assert.Equal(document, SecretDocument.Parse(document.Hide()));
    }

    [Fact]
    public void A_token_alone_stays_bare()
    {
        Assert.Equal("a+/=", SecretText.Reveal(new SecretDocument { Token = "a+/=" }.Hide()));
        Assert.Equal(new SecretDocument { Token = "a+/=" }, SecretDocument.Parse(SecretText.Hide(" a+/=\r\n")));
        Assert.Equal("a", SecretDocument.Parse(new SecretDocument { Token = "a", ClientSecret = "s" }.Hide())!.Current);
    }

    [Fact]
    public void Its_text_gives_nothing_away()
    {
        var document = new SecretDocument { AccessToken = "hidden", RefreshToken = "hidden", ClientSecret = "hidden" };

        Assert.DoesNotContain("hidden", $"{document}");
    }

    [Fact]
    public void A_fingerprint_tells_where_one_part_ends() => Assert.NotEqual(SecretDocument.OriginOf("ab", "c"), SecretDocument.OriginOf("a", "bc"));

    [Theory]
    [InlineData("""{"version":2,"access_token":"a"}""")]
    [InlineData("""{"version":1,"access_token":""")]
    [InlineData("""{"version":"x"}""")]
    public async Task What_this_version_cannot_read_is_neither_used_nor_replaced(string text)
    {
        await using var app = await InstalledApp.StartAsync();
        var store = new UnreadStore(text);
        await using var client = app.Client(store: store);

        Assert.Equal("Junipeer.Token.Unreadable", (await app.FaultOfAsync(client)).Id);

        Assert.Equal(0, await app.RefreshRequestsAsync());
    }

    [Fact]
    public void Names_are_made_of_letters_figures_and_hyphens_and_differ_when_connections_do()
    {
        var random = new Random(20260301);
        var letters = "abzABZ019-_ .:/\\äÄßİıñ中🙂'\"\n".EnumerateRunes().Select(r => r.ToString()).ToArray();
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < 20_000; i++)
        {
            var name = string.Concat(Enumerable.Range(0, random.Next(1, i % 10 == 0 ? 200 : 6)).Select(_ => letters[random.Next(letters.Length)]));
            var kept = SecretReference.NameFor("Brightpearl", name);

            Assert.Matches("^[A-Za-z0-9-]{1,127}$", kept);
            Assert.Equal(kept, SecretReference.NameFor("Brightpearl", name.ToUpperInvariant().ToLowerInvariant() == name.ToLowerInvariant() ? name.ToUpperInvariant() : name));
            if (names.TryGetValue(kept.ToLowerInvariant(), out var other))
                Assert.True(string.Equals(other, name, StringComparison.OrdinalIgnoreCase), $"'{other}' and '{name}' are both kept as {kept}");
            else
                names.Add(kept.ToLowerInvariant(), name);
        }
    }

    [Fact]
    public void Names_that_look_like_the_name_of_another_differ_from_it()
    {
        var odd = SecretReference.NameFor("Brightpearl", "a b")["Junipeer-Brightpearl-".Length..];

        Assert.NotEqual(SecretReference.NameFor("Brightpearl", "a b"), SecretReference.NameFor("Brightpearl", odd));
    }

    private sealed class UnreadStore(string text) : ISecretStore
    {
        public ValueTask<System.Security.SecureString?> ReadAsync(SecretReference reference, CancellationToken stop) => new(SecretText.Hide(text));

        public ValueTask WriteAsync(JunipeerConnection connection, System.Security.SecureString secret, CancellationToken stop) => throw new InvalidOperationException("It was replaced.");

        public ValueTask RemoveAsync(SecretReference reference, CancellationToken stop) => throw new InvalidOperationException("It was removed.");
    }
}
