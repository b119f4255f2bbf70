using System.Text.Json;

namespace Junipeer.Records;

/// <summary>
/// Finds the key and the change date of a document that is taken whole, and looks no further once it has them: they stand
/// at the beginning of most documents. Where a name is there twice, the first one counts.
/// </summary>
internal sealed class KeyFinder
{
    private readonly FieldNode _root = new("", "");
    private readonly TableSchema _table;
    private readonly DriftLog _drift;
    private readonly int _wanted;

    public KeyFinder(DocumentMap map, DriftLog drift)
    {
        _table = map.Schema.Root;
        _drift = drift;
        for (var key = 0; key < _table.KeyLength; key++)
        {
            var node = _root.Reach(_table.Columns[key].Path);
            node.Column = key;
            node.Type = _table.Columns[key].Type;
            _wanted++;
        }

        if (map.Definition.Updated is not { } updated) return;
        var known = map.Root.Reach(updated);
        var date = _root.Reach(updated);
        if (date.Column < 0) _wanted++;
        date.IsUpdated = true;
        date.NowIsNull = known.NowIsNull;
        date.Type = known.Type;
    }

    /// <summary>Fills in the key cells the document has and tells its change date, as UTC ticks; 0 when it shows none.</summary>
    public long Find(ReadOnlySpan<byte> document, RecordBatch batch, int origin, DateTimeOffset receivedAt, Span<Cell> key)
    {
        var search = new Search(batch, origin, receivedAt, key) { Left = _wanted };
        var reader = new JsonWalker(document);
        reader.Read();
        Walk(ref reader, _root, ref search);
        return search.UpdatedTicks;
    }

    private void Walk(ref JsonWalker reader, FieldNode node, ref Search search)
    {
        var next = 0;
        while (search.Left > 0 && reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var member = node.Match(ref reader, ref next);
            reader.Read();
            if (member is null) reader.Skip();
            else if (member.IsObject && reader.TokenType == JsonTokenType.StartObject) Walk(ref reader, member, ref search);
            else if (member.Column >= 0 || member.IsUpdated) Take(ref reader, member, ref search);
            else reader.Skip();
        }
    }

    private void Take(ref JsonWalker reader, FieldNode node, ref Search search)
    {
        search.Left--;
        var cell = Cell.Null;
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) reader.Skip();
        else if (!CellReader.TryRead(ref reader, node.Type, search.Batch, search.Origin, out cell) && node.Column >= 0)
            _drift.Note(_table.Name, node.Path, node.Type.ToString().ToLowerInvariant(), reader.ValueSpan);

        if (cell.Kind == CellKind.Instant && node.NowIsNull && Instants.IsTimeOfRequest(cell.Bits, search.ReceivedAt)) return;
        if (cell.Kind == CellKind.Instant && node.IsUpdated) search.UpdatedTicks = cell.Bits;
        if (node.Column >= 0) search.Key[node.Column] = cell;
    }

    /// <summary>The state of one search.</summary>
    private ref struct Search(RecordBatch batch, int origin, DateTimeOffset receivedAt, Span<Cell> key)
    {
        public readonly RecordBatch Batch = batch;
        public readonly int Origin = origin;
        public readonly DateTimeOffset ReceivedAt = receivedAt;
        public readonly Span<Cell> Key = key;
        public int Left;
        public long UpdatedTicks;
    }
}
