using System.Text;
using System.Text.Json;

namespace Junipeer.Norce.Importing;

/// <summary>
/// Finds the rows a job's log is about. The log carries the row as JSON that may be cut short, or nothing; its message is
/// free text and decides nothing. A line whose row cannot be told is reported without one rather than with a wrong one.
/// </summary>
internal static class RefusedRows
{
    public static IReadOnlyList<NorceRefusedRow> Of(ImportBook book, JobBatch batch, string jobId, IReadOnlyList<NorceJobLogEntry> log)
    {
        var lines = log.Where(l => l.Severity >= NorceSeverity.Warning).ToArray();
        if (lines.Length == 0) return [];
        var refused = new List<(JobRow? Row, NorceSeverity Severity, List<string> Messages)>();
        var said = new Dictionary<(long Number, NorceSeverity Severity), List<string>>();
        var index = (lines.Any(l => l.ImportedRow is not null) ? batch.Rows : []).SelectMany(r => MarksOf(book, r).Select(mark => (mark, r))).ToLookup(p => p.mark, p => p.r, StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines)
        {
            var row = line.ImportedRow is null ? null : Find(book, index, line.ImportedRow);
            if (row is { } told && said.TryGetValue((told.Number, line.Severity), out var known))
            {
                known.Add(line.Message);
                continue;
            }

            List<string> messages = [line.Message];
            refused.Add((row, line.Severity, messages));
            if (row is { } found) said[(found.Number, line.Severity)] = messages;
        }

        return refused.Select(r => new NorceRefusedRow
        {
            Kind = book.Kind,
            Number = r.Row?.Number,
            Key = r.Row is { } row ? RowRules.Key(book, row.Row) : null,
            Row = r.Row?.Row,
            ErrorId = "Junipeer.Norce.RowFailed",
            Severity = r.Severity,
            Reason = string.Join(' ', r.Messages.Distinct()),
            JobId = jobId,
        }).ToArray();
    }

    /// <summary>The row, among those that have the most telling value the log shows.</summary>
    private static JobRow? Find(ImportBook book, ILookup<string, JobRow> index, string text)
    {
        var values = Values(text);
        foreach (var name in book.Kind == NorceImportKind.Product ? ["PartNo", "ManufacturerPartNo", "Code"] : book.Key)
        {
            if (values.Find(v => v.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { Value: { } shown }) continue;
            var rows = index[$"{name} {shown}"].Distinct().Where(r => book.Kind == NorceImportKind.Product || Fits(book, r, values)).Take(2).ToArray();
            return rows.Length == 1 ? rows[0] : null;
        }

        return null;
    }

    /// <summary>What a row can be found by, each with the name it has in the log.</summary>
    private static IEnumerable<string> MarksOf(ImportBook book, JobRow row)
    {
        foreach (var name in book.Key)
        {
            if (RowRules.Text(row.Row, name) is { } value) yield return $"{name} {value}";
        }

        if (book.Kind != NorceImportKind.Product) yield break;
        var identities = new List<string>();
        RowRules.Identities(book, row.Row, default, identities);
        foreach (var identity in identities)
            yield return identity.StartsWith("ManufacturerPartNo ", StringComparison.Ordinal) ? "ManufacturerPartNo " + identity[(identity.IndexOf('/', StringComparison.Ordinal) + 1)..] : identity;
    }

    /// <summary>Every part of the key that the log shows is the row's, and it shows one at least.</summary>
    private static bool Fits(ImportBook book, JobRow row, IReadOnlyList<(string Name, string Value)> values)
    {
        var shown = values.Where(v => book.Key.Contains(v.Name, StringComparer.OrdinalIgnoreCase)).DistinctBy(v => v.Name, StringComparer.OrdinalIgnoreCase).ToArray();
        return shown.Length > 0 && shown.All(v => RowRules.Text(row.Row, v.Name) is { } own ? Same(own, v.Value) : v.Name.Equals("QuantityBreak", StringComparison.OrdinalIgnoreCase));
    }

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase)
        || (decimal.TryParse(one, System.Globalization.CultureInfo.InvariantCulture, out var a) && decimal.TryParse(other, System.Globalization.CultureInfo.InvariantCulture, out var b) && a == b);

    /// <summary>Names and plain values as far as the text goes, however it ends.</summary>
    private static List<(string Name, string Value)> Values(string text)
    {
        var values = new List<(string, string)>();
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), isFinalBlock: false, default); // a text that is cut short simply ends
        var name = string.Empty;
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName) name = reader.GetString()!;
                else if (reader.TokenType == JsonTokenType.String) values.Add((name, reader.GetString()!));
                else if (reader.TokenType == JsonTokenType.Number) values.Add((name, Encoding.UTF8.GetString(reader.ValueSpan)));
            }
        }
        catch (JsonException)
        {
            // What came before it counts.
        }

        return values;
    }
}
