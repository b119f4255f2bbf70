using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Junipeer.Norce.Importing;

/// <summary>A row in a job.</summary>
internal sealed record JobRow(long Number, string Key, IReadOnlyDictionary<string, object?> Row);

/// <summary>Rows that set the same fields, as the bare array that Connect takes, until they are sent.</summary>
internal sealed class JobBatch(UInt128 fields)
{
    private readonly ArrayBufferWriter<byte> _body = new(64 * 1024);

    /// <summary>The fields its rows set.</summary>
    public UInt128 Fields => fields;

    public List<JobRow> Rows { get; } = [];

    /// <summary>What no further row may be.</summary>
    public List<string> Identities { get; } = [];

    public int Bytes => _body.WrittenCount + 1;

    public void Add(JobRow row, ReadOnlySpan<byte> json)
    {
        _body.Write(Rows.Count == 0 ? "["u8 : ","u8);
        _body.Write(json);
        Rows.Add(row);
    }

    /// <summary>The body, whole.</summary>
    public string Body() => Encoding.UTF8.GetString(_body.WrittenSpan) + "]";

    /// <summary>The same rows in two halves, for a server that takes less at a time.</summary>
    public (JobBatch First, JobBatch Second) Split()
    {
        using var document = JsonDocument.Parse(Body());
        var (first, second) = (new JobBatch(fields), new JobBatch(fields));
        var at = 0;
        foreach (var row in document.RootElement.EnumerateArray())
        {
            (at < (Rows.Count + 1) / 2 ? first : second).Add(Rows[at], Encoding.UTF8.GetBytes(row.GetRawText()));
            at++;
        }

        return (first, second);
    }

    /// <summary>The rows a body kept from an earlier command holds.</summary>
    public static JobBatch Of(string body, ImportBook book)
    {
        using var document = JsonDocument.Parse(body);
        var batch = new JobBatch(0);
        foreach (var element in document.RootElement.EnumerateArray())
        {
            var row = (IReadOnlyDictionary<string, object?>)RowFile.Value(element)!;
            batch.Add(new JobRow(batch.Rows.Count + 1, RowRules.Key(book, row), row), Encoding.UTF8.GetBytes(element.GetRawText()));
        }

        return batch;
    }
}
