using System.Text.Json.Nodes;
using Junipeer.Brightpearl;
using Junipeer.Connections;
using Junipeer.Operations;
using Junipeer.Tests.SandboxOAuth;
using Xunit;

namespace Junipeer.Tests.Connections;

/// <summary>The list of saved connections, and secrets in files.</summary>
[Collection(DataHome.Collection)]
public sealed class SavedConnectionTests : IDisposable
{
    private readonly DataHome _home = new();

    private string Book => _home.FileOf("connections.json");

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Many_saving_at_once_lose_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => ConnectionBook.SaveAsync(Connection($"c{i}"), OAuthBox.Stop))));

        Assert.Equal(40, ConnectionBook.Read().Count);
        Assert.Empty(_home.Folder.GetFiles("*.tmp"));
    }

    [Fact]
    public async Task A_connection_comes_back_as_it_was_saved()
    {
        var saved = await ConnectionBook.SaveAsync(Connection("Main") with { InstallationId = "21", ExpiresAt = DateTimeOffset.UtcNow, IsReadOnly = true }, OAuthBox.Stop);

        Assert.Equal(saved, Assert.Single(ConnectionBook.Read()));
        Assert.Equal(DataFolder.User, saved.SavedBy);
        await ConnectionBook.SaveAsync(Connection("MAIN") with { AccountCode = "other" }, OAuthBox.Stop);
        Assert.Equal("other", Assert.Single(ConnectionBook.Read()).Account);
        await ConnectionBook.RemoveAsync(saved, OAuthBox.Stop);
        Assert.Empty(ConnectionBook.Read());
    }

    [Fact]
    public async Task The_new_end_is_noted_for_the_one_connection_only()
    {
        var first = await ConnectionBook.SaveAsync(Connection("a"), OAuthBox.Stop);
        await ConnectionBook.SaveAsync(Connection("b"), OAuthBox.Stop);
        var end = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

        await ConnectionBook.UpdateExpiryAsync(first, end, OAuthBox.Stop);
        Assert.Equal([end, null], ConnectionBook.Read().Select(c => c.ExpiresAt));
        await ConnectionBook.UpdateExpiryAsync(first, null, OAuthBox.Stop);
        Assert.Equal([null, null], ConnectionBook.Read().Select(c => c.ExpiresAt));
    }

    [Fact]
    public async Task Entries_and_fields_of_a_later_version_survive()
    {
        await File.WriteAllTextAsync(Book, """{"version":1,"connections":[{"system":"Moon","name":"x","crater":[1,2]},{"name":"without a system"},{"system":"Moon","name":{"first":"x"}},{"system":["Moon"],"name":"x"}]}""", OAuthBox.Stop);

        var saved = await ConnectionBook.SaveAsync(Connection("x"), OAuthBox.Stop);
        Assert.Single(ConnectionBook.Read());
        await ConnectionBook.RemoveAsync(saved, OAuthBox.Stop);

        var entries = JsonNode.Parse(await File.ReadAllTextAsync(Book, OAuthBox.Stop))!["connections"]!.AsArray();
        Assert.Equal(4, entries.Count);
        Assert.Equal("[1,2]", entries[0]!["crater"]!.ToJsonString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"version\":1,\"connections\":[{\"sys")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    [InlineData("{\"version\":\"one\"}")]
    [InlineData("{\"version\":2,\"connections\":[]}")]
    [InlineData("{\"version\":1,\"connections\":[{\"system\":\"Brightpearl\",\"name\":\"x\"}]}")]
    [InlineData("{\"version\":1,\"connections\":[{\"system\":\"Brightpearl\",\"name\":7}]}")]
    public async Task A_damaged_list_is_said_to_be_and_not_written_over(string content)
    {
        await File.WriteAllTextAsync(Book, content, OAuthBox.Stop);

        var fault = Assert.Throws<JunipeerException>(() => ConnectionBook.Read()).Fault;

        Assert.Equal("Junipeer.Store.ReadFailed", fault.Id);
        Assert.Contains(Book, fault.Message);
        Assert.Equal(content, await File.ReadAllTextAsync(Book, OAuthBox.Stop));
    }

    [Fact]
    public async Task Saving_over_a_damaged_list_fails_and_leaves_it()
    {
        await File.WriteAllTextAsync(Book, "{\"version\":1,", OAuthBox.Stop);

        var failed = await Assert.ThrowsAsync<JunipeerException>(() => ConnectionBook.SaveAsync(Connection("x"), OAuthBox.Stop));

        Assert.Equal("Junipeer.Store.ReadFailed", failed.Fault.Id);
        Assert.Equal("{\"version\":1,", await File.ReadAllTextAsync(Book, OAuthBox.Stop));
    }

    [Fact]
    public async Task A_secret_in_a_file_is_for_its_owner_only()
    {
        var connection = Connection("x") with { SecretReference = new SecretReference(SecretPlace.File, "Junipeer-Brightpearl-x") };
        var store = new UnprotectedStore();
        Assert.Null(await store.ReadAsync(connection.SecretReference, OAuthBox.Stop));

        for (var i = 0; i < 2; i++)
        {
            using var secret = SecretText.Hide($"token {i}");
            await store.WriteAsync(connection, secret, OAuthBox.Stop);
            using var read = await store.ReadAsync(connection.SecretReference, OAuthBox.Stop);
            Assert.Equal($"token {i}", SecretText.Reveal(read!));
            var file = Assert.Single(new DirectoryInfo(_home.FileOf("secrets")).GetFiles());
            if (OperatingSystem.IsWindows()) continue;
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, file.UnixFileMode);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, file.Directory!.UnixFileMode);
        }

        await store.RemoveAsync(connection.SecretReference, OAuthBox.Stop);
        Assert.Null(await store.ReadAsync(connection.SecretReference, OAuthBox.Stop));
        await store.RemoveAsync(connection.SecretReference, OAuthBox.Stop);
    }

    private static BrightpearlConnection Connection(string name) => new()
    {
        Name = name,
        AccountCode = "acme",
        AppReference = "acme_x",
        Kind = BrightpearlAuthentication.OAuth,
        BaseUri = new Uri("https://euw1.brightpearlconnect.com"),
        SecretReference = new SecretReference(SecretPlace.Vault, SecretReference.NameFor("Brightpearl", name), "Nightly"),
    };
}
