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
        var refused = new List<(JobRow? Row, NorceSeverity Severity, List<string> Messages)>();
        foreach (var line in log.Where(l => l.Severity >= NorceSeverity.Warning))
        {
            var row = line.ImportedRow is null ? null : Find(book, batch, line.ImportedRow);
            if (row is not null && refused.Find(r => r.Row == row && r.Severity == line.Severity) is { Messages: not null } known) known.Messages.Add(line.Message);
            else refused.Add((row, line.Severity, [line.Message]));
        }

        return refused.Select(r => new NorceRefusedRow
        {
            Kind = book.Kind,
            Number = r.Row?.Number,
            Key = r.Row?.Key,
            Row = r.Row?.Row,
            ErrorId = "Junipeer.Norce.RowFailed",
            Severity = r.Severity,
            Reason = string.Join(' ', r.Messages.Distinct()),
            JobId = jobId,
        }).ToArray();
    }

    private static JobRow? Find(ImportBook book, JobBatch batch, string text)
    {
        var values = Values(text);
        if (values.Count == 0) return null;
        var rows = batch.Rows.Where(r => book.Kind == NorceImportKind.Product ? IsProduct(r, values) : Fits(book, r, values)).Take(2).ToArray();
        return rows.Length == 1 ? rows[0] : null;
    }

    /// <summary>Every part of the key that the log shows is the row's, and it shows one at least.</summary>
    private static bool Fits(ImportBook book, JobRow row, IReadOnlyList<(string Name, string Value)> values)
    {
        var shown = values.Where(v => book.Key.Contains(v.Name, StringComparer.OrdinalIgnoreCase)).DistinctBy(v => v.Name, StringComparer.OrdinalIgnoreCase).ToArray();
        return shown.Length > 0 && shown.All(v => RowRules.Text(row.Row, v.Name) is { } own ? Same(own, v.Value) : v.Name.Equals("QuantityBreak", StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsProduct(JobRow row, IReadOnlyList<(string Name, string Value)> values)
    {
        var own = RowRules.Identities(ImportBook.Of(NorceImportKind.Product), row.Row).ToArray();
        if (values.Where(v => v.Name.Equals("PartNo", StringComparison.OrdinalIgnoreCase)).Any(v => own.Contains("PartNo " + v.Value, StringComparer.OrdinalIgnoreCase))) return true;
        if (values.Where(v => v.Name.Equals("ManufacturerPartNo", StringComparison.OrdinalIgnoreCase)).Any(v => own.Any(o => o.StartsWith("ManufacturerPartNo ", StringComparison.Ordinal) && o.EndsWith("/" + v.Value, StringComparison.OrdinalIgnoreCase)))) return true;
        var code = values.FirstOrDefault(v => v.Name.Equals("Code", StringComparison.OrdinalIgnoreCase)).Value;
        return code is not null && !values.Any(v => v.Name is "PartNo" or "ManufacturerPartNo") && RowRules.Text(row.Row, "Code") is { } mine && Same(mine, code);
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
