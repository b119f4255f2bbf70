using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Junipeer.Records;
using Microsoft.IO;

namespace Junipeer.Warehouses.BigQuery;

/// <summary>Rows of one table as gzip NDJSON in memory, until they are enough for a load job.</summary>
internal sealed class RowLines : IDisposable
{
    private readonly RecyclableMemoryStream _bytes = RowBlock.NewStream();
    private readonly GZipStream _gzip;
    private readonly Utf8JsonWriter _json;
    private readonly byte[] _newLine = "\n"u8.ToArray();
    private bool _isClosed;
    private bool _isGiven;

    public RowLines()
    {
        _gzip = new GZipStream(_bytes, CompressionLevel.Fastest, leaveOpen: true);
        _json = new Utf8JsonWriter(_gzip, new JsonWriterOptions { SkipValidation = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    public long Rows { get; private set; }

    /// <summary>Compressed bytes so far; what the compressor still holds is not among them.</summary>
    public long Length => _bytes.Length;

    /// <summary>Begins a row; write its members, then <see cref="End"/>.</summary>
    public Utf8JsonWriter Begin()
    {
        _json.WriteStartObject();
        return _json;
    }

    public void End()
    {
        _json.WriteEndObject();
        _json.Flush();
        _json.Reset();
        _gzip.Write(_newLine);
        Rows++;
    }

    /// <summary>Closes the last member of the file and gives the bytes away.</summary>
    public RowBlock Finish()
    {
        Close();
        _isGiven = true;
        return new RowBlock(_bytes);
    }

    /// <summary>
    /// Writes a cell under its name; a null is left out, which loads as NULL. False when the column's type cannot hold the
    /// value exactly: it is left out too.
    /// </summary>
    public static bool Write(Utf8JsonWriter json, JsonEncodedText name, RecordBatch batch, Cell cell)
    {
        switch (cell.Kind)
        {
            case CellKind.Null:
                break;
            case CellKind.Integer:
                json.WriteString(name, cell.Bits.ToString(CultureInfo.InvariantCulture)); // as text: beyond 2^53 a JSON number is not exact
                break;
            case CellKind.Boolean:
                json.WriteBoolean(name, cell.Bits != 0);
                break;
            case CellKind.Instant:
                json.WriteString(name, Instant(cell.Bits));
                break;
            case CellKind.Date:
                json.WriteString(name, DateOnly.FromDayNumber((int)cell.Bits).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
                break;
            case CellKind.Decimal when !FitsNumeric(batch.Text(cell)):
                return false;
            default:
                json.WriteString(name, batch.Text(cell));
                break;
        }

        return true;
    }

    /// <summary>
    /// NUMERIC holds 29 digits before the point and 9 behind it; more of either fails a load or is rounded
    /// (https://docs.cloud.google.com/bigquery/docs/reference/standard-sql/data-types#decimal_types).
    /// </summary>
    internal static bool FitsNumeric(ReadOnlySpan<byte> text)
    {
        var exponent = 0;
        if (text.IndexOfAny("eE"u8) is >= 0 and var e)
        {
            if (!int.TryParse(text[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)) return false;
            text = text[..e];
        }

        text = text.TrimStart("+-"u8);
        var point = text.IndexOf((byte)'.');
        var whole = (point < 0 ? text : text[..point]).TrimStart((byte)'0');
        var fraction = point < 0 ? [] : text[(point + 1)..].TrimEnd((byte)'0');
        if (whole.Length + fraction.Length == 0) return true;

        // Powers of ten of the first and of the last digit that is not zero.
        var first = whole.Length > 0 ? whole.Length - 1 : -1 - (fraction.Length - fraction.TrimStart((byte)'0').Length);
        var last = fraction.Length > 0 ? -fraction.Length : whole.Length - whole.TrimEnd((byte)'0').Length;
        return first + exponent < 29 && last + exponent >= -9;
    }

    public static string Instant(long ticks) => new DateTime(ticks, DateTimeKind.Utc).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    public void Dispose()
    {
        Close();
        if (!_isGiven) _bytes.Dispose();
    }

    /// <summary>The writer before what it writes into.</summary>
    private void Close()
    {
        if (_isClosed) return;
        _isClosed = true;
        _json.Dispose();
        _gzip.Dispose();
    }
}
