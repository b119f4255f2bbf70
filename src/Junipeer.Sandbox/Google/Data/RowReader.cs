using System.Text;
using System.Text.Json;

namespace Junipeer.Sandbox.Google.Data;

internal sealed record RowReaderOptions
{
    public bool IgnoreUnknownValues { get; init; }

    /// <summary>The text of an empty value in CSV.</summary>
    public string NullMarker { get; init; } = string.Empty;

    public char FieldDelimiter { get; init; } = ',';

    public int SkipLeadingRows { get; init; }

    public bool AllowJaggedRows { get; init; }
}

/// <summary>Why a row cannot be taken. Message is for streaming (insertAll), LoadMessage for a load job's errors.</summary>
internal sealed record RowError(long Row, long Position, string Reason, string Location, string Message, string LoadMessage);

/// <summary>One of the two is null.</summary>
internal readonly record struct RowResult(object?[]? Row, RowError? Error);

/// <summary>Turns NDJSON and CSV into rows of a schema, strictly. A bad row yields its error and reading goes on.</summary>
internal sealed class RowReader(IReadOnlyList<Field> fields, RowReaderOptions options)
{
    private const string LoadPrefix = "Error while reading data, error message: ";
    private readonly JsonRows _json = new(fields, options.IgnoreUnknownValues);

    public IEnumerable<RowResult> ReadNdJson(Stream stream)
    {
        long row = 0;
        foreach ((ReadOnlyMemory<byte> line, long position) in Lines.Of(stream))
        {
            if (line.Span.Trim(" \t\r"u8).IsEmpty)
            {
                continue;
            }

            row++;
            yield return ReadLine(line, row, position);
        }
    }

    public IEnumerable<RowResult> ReadCsv(Stream stream)
    {
        long row = 0;
        foreach ((List<string> cells, long position) in Csv.Read(stream, options.FieldDelimiter))
        {
            if (row++ < options.SkipLeadingRows)
            {
                continue;
            }

            yield return ReadCells(cells, row, position);
        }
    }

    /// <summary>A row of insertAll.</summary>
    public RowResult ReadJson(JsonElement element, long row)
    {
        try
        {
            return new RowResult(_json.Read(element), null);
        }
        catch (BadValueException bad)
        {
            return new RowResult(null, new RowError(row, 0, "invalid", bad.Field, bad.Streamed, bad.Message));
        }
    }

    private RowResult ReadLine(ReadOnlyMemory<byte> line, long row, long position)
    {
        string field = string.Empty, message;
        try
        {
            using JsonDocument document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 500 });
            return new RowResult(_json.Read(document.RootElement), null);
        }
        catch (BadValueException bad)
        {
            (field, message) = (bad.Field, bad.Message);
        }
        catch (JsonException)
        {
            message = "Parser terminated before end of string";
        }

        return new RowResult(null, new RowError(row, position, "invalid", field, message, $"{LoadPrefix}JSON parsing error in row starting at position {position}: {message}"));
    }

    private RowResult ReadCells(List<string> cells, long row, long position)
    {
        object?[] values = new object?[fields.Count];
        string? message = null;
        if (cells.Count > fields.Count && !options.IgnoreUnknownValues)
        {
            message = $"Too many values in row starting at position: {position}. Found {cells.Count} column(s) while expected {fields.Count}.";
        }
        else if (cells.Count < fields.Count && !options.AllowJaggedRows)
        {
            message = $"CSV table references column position {cells.Count}, but line starting at position:{position} contains only {cells.Count} columns.";
        }

        for (int i = 0; i < fields.Count && message is null; i++)
        {
            Field field = fields[i];
            string? text = i < cells.Count ? cells[i] : null;
            if (text is null || (text == options.NullMarker && !(field.Type == FieldType.String && text.Length == 0)))
            {
                message = field.Required ? $"Required column value for column index: {i} is missing in row starting at position: {position}" : null;
                continue;
            }

            values[i] = field.Repeated ? null : ValueParser.Parse(field.Type, text);
            message = values[i] is null
                ? $"Could not parse '{text}' as {field.SqlType} for field {field.Name} (position {i}) starting at location {position} with message 'Unable to parse'"
                : ParameterizedTypes.TryFit(field, ref values[i], out string reason) ? null : $"{reason}; Field: {field.Name}; Value: {text}";
        }

        return message is null
            ? new RowResult(values, null)
            : new RowResult(null, new RowError(row, position, "invalid", string.Empty, message, LoadPrefix + message));
    }
}

/// <summary>A value that does not fit its field.</summary>
internal sealed class BadValueException(string field, string message, string streamed) : Exception(message)
{
    public string Field { get; } = field;

    /// <summary>The shorter wording of the streaming method.</summary>
    public string Streamed { get; } = streamed;
}
