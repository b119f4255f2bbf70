using System.Buffers.Binary;
using System.Security.Cryptography;
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
    private readonly RecordForm _form;
    private readonly DriftLog _drift;
    private readonly long _fingerprint;
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
        _form = form;
        _evolve = evolve;
        _drift = drift;
        _batch = null!;
        _scratch = map.Schema.Tables.Select(t => new Cell[t.Columns.Count + 8]).ToArray();
        _marks = new int[map.Schema.Tables.Count];

        // A record read again under another schema must count as changed, or new columns would stay empty for ever.
        var shape = string.Join('|', map.Schema.Tables.Select(t =>
            t.Name + ":" + string.Join(',', t.Columns.Where(c => !c.IsEvolved).Select(c => $"{c.Name} {c.Type}"))));
        _fingerprint = Hash(Encoding.UTF8.GetBytes($"{evolve}{withPayload}{shape}"));
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

        var reader = new Utf8JsonReader(bytes);
        reader.Read();
        if (_map.Root.Collection is { } self) ReadCollection(ref reader, self, bytes);
        else ReadObject(ref reader, _map.Root, 0, bytes);

        var root = _map.Schema.Root;
        for (var key = 0; key < root.KeyLength; key++)
        {
            if (_scratch[0][key].Kind != CellKind.Null) continue;
            for (var table = 0; table < _marks.Length; table++) _batch.Tables[table].Truncate(_marks[table]);
            reason = $"The document has no '{root.Columns[key].Path}', which identifies it.";
            return false;
        }

        EmitRow(0, _map.Descendants, _marks);
        batch.Add(new RecordInfo(_origin, bytes.Length, ContentHash(bytes), _updatedTicks));
        reason = null;
        return true;
    }

    private static long Hash(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }

    private long ContentHash(ReadOnlySpan<byte> bytes)
    {
        if (_form == RecordForm.Documents) return 0;
        if (_volatile.Length == 0) return Hash(bytes) ^ _fingerprint;
        var stable = bytes.ToArray();
        stable.AsSpan(_volatile.Start, _volatile.Length).Clear();
        return Hash(stable) ^ _fingerprint;
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
    private void ReadObject(ref Utf8JsonReader reader, FieldNode node, int table, ReadOnlySpan<byte> document)
    {
        var next = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var member = Match(ref reader, node, ref next);
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

    private void ReadValue(ref Utf8JsonReader reader, FieldNode node, int table, ReadOnlySpan<byte> document)
    {
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            if (_form == RecordForm.Documents && node.Collection is not null)
            {
                reader.Skip();
            }
            else if (node.Collection is { } collection && Fits(collection, reader.TokenType))
            {
                ReadCollection(ref reader, collection, document);
            }
            else if (node.IsObject && reader.TokenType == JsonTokenType.StartObject)
            {
                ReadObject(ref reader, node, table, document);
            }
            else if (node.Column >= 0 && node.Type == ColumnType.Json)
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                Store(table, node.Column, new Cell(CellKind.Json, 0, _origin + start, (int)reader.BytesConsumed - start));
            }
            else
            {
                // An empty array or object where one value or a map was expected says "nothing"; anything else is drift.
                var start = (int)reader.TokenStartIndex;
                var empty = IsEmpty(ref reader);
                if (!empty && !node.IsUnknown) Drift(table, node, document[start..(int)reader.BytesConsumed]);
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
                _volatile = ((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
                return;
            }

            if (node.IsUpdated) _updatedTicks = cell.Bits;
        }

        Store(table, node.Column, cell);
    }

    /// <summary>A map may also come as an array whose elements carry their id; an array never comes as an object.</summary>
    private static bool Fits(Collection collection, JsonTokenType token) =>
        token == JsonTokenType.StartArray ? collection.Kind is CollectionKind.Array or CollectionKind.Map : collection.Kind != CollectionKind.Array;

    private static bool IsEmpty(ref Utf8JsonReader reader)
    {
        var depth = reader.CurrentDepth;
        reader.Read();
        if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray) return true;
        while (reader.CurrentDepth > depth && reader.Read())
        {
        }

        return false;
    }

    private void ReadCollection(ref Utf8JsonReader reader, Collection collection, ReadOnlySpan<byte> document)
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

    private Cell ReadKey(ref Utf8JsonReader reader, Collection collection)
    {
        if (collection.KeyType == ColumnType.Integer && CellReader.TryInteger(reader.ValueSpan, out var id)) return new Cell(CellKind.Integer, id, 0, 0);

        // Only values have a token kind the cell reader knows, so a name's text is copied here.
        var room = _batch.Reserve(reader.ValueSpan.Length);
        var length = reader.CopyString(room);
        var kind = collection.KeyType == ColumnType.Decimal && CellReader.TryDecimal(room[..length], out _) ? CellKind.Decimal : CellKind.Text;
        return new Cell(kind, 0, _batch.Advance(length), length);
    }

    private void ReadElement(ref Utf8JsonReader reader, Collection collection, Cell key, int position, ReadOnlySpan<byte> document)
    {
        var table = collection.Table;
        var marks = collection.Descendants.Count > 0 ? Mark(new int[_marks.Length]) : _marks;
        var cells = _scratch[table];
        Array.Clear(cells);
        if (key.Kind != CellKind.Null) cells[collection.OwnKey] = key;
        if (collection.PositionColumn >= 0) cells[collection.PositionColumn] = new Cell(CellKind.Integer, position, 0, 0);

        if (collection.Kind == CollectionKind.CustomFields)
        {
            ReadCustomField(ref reader, collection, document);
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
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (reader.TokenType != JsonTokenType.Null) Drift(table, collection.Element, document[start..(int)reader.BytesConsumed]);
            return;
        }

        // An element that lacks its own key keeps its place instead, below zero so that it meets no real id.
        if (_scratch[table][collection.OwnKey].Kind == CellKind.Null)
            _scratch[table][collection.OwnKey] = new Cell(CellKind.Integer, -1 - position, 0, 0);
        EmitRow(table, collection.Descendants, marks);
    }

    /// <summary>A custom field is text, number, boolean, a date, or <c>{id, value}</c> for a choice from a list.</summary>
    private void ReadCustomField(ref Utf8JsonReader reader, Collection collection, ReadOnlySpan<byte> document)
    {
        var type = collection.OwnKey + 1;
        var (value, choice) = (type + 1, type + 2);
        var cells = _scratch[collection.Table];
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                cells[type] = Literal("SELECT"u8);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var isId = reader.ValueTextEquals("id"u8);
                    var isValue = reader.ValueTextEquals("value"u8);
                    reader.Read();
                    if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) reader.Skip();
                    else if (isId && CellReader.TryRead(ref reader, ColumnType.Integer, _batch, _origin, out var id)) cells[choice] = id;
                    else if (isValue && CellReader.TryRead(ref reader, ColumnType.Text, _batch, _origin, out var text)) cells[value] = text;
                }

                break;
            case JsonTokenType.StartArray:
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                cells[type] = Literal("LIST"u8);
                cells[value] = new Cell(CellKind.Text, 0, _origin + start, (int)reader.BytesConsumed - start);
                break;
            case JsonTokenType.Null:
                break;
            case JsonTokenType.String when reader.ValueSpan.Length >= 20 && Instants.TryParseDate(CellReader.Unescaped(ref reader), out var day):
                cells[type] = Literal("DATE"u8);
                Span<byte> iso = stackalloc byte[10];
                DateOnly.FromDayNumber(day).TryFormat(iso, out _, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
                cells[value] = Literal(iso);
                break;
            default:
                cells[type] = Literal(reader.TokenType switch
                {
                    JsonTokenType.Number => "INTEGER"u8,
                    JsonTokenType.True or JsonTokenType.False => "YES_NO"u8,
                    _ => "TEXT"u8,
                });
                cells[value] = CellReader.TextCell(ref reader, CellKind.Text, _batch, _origin);
                break;
        }
    }

    private Cell Literal(ReadOnlySpan<byte> text) => new(CellKind.Text, 0, _batch.Append(text), text.Length);

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

    private FieldNode? Match(ref Utf8JsonReader reader, FieldNode node, ref int next)
    {
        // Documents of a kind name their members in one order, so the member after the last one is nearly always it.
        var members = node.MemberSpan;
        for (var i = 0; i < members.Length; i++)
        {
            var at = next + i;
            if (at >= members.Length) at -= members.Length;
            if (!reader.ValueTextEquals(members[at].Utf8Name)) continue;
            next = at + 1;
            return members[at];
        }

        return null;
    }

    /// <summary>
    /// A property the catalogue does not know: remembered, so that the next one is found at once. A scalar gets a column under
    /// the Evolve policy; objects and arrays stay in the payload.
    /// </summary>
    private FieldNode? Meet(ref Utf8JsonReader reader, FieldNode node, int table)
    {
        var name = reader.GetString()!;
        var path = node.Path.Length == 0 ? name : $"{node.Path}.{name}";
        var probe = reader;
        probe.Read();
        if (probe.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.Null || !_evolve || _form == RecordForm.Documents) return null;
        var member = node.Add(new FieldNode(name, path) { IsUnknown = true, Type = ColumnType.Text });
        var schema = _map.Schema.Tables[table];
        var column = Names.ToSnake(path);
        if (column.Length == 0) return member;
        var index = schema.IndexOf(column);
        if (index < 0) index = schema.Add(new Column(column, path, ColumnType.Text) { IsEvolved = true });
        else if (!schema.Columns[index].IsEvolved) return member;
        member.Column = index;
        return member;
    }

    private void Store(int table, int column, Cell cell)
    {
        if (column >= _scratch[table].Length) Array.Resize(ref _scratch[table], _scratch[table].Length * 2);
        _scratch[table][column] = cell;
    }

    private void Drift(int table, FieldNode node, ReadOnlySpan<byte> found) =>
        _drift.Note(_map.Schema.Tables[table].Name, node.Path, node.Column >= 0 ? node.Type.ToString().ToLowerInvariant() : "object", found);
}
