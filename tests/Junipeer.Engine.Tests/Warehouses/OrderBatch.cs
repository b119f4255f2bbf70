using System.Globalization;
using System.Text;
using Junipeer.Records;

namespace Junipeer.Engine.Tests.Warehouses;

/// <summary>Batches of orders with rows and options of rows, made by hand: what a normaliser would hand to a destination.</summary>
internal sealed class OrderBatch : IDisposable
{
    private readonly RecordBatch _batch;

    public OrderBatch(ResourceSchema schema, DateTimeOffset loadedAt)
    {
        _batch = new RecordBatch(schema) { LoadedAt = loadedAt };
    }

    public static implicit operator RecordBatch(OrderBatch batch) => batch._batch;

    public static ResourceSchema Schema(string resource = "order") => new(resource, Tables(resource.Replace('-', '_')));

    /// <summary>Adds an order; rows are <c>id:sku:quantity</c>, an option of a row follows as <c>rowId/id:text</c>.</summary>
    public OrderBatch Add(long id, string? reference, string? total, string[] rows, params (string Column, object? Value)[] more)
    {
        var record = _batch.Records.Count;
        var json = string.Create(CultureInfo.InvariantCulture,
            $$"""{"id":{{id}},"ref":"{{reference}}","total":"{{total}}","rows":"{{string.Join(' ', rows)}}","more":"{{string.Join(' ', more)}}"}""");
        var payload = Encoding.UTF8.GetBytes(json);
        _batch.Add(new RecordInfo(_batch.Append(payload), payload.Length, Hash(json), 0));
        var root = _batch.Tables[0];
        var cells = new Cell[root.Table.Columns.Count];
        cells[0] = Integer(id);
        cells[1] = Text(reference);
        cells[2] = Decimal(total);
        foreach (var (column, value) in more) cells[root.Table.IndexOf(column)] = Of(value);
        root.Add(cells, record);
        foreach (var row in rows)
        {
            var parts = row.Split(':');
            if (parts[0].Split('/') is [var parent, var option])
            {
                _batch.Tables[2].Add([Integer(id), Integer(Number(parent)), Integer(Number(option)), Text(parts[1])], record);
            }
            else
            {
                _batch.Tables[1].Add([Integer(id), Integer(Number(parts[0])), Text(parts[1]), Decimal(parts[2])], record);
            }
        }

        return this;
    }

    /// <summary>Adds plain orders with these ids, each with one row.</summary>
    public OrderBatch AddPlain(IEnumerable<long> ids, string reference = "r")
    {
        foreach (var id in ids) Add(id, reference, "1.50", [$"{id * 10}:SKU:1"]);
        return this;
    }

    public void Clear(DateTimeOffset? loadedAt = null)
    {
        _batch.Clear();
        if (loadedAt is { } at) _batch.LoadedAt = at;
    }

    public void Dispose() => _batch.Dispose();

    private static IReadOnlyList<TableSchema> Tables(string name)
    {
        var root = new TableSchema(name,
        [
            new Column("id", "id", ColumnType.Integer), new Column("reference", "ref", ColumnType.Text),
            new Column("total", "total", ColumnType.Decimal), new Column("placed_on", "placedOn", ColumnType.Instant),
            new Column("due", "due", ColumnType.Date), new Column("is_test", "isTest", ColumnType.Boolean),
            new Column("tags", "tags", ColumnType.Json),
        ], 1, null);
        var rows = new TableSchema(name + "_row",
        [
            new Column("order_id", "id", ColumnType.Integer), new Column("id", "rows.id", ColumnType.Integer),
            new Column("sku", "rows.sku", ColumnType.Text), new Column("quantity", "rows.quantity", ColumnType.Decimal),
        ], 2, root);
        var options = new TableSchema(name + "_row_option",
        [
            new Column("order_id", "id", ColumnType.Integer), new Column("row_id", "rows.id", ColumnType.Integer),
            new Column("id", "rows.options.id", ColumnType.Integer), new Column("text", "rows.options.text", ColumnType.Text),
        ], 3, rows);
        return [root, rows, options];
    }

    private Cell Of(object? value) => value switch
    {
        null => Cell.Null,
        string text => Text(text),
        bool flag => new Cell(CellKind.Boolean, flag ? 1 : 0, 0, 0),
        int number => Integer(number),
        DateTimeOffset instant => new Cell(CellKind.Instant, instant.UtcTicks, 0, 0),
        DateOnly date => new Cell(CellKind.Date, date.DayNumber, 0, 0),
        byte[] json => new Cell(CellKind.Json, 0, _batch.Append(json), json.Length),
        decimal number => Decimal(number.ToString(CultureInfo.InvariantCulture)),
        _ => throw new ArgumentException(value.GetType().Name),
    };

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static Cell Integer(long value) => new(CellKind.Integer, value, 0, 0);

    private Cell Text(string? text) => Stretch(CellKind.Text, text);

    private Cell Decimal(string? text) => Stretch(CellKind.Decimal, text);

    private Cell Stretch(CellKind kind, string? text)
    {
        if (text is null) return Cell.Null;
        var bytes = Encoding.UTF8.GetBytes(text);
        return new Cell(kind, 0, _batch.Append(bytes), bytes.Length);
    }

    private static long Hash(string text)
    {
        var hash = unchecked((long)14695981039346656037UL);
        foreach (var c in text) hash = (hash ^ c) * 1099511628211;
        return hash;
    }
}
