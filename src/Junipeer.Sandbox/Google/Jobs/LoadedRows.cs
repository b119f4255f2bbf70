using System.Text.Json;
using Junipeer.Sandbox.Google.Data;
using Junipeer.Sandbox.Google.Rest;
using Junipeer.Sandbox.Google.Uploads;

namespace Junipeer.Sandbox.Google.Jobs;

/// <summary>The rows of an upload, the first of what was wrong with others, and how many those are.</summary>
internal sealed record LoadedRows(List<object?[]> Rows, List<JobError> Errors, long Bad)
{
    private const int ShownErrors = 5;

    /// <exception cref="LoadException">More rows are bad than maxBadRecords allows.</exception>
    public static LoadedRows Read(JsonElement load, IReadOnlyList<Field> fields, Spool data, long mostGzip, CancellationToken stop)
    {
        Stream stream = data.Open();
        if (data.IsGzip)
        {
            if (data.Length > mostGzip)
            {
                throw new DataException("invalid", $"Error while reading data, error message: Input files too large: a compressed file is {mostGzip} bytes at most");
            }

            stream = new GzipRows(stream);
        }

        bool json = load.Text("sourceFormat") == "NEWLINE_DELIMITED_JSON";
        RowReader reader = new(fields, new RowReaderOptions
        {
            IgnoreUnknownValues = load.Flag("ignoreUnknownValues") ?? false,
            NullMarker = load.Text("nullMarker") ?? string.Empty,
            FieldDelimiter = Delimiter(load.Text("fieldDelimiter")),
            SkipLeadingRows = (int)(load.Long("skipLeadingRows") ?? 0),
            AllowJaggedRows = load.Flag("allowJaggedRows") ?? false,
        });
        List<object?[]> rows = [];
        List<JobError> errors = [];
        long bad = 0, most = load.Long("maxBadRecords") ?? 0;
        try
        {
            foreach (RowResult result in json ? reader.ReadNdJson(stream) : reader.ReadCsv(stream))
            {
                stop.ThrowIfCancellationRequested();
                if (result.Row is { } row)
                {
                    rows.Add(row);
                    continue;
                }

                bad++;
                if (errors.Count < ShownErrors)
                {
                    errors.Add(new JobError(result.Error!.Reason, result.Error.LoadMessage));
                }

                if (bad > most)
                {
                    string kind = json ? "JSON" : "CSV";
                    throw new LoadException([new JobError("invalid", $"Error while reading data, error message: {kind} table encountered too many errors, giving up. Rows: {rows.Count + bad}; errors: {bad}. Please look into the errors[] collection for more details."), .. errors]);
                }
            }
        }
        catch (InvalidDataException)
        {
            throw new DataException("invalid", "Error while reading data, error message: Failed to decompress: the gzip stream is damaged or cut short");
        }

        return new LoadedRows(rows, errors, bad);
    }

    private static char Delimiter(string? text) => text switch
    {
        null or "" => ',',
        "\\t" or "tab" => '\t',
        { Length: 1 } => text[0],
        _ => throw new DataException("invalid", $"Invalid value for fieldDelimiter: {text}"),
    };
}
