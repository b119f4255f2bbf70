using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Junipeer.Norce.Importing;

/// <summary>A row in a job, and where its JSON lies in the job's body.</summary>
internal readonly record struct JobRow(long Number, IReadOnlyDictionary<string, object?> Row, int Start, int Length);

/// <summary>
/// Rows that set the same fields, as the bare array that Connect takes, until they are sent. One is used for job after job,
/// since a body is too large to be had anew each time without the collector paying for it.
/// </summary>
internal sealed class JobBatch(UInt128 fields)
{
    private const int FirstBytes = 64 * 1024;

    private readonly HashSet<string> _identities = new(StringComparer.OrdinalIgnoreCase);
    private byte[] _body = new byte[FirstBytes];
    private int _length;

    /// <summary>The fields its rows set.</summary>
    public UInt128 Fields { get; private set; } = fields;

    public List<JobRow> Rows { get; } = [];

    public int Bytes => _length + 1;

    /// <summary>True when a connection that broke off may still read the body, so that nothing else may be written in its place.</summary>
    public bool IsLent { get; set; }

    /// <summary>Whether a row here has this in common with another.</summary>
    public bool Holds(string identity) => _identities.Contains(identity);

    /// <summary>Adds a row with what no further row may be.</summary>
    public void Add(long number, IReadOnlyDictionary<string, object?> row, ReadOnlySpan<byte> json, IReadOnlyList<string> identities)
    {
        Add(number, row, json);
        for (var i = 0; i < identities.Count; i++) _identities.Add(identities[i]);
    }

    /// <summary>Adds a row that no other is compared with.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(long number, IReadOnlyDictionary<string, object?> row, ReadOnlySpan<byte> json)
    {
        var end = _length + 1 + json.Length;
        if (end >= _body.Length) Array.Resize(ref _body, (int)Math.Min(Array.MaxLength, Math.Max(2L * _body.Length, end + 1L))); // the last bracket needs a place too
        _body[_length] = (byte)(_length == 0 ? '[' : ',');
        json.CopyTo(_body.AsSpan(_length + 1));
        Rows.Add(new JobRow(number, row, _length + 1, json.Length));
        _length = end;
    }

    /// <summary>The body, whole, until the batch changes.</summary>
    public ReadOnlyMemory<byte> Body()
    {
        _body[_length] = (byte)']';
        return _body.AsMemory(0, _length + 1);
    }

    /// <summary>A row as it is in the body.</summary>
    public ReadOnlySpan<byte> Json(JobRow row) => _body.AsSpan(row.Start, row.Length);

    /// <summary>Forgets everything, for the next job.</summary>
    public void Clear(UInt128 next)
    {
        Rows.Clear();
        _identities.Clear();
        _length = 0;
        Fields = next;
    }

    /// <summary>The same rows in two halves, for a server that takes less at a time.</summary>
    public (JobBatch First, JobBatch Second) Split()
    {
        var (first, second) = (new JobBatch(Fields), new JobBatch(Fields));
        for (var at = 0; at < Rows.Count; at++) (at < (Rows.Count + 1) / 2 ? first : second).Add(Rows[at].Number, Rows[at].Row, Json(Rows[at]));
        return (first, second);
    }

    /// <summary>The rows a body kept from an earlier command holds.</summary>
    public static JobBatch Of(string body)
    {
        using var document = JsonDocument.Parse(body);
        var batch = new JobBatch(0);
        foreach (var element in document.RootElement.EnumerateArray())
        {
            var row = (IReadOnlyDictionary<string, object?>)RowFile.Value(element)!;
            batch.Add(batch.Rows.Count + 1, row, Encoding.UTF8.GetBytes(element.GetRawText()));
        }

        return batch;
    }
}
