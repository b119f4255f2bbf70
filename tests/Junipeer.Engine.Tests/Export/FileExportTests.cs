using System.IO.Compression;
using System.Text.Json;
using Junipeer.Export;
using Junipeer.Tests.Support;
using Xunit;

namespace Junipeer.Tests.Export;

/// <summary>Files hold the account's own documents; what is new comes in further files.</summary>
public sealed class FileExportTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Documents_are_the_accounts_own_and_later_files_bring_what_changed(bool compress)
    {
        await using var account = await SandboxAccount.StartAsync(orders: 230);
        var request = account.Request("order", "product", "goods-out-note", "order-type") with { Target = ExportTarget.Files, Path = account.Files, Compress = compress };
        var first = (await account.ExportAsync(request)).AssertCompleted();
        Assert.All(first.Results, r => Assert.NotEmpty(r.Output));
        var documents = Read(account, "order");
        Assert.Equal(230, documents.Count);
        Equal(await account.DumpAsync("order"), documents);
        Equal(await account.DumpAsync("product"), Read(account, "product"));

        await account.AdvanceAsync(TimeSpan.FromHours(1));
        await account.WorldAsync(new { @do = "create-order", count = 4 }, new { @do = "touch-order", count = 6 });
        var before = Directory.GetFiles(account.Files).ToHashSet();
        var second = (await account.ExportAsync(request)).AssertCompleted();
        Assert.Equal("Incremental", second.Of("order").Mode);
        Assert.InRange(second.Of("order").Records, 4, 60);
        Assert.Subset(Directory.GetFiles(account.Files).ToHashSet(), before);

        // The newest of each is the account's.
        Equal(await account.DumpAsync("order"), Read(account, "order"));
    }

    [Fact]
    public async Task A_stopped_pass_goes_on_in_further_files()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 900);
        var request = account.Request("order") with { Target = ExportTarget.Files, Path = account.Files };
        await account.FaultAsync(new { kind = "hold", times = (int?)null, skip = 2, match = new { resource = "order", verb = "GET" } });
        var first = await account.ExportAsync(request with { MaximumDuration = TimeSpan.FromSeconds(6) });
        Assert.Equal((ExportStatus.Incomplete, 400L), (first.Result.Status, first.Result.Records));
        Assert.Equal(400, Read(account, "order").Count);

        await account.ClearFaultsAsync();
        Assert.Equal(3, (await account.ExportAsync(request)).AssertCompleted().Result.Requests);
        Equal(await account.DumpAsync("order"), Read(account, "order"));
    }

    private static void Equal(IReadOnlyList<JsonElement> truth, Dictionary<long, JsonElement> found)
    {
        Assert.Equal(truth.Select(d => d.GetProperty("id").GetInt64()).Order(), found.Keys.Order());
        foreach (var document in truth)
            Assert.True(JsonElement.DeepEquals(document, found[document.GetProperty("id").GetInt64()]), document.GetRawText());
    }

    /// <summary>The newest document of each id, whether the line is the document or holds it.</summary>
    private static Dictionary<long, JsonElement> Read(SandboxAccount account, string resource)
    {
        var found = new Dictionary<long, JsonElement>();
        foreach (var file in Directory.GetFiles(account.Files, $"{resource}-2*").Order(StringComparer.Ordinal))
        {
            using var stream = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(File.OpenRead(file), CompressionMode.Decompress) : (Stream)File.OpenRead(file);
            using var reader = new StreamReader(stream);
            while (reader.ReadLine() is { } line)
            {
                var document = JsonDocument.Parse(line).RootElement;
                if (document.TryGetProperty("payload", out var payload) || document.TryGetProperty("document", out payload)) document = payload;
                found[document.GetProperty("id").GetInt64()] = document;
            }
        }

        return found;
    }
}
