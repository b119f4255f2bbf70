using System.Globalization;
using System.Text;
using Junipeer.Operations;
using Junipeer.Records;

namespace Junipeer.Export;

/// <summary>The pipeline: records go out one by one, at least once, and nothing is remembered.</summary>
internal sealed class PipelineDestination(IOperationSink sink, bool withPayload) : IDestination
{
    public RecordForm Form => RecordForm.Documents;

    public CommitPace Pace { get; } = new(TimeSpan.MaxValue, long.MaxValue);

    public Task<IResourceWriter> OpenAsync(ResourceSchema schema, RunContext run, CancellationToken stop) =>
        Task.FromResult<IResourceWriter>(new Writer(sink, schema, new RecordProjector(schema.Map!, withPayload)));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Writer(IOperationSink sink, ResourceSchema schema, RecordProjector projector) : IResourceWriter
    {
        public Bookmark Bookmark => Bookmark.None;

        public IReadOnlyList<string> Output => [];

        public Task<IdSet?> KnownIdsAsync(CancellationToken stop) => Task.FromResult<IdSet?>(null);

        public async ValueTask<WriteOutcome> WriteAsync(RecordBatch batch, string passId, CancellationToken stop)
        {
            for (var i = 0; i < batch.Records.Count; i++)
                await sink.WriteAsync(Project(batch, i), stop).ConfigureAwait(false);
            return new WriteOutcome(null, null, batch.Records.Count);
        }

        public Task<CommitOutcome> CommitAsync(Commit commit, CancellationToken stop) => Task.FromResult(default(CommitOutcome));

        public Task CloseAsync(ExportResult result, CancellationToken stop) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private JunipeerRecord Project(RecordBatch batch, int record)
        {
            var root = schema.Root;
            var beside = new (string, object)[root.KeyLength];
            for (var key = 0; key < root.KeyLength; key++) beside[key] = (root.Columns[key].Path, ValueOf(batch, batch.Tables[0][record, key]));
            return projector.Project(batch.Payload(record), batch.LoadedAt, beside);
        }

        private static object ValueOf(RecordBatch batch, Cell cell) => cell.Kind switch
        {
            CellKind.Integer => cell.Bits,
            CellKind.Instant => new DateTimeOffset(cell.Bits, TimeSpan.Zero),
            CellKind.Date => DateOnly.FromDayNumber((int)cell.Bits),
            CellKind.Decimal => decimal.Parse(Encoding.UTF8.GetString(batch.Text(cell)), CultureInfo.InvariantCulture),
            _ => Encoding.UTF8.GetString(batch.Text(cell)),
        };
    }
}
