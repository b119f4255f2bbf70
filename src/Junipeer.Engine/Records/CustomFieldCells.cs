using System.Globalization;
using System.Text.Json;

namespace Junipeer.Records;

/// <summary>A custom field is text, number, boolean, a date, or <c>{id, value}</c> for a choice from a list.</summary>
internal static class CustomFieldCells
{
    /// <summary>Fills in type, value and, of a choice, its id.</summary>
    /// <param name="reader">Stands on the field's value and is left at its end.</param>
    /// <param name="cells">Three cells: type, value, id.</param>
    /// <param name="batch">Takes what the document itself does not hold.</param>
    /// <param name="origin">Where the document begins in the batch's buffer.</param>
    public static void Read(ref JsonWalker reader, Span<Cell> cells, RecordBatch batch, int origin)
    {
        ref var type = ref cells[0];
        ref var value = ref cells[1];
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                type = Literal("SELECT"u8, batch);
                ReadChoice(ref reader, ref value, ref cells[2], batch, origin);
                break;
            case JsonTokenType.StartArray:
                var start = reader.TokenStartIndex;
                reader.Skip();
                type = Literal("LIST"u8, batch);
                value = new Cell(CellKind.Text, 0, origin + start, reader.BytesConsumed - start);
                break;
            case JsonTokenType.Null:
                break;
            case JsonTokenType.String when reader.ValueSpan.Length >= 20 && Instants.TryParseDate(CellReader.Unescaped(ref reader), out var day):
                type = Literal("DATE"u8, batch);
                Span<byte> iso = stackalloc byte[10];
                DateOnly.FromDayNumber(day).TryFormat(iso, out _, "yyyy-MM-dd", CultureInfo.InvariantCulture);
                value = Literal(iso, batch);
                break;
            default:
                type = Literal(reader.TokenType switch
                {
                    JsonTokenType.Number => "INTEGER"u8,
                    JsonTokenType.True or JsonTokenType.False => "YES_NO"u8,
                    _ => "TEXT"u8,
                }, batch);
                value = CellReader.TextCell(ref reader, CellKind.Text, batch, origin);
                break;
        }
    }

    private static void ReadChoice(ref JsonWalker reader, ref Cell value, ref Cell choice, RecordBatch batch, int origin)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var isId = reader.ValueTextEquals("id"u8);
            var isValue = reader.ValueTextEquals("value"u8);
            reader.Read();
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) reader.Skip();
            else if (isId && CellReader.TryRead(ref reader, ColumnType.Integer, batch, origin, out var id)) choice = id;
            else if (isValue && CellReader.TryRead(ref reader, ColumnType.Text, batch, origin, out var text)) value = text;
        }
    }

    private static Cell Literal(ReadOnlySpan<byte> text, RecordBatch batch) => new(CellKind.Text, 0, batch.Append(text), text.Length);
}
