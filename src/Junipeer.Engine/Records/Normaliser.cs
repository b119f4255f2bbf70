using System.Text;
using System.Text.Json;
using Junipeer.Export;

namespace Junipeer.Records;

/// <summary>
/// Turns raw documents into cells: one generic walk, driven by the document map. One pass over the bytes, no strings, no
/// objects per value. Used by one thread.
/// </summary>
internal sealed class Normaliser
{
    private readonly DocumentMap _map;
    private readonly bool _evolve;
    private readonly DriftLog _drift;
    private readonly ContentHash? _hash;
    private readonly KeyFinder? _keys;
    private readonly Cell[][] _scratch;
    private readonly int[] _marks;

    private RecordBatch _batch;
    private int _origin;
    private int _record;
    private DateTimeOffset _receivedAt;
    private long _updatedTicks;
    private (int Start, int Length) _volatile;

    public Normaliser(DocumentMap map, RecordForm form, bool evolve, bool withPayload, DriftLog drift)
    {
        _map = map;
        _evolve = evolve;
        _drift = drift;
        _batch = null!;
        _scratch = map.Schema.Tables.Select(t => new Cell[t.Columns.Count + 8]).ToArray();
        _marks = new int[map.Schema.Tables.Count];

        if (form == RecordForm.Documents) _keys = new KeyFinder(map, drift);
        else _hash = new ContentHash(map.Schema, evolve, withPayload);
    }

    /// <summary>Adds a document to the batch; false, with the reason, when it has no key.</summary>
    public bool TryAdd(RecordBatch batch, RawPage page, RawDocument document, out string? reason)
    {
        var bytes = page[document];
        _batch = batch;
        _record = batch.Records.Count;
        _origin = batch.Append(bytes);
        _receivedAt = page.ReceivedAt;
        _updatedTicks = 0;
        _volatile = default;
        Mark(_marks);
        Array.Clear(_scratch[0]);
        Inject(document.First);
        Inject(document.Second);

        if (_keys is null) ReadRows(bytes);
        else if (_map.Root.Collection is null) _updatedTicks = _keys.Find(bytes, batch, _origin, _receivedAt, _scratch[0]);

        var root = _map.Schema.Root;
        for (var key = 0; key < root.KeyLength; key++)
        {
            if (_scratch[0][key].Kind != CellKind.Null) continue;
            for (var table = 0; table < _marks.Length; table++) _batch.Tables[table].Truncate(_marks[table]);
            reason = $"The document has no '{root.Columns[key].Path}', which identifies it.";
            return false;
        }

        if (_keys is null) EmitRow(0, _map.Descendants, _marks);
        else batch.Tables[0].Add(_scratch[0].AsSpan(0, root.KeyLength), _record);
        batch.Add(new RecordInfo(_origin, bytes.Length, _hash?.Of(bytes, _volatile) ?? 0, _updatedTicks));
        reason = null;
        return true;
    }

    private void ReadRows(ReadOnlySpan<byte> document)
    {
        var reader = new JsonWalker(document);
        reader.Read();
        if (_map.Root.Collection is { } self) ReadCollection(ref reader, self, document);
        else ReadObject(ref reader, _map.Root, 0, document);
    }

    /// <summary>Where the rows of each table end before an element is read.</summary>
    private int[] Mark(int[] marks)
    {
        for (var i = 0; i < marks.Length; i++) marks[i] = _batch.Tables[i].Count;
        return marks;
    }

    private void Inject(RawKey key)
    {
        if (key.Column < 0) return;
        if (key.Text is null)
        {
            _scratch[0][key.Column] = new Cell(CellKind.Integer, key.Number, 0, 0);
            return;
        }

        var text = Encoding.UTF8.GetBytes(key.Text);
        _scratch[0][key.Column] = new Cell(CellKind.Text, 0, _batch.Append(text), text.Length);
    }

    /// <summary>Walks an object; the reader stands on its opening brace and is left on its closing one.</summary>
    private void ReadObject(ref JsonWalker reader, FieldNode node, int table, ReadOnlySpan<byte> document)
    {
        var next = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var member = node.Match(ref reader, ref next);
            if (member is null)
            {
                member = Meet(ref reader, node, table);
                reader.Read();
                if (member is null)
                {
                    reader.Skip();
                    continue;
                }
            }
            else
            {
                reader.Read();
            }

            ReadValue(ref reader, member, table, document);
        }
    }

    private void ReadValue(ref JsonWalker reader, FieldNode node, int table, ReadOnlySpan<byte> document)
    {
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            if (node.Collection is { } collection && Fits(collection, reader.TokenType))
            {
                ReadCollection(ref reader, collection, document);
            }
            else if (node.IsObject && reader.TokenType == JsonTokenType.StartObject)
            {
                ReadObject(ref reader, node, table, document);
            }
            else if (node.Column >= 0 && node.Type == ColumnType.Json)
            {
                var start = reader.TokenStartIndex;
                reader.Skip();
                Store(table, node.Column, new Cell(CellKind.Json, 0, _origin + start, reader.BytesConsumed - start));
            }
            else
            {
                // An empty array or object where one value or a map was expected says "nothing"; anything else is drift.
                var start = reader.TokenStartIndex;
                var empty = IsEmpty(ref reader);
                if (!empty && !node.IsUnknown) Drift(table, node, document[start..reader.BytesConsumed]);
            }

            return;
        }

        if (node.Column < 0)
        {
            if (!node.IsUnknown && reader.TokenType != JsonTokenType.Null && (node.IsObject || node.Collection is not null) && reader.ValueSpan.Length > 0)
                Drift(table, node, reader.ValueSpan);
            return;
        }

        if (!CellReader.TryRead(ref reader, node.Type, _batch, _origin, out var cell))
        {
            Drift(table, node, reader.ValueSpan);
            return;
        }

        if (cell.Kind == CellKind.Instant)
        {
            if (node.NowIsNull && Instants.IsTimeOfRequest(cell.Bits, _receivedAt))
            {
                _volatile = (reader.TokenStartIndex + 1, reader.ValueSpan.Length);
                return;
            }

            if (node.IsUpdated) _updatedTicks = cell.Bits;
        }

        Store(table, node.Column, cell);
    }

    /// <summary>A map may also come as an array whose elements carry their id; an array never comes as an object.</summary>
    private static bool Fits(Collection collection, JsonTokenType token) =>
        token == JsonTokenType.StartArray ? collection.Kind is CollectionKind.Array or CollectionKind.Map : collection.Kind != CollectionKind.Array;

    private static bool IsEmpty(ref JsonWalker reader)
    {
        var depth = reader.CurrentDepth;
        reader.Read();
        if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray) return true;
        while (reader.CurrentDepth > depth && reader.Read())
        {
        }

        return false;
    }

    private void ReadCollection(ref JsonWalker reader, Collection collection, ReadOnlySpan<byte> document)
    {
        var position = 0;
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) ReadElement(ref reader, collection, default, position++, document);
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = ReadKey(ref reader, collection);
            reader.Read();
            if (collection.Kind == CollectionKind.MapOfArrays && reader.TokenType == JsonTokenType.StartArray)
            {
                position = 0;
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) ReadElement(ref reader, collection, key, position++, document);
            }
            else
            {
                ReadElement(ref reader, collection, key, 0, document);
            }
        }
    }

    private Cell ReadKey(ref JsonWalker reader, Collection collection)
    {
        if (collection.KeyType == ColumnType.Integer && CellReader.TryInteger(reader.ValueSpan, out var id)) return new Cell(CellKind.Integer, id, 0, 0);

        // Only values have a token kind the cell reader knows, so a name's text is copied here.
        var room = _batch.Reserve(reader.ValueSpan.Length);
        var length = reader.CopyString(room);
        var kind = collection.KeyType == ColumnType.Decimal && CellReader.TryDecimal(room[..length], out _) ? CellKind.Decimal : CellKind.Text;
        return new Cell(kind, 0, _batch.Advance(length), length);
    }

    private void ReadElement(ref JsonWalker reader, Collection collection, Cell key, int position, ReadOnlySpan<byte> document)
    {
        var table = collection.Table;
        var marks = collection.Descendants.Count > 0 ? Mark(new int[_marks.Length]) : _marks;
        var cells = _scratch[table];
        Array.Clear(cells);
        if (key.Kind != CellKind.Null) cells[collection.OwnKey] = key;
        if (collection.PositionColumn >= 0) cells[collection.PositionColumn] = new Cell(CellKind.Integer, position, 0, 0);

        if (collection.Kind == CollectionKind.CustomFields)
        {
            CustomFieldCells.Read(ref reader, cells.AsSpan(collection.OwnKey + 1, 3), _batch, _origin);
        }
        else if (reader.TokenType == JsonTokenType.StartObject)
        {
            ReadObject(ref reader, collection.Element, table, document);
        }
        else if (collection.Element.Find("value") is { } value)
        {
            ReadValue(ref reader, value, table, document);
        }
        else
        {
            var start = reader.TokenStartIndex;
            reader.Skip();
            if (reader.TokenType != JsonTokenType.Null) Drift(table, collection.Element, document[start..reader.BytesConsumed]);
            return;
        }

        // An element that lacks its own key keeps its place instead, below zero so that it meets no real id.
        if (_scratch[table][collection.OwnKey].Kind == CellKind.Null)
            _scratch[table][collection.OwnKey] = new Cell(CellKind.Integer, -1 - position, 0, 0);
        EmitRow(table, collection.Descendants, marks);
    }

    private void EmitRow(int table, IReadOnlyList<int> descendants, int[] marks)
    {
        var schema = _map.Schema.Tables[table];
        _batch.Tables[table].Add(_scratch[table].AsSpan(0, schema.Columns.Count), _record);

        // Rows below were made before this row's key was known for certain; the outermost owner writes last and rightly.
        for (var i = 0; i < descendants.Count; i++)
        {
            var below = descendants[i];
            var rows = _batch.Tables[below];
            for (var row = marks[below]; row < rows.Count; row++)
            {
                for (var key = 0; key < schema.KeyLength; key++) rows.Set(row, key, _scratch[table][key]);
            }
        }
    }

    private FieldNode? Meet(ref JsonWalker reader, FieldNode node, int table)
    {
        var probe = reader;
        probe.Read();
        var isScalar = probe.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.Null);
        return isScalar && _evolve ? Evolution.Add(reader.GetString()!, node, _map.Schema.Tables[table]) : null;
    }

    private void Store(int table, int column, Cell cell)
    {
        if (column >= _scratch[table].Length) Array.Resize(ref _scratch[table], _scratch[table].Length * 2);
        _scratch[table][column] = cell;
    }

    private void Drift(int table, FieldNode node, ReadOnlySpan<byte> found) =>
        _drift.Note(_map.Schema.Tables[table].Name, node.Path, node.Column >= 0 ? node.Type.ToString().ToLowerInvariant() : "object", found);
}
