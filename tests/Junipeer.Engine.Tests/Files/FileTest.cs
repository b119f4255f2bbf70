using System.Text;
using Junipeer.Engine.Tests.Warehouses;
using Junipeer.Export;
using Junipeer.Files;
using Junipeer.Records;
using Xunit;

namespace Junipeer.Engine.Tests.Files;

/// <summary>A test with a folder to export into, which is not there yet.</summary>
public abstract class FileTest : WarehouseTest
{
    protected static readonly DateTimeOffset Began = new(2026, 3, 1, 7, 30, 15, TimeSpan.Zero);

    protected string Folder => Path.Combine(Kit.Folder, "out");

    protected static Bookmark Open(string pass, string? plan = null) => new()
    {
        Watermark = Began.AddDays(-1),
        Changes = new OpenPass { Id = pass, Kind = PassKind.Incremental, StartedAt = Began, Plan = plan, Finished = IdSet.Of(1, 2, 5), Slices = 9 },
    };

    private protected static RecordBatch Documents(params (string Json, long UpdatedAt)[] documents)
    {
        var batch = new RecordBatch(OrderBatch.Schema()) { LoadedAt = WarehouseKit.Start };
        foreach (var (json, updatedAt) in documents)
        {
            var bytes = Encoding.UTF8.GetBytes(json);
            batch.Add(new RecordInfo(batch.Append(bytes), bytes.Length, 0, updatedAt));
            batch.Tables[0].Add([new Cell(CellKind.Integer, batch.Records.Count, 0, 0)], batch.Records.Count - 1);
        }

        return batch;
    }

    protected async Task WriteAsync(string pass, string json, bool compress = false, string resource = "order")
    {
        await using var files = FileDestination.Open(Folder, compress);
        await using var writer = await files.OpenAsync(OrderBatch.Schema(resource), Kit.Run(), Stop);
        using var batch = Documents((json, 0));
        await writer.WriteAsync(batch, pass, Stop);
        await writer.CommitAsync(new Commit { Bookmark = Open(pass) }, Stop);
        await writer.CloseAsync(WarehouseKit.Result(resource, "x"), Stop);
    }

    protected string[] Names() => Directory.GetFiles(Folder, "*.ndjson*").Select(f => Path.GetFileName(f)!)
        .Where(n => !n.StartsWith('_')).Order(StringComparer.Ordinal).ToArray();

    protected string[] Lines(string name) => File.ReadAllText(Path.Combine(Folder, name)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
