using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Junipeer.Records;
using Junipeer.Warehouses;

namespace Junipeer.Files;

/// <summary>
/// A file of NDJSON that is being written, under a temporary name. Each line is an envelope around the untouched document:
/// <c>{"resource":…,"key":…,"runId":…,"passId":…,"loadedAt":…,"sourceUpdatedAt":…,"document":…}</c>. The key is a value, or
/// an array where several columns are the key. Bytes go from the batch to the file as they are; no text is made of them.
/// </summary>
internal sealed class DocumentLines : IDisposable
{
    private const int FlushAt = 1 << 16;

    private readonly FileStream _file;
    private readonly Stream _stream;
    private readonly byte[] _head;
    private readonly byte[] _afterKey;
    private byte[] _buffer = new byte[FlushAt + (FlushAt / 2)];
    private int _used;

    public DocumentLines(string path, string resource, string runId, string passId, CompressionLevel? compression)
    {
        Path = path;
        PassId = passId;
        _head = Encoding.UTF8.GetBytes($"{{\"resource\":{Quote(resource)},\"key\":");
        _afterKey = Encoding.UTF8.GetBytes($",\"runId\":{Quote(runId)},\"passId\":{Quote(passId)},\"loadedAt\":\"");
        _file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        _stream = compression is { } level ? new GZipStream(_file, level, leaveOpen: true) : _file;
    }

    /// <summary>The temporary name.</summary>
    public string Path { get; }

    /// <summary>The pass its records belong to.</summary>
    public string PassId { get; }

    /// <summary>When the first record came, in the system's clock.</summary>
    public DateTimeOffset? FirstLoadedAt { get; private set; }

    /// <summary>True when the file is whole and waits for its name.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>Adds all records of a batch.</summary>
    public void Write(RecordBatch batch)
    {
        FirstLoadedAt ??= batch.LoadedAt;
        for (var i = 0; i < batch.Records.Count; i++)
        {
            Append(_head);
            WriteKey(batch, i);
            Append(_afterKey);
            Instant(batch.LoadedAt.UtcTicks);
            Append("\",\"sourceUpdatedAt\":"u8);
            var updatedAt = batch.Records[i].SourceUpdatedAt;
            if (updatedAt == 0)
            {
                Append("null"u8);
            }
            else
            {
                Append("\""u8);
                Instant(updatedAt);
                Append("\""u8);
            }

            Append(",\"document\":"u8);
            WriteDocument(batch.Payload(i));
            Append("}\n"u8);
            if (_used >= FlushAt) Flush();
        }
    }

    /// <summary>Ends the file and has it on the disk.</summary>
    public void Finish()
    {
        if (IsFinished) return;
        Flush();
        if (_stream != _file) _stream.Dispose();
        _file.Flush(flushToDisk: true);
        _file.Dispose();
        IsFinished = true;
    }

    public void Dispose()
    {
        try
        {
            if (_stream != _file) _stream.Dispose();
            _file.Dispose();
        }
        catch (IOException)
        {
            // The disk is full; the file is going to be deleted anyway.
        }
    }

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private void WriteKey(RecordBatch batch, int row)
    {
        var table = batch.Tables[0];
        if (table.Table.KeyLength > 1) Append("["u8);
        for (var k = 0; k < table.Table.KeyLength; k++)
        {
            if (k > 0) Append(","u8);
            WriteCell(batch, table[row, k]);
        }

        if (table.Table.KeyLength > 1) Append("]"u8);
    }

    private void WriteCell(RecordBatch batch, Cell cell)
    {
        switch (cell.Kind)
        {
            case CellKind.Integer:
                var room = Room(24);
                cell.Bits.TryFormat(room, out var written, default, CultureInfo.InvariantCulture);
                _used += written;
                break;
            case CellKind.Decimal or CellKind.Json:
                Append(batch.Text(cell));
                break;
            case CellKind.Boolean:
                Append(cell.Bits == 0 ? "false"u8 : "true"u8);
                break;
            case CellKind.Text:
                Append("\""u8);
                Append(JsonEncodedText.Encode(batch.Text(cell)).EncodedUtf8Bytes);
                Append("\""u8);
                break;
            case CellKind.Instant:
                Append("\""u8);
                Instant(cell.Bits);
                Append("\""u8);
                break;
            case CellKind.Date:
                Append("\""u8);
                InstantText.WriteDate(cell.Bits, Room(InstantText.DateLength));
                _used += InstantText.DateLength;
                Append("\""u8);
                break;
            default:
                Append("null"u8);
                break;
        }
    }

    // A line ends where the document does. Inside a JSON text a line break can only stand between values, so a document that
    // was printed prettily is written without its white space, and every other one as it came.
    private void WriteDocument(ReadOnlySpan<byte> document)
    {
        if (document.IndexOfAny((byte)'\n', (byte)'\r') < 0)
        {
            Append(document.IsEmpty ? "null"u8 : document);
            return;
        }

        var room = Room(document.Length);
        var length = 0;
        var inText = false;
        for (var i = 0; i < document.Length; i++)
        {
            var c = document[i];
            if (inText && c == (byte)'\\')
            {
                room[length++] = c;
                if (++i < document.Length) room[length++] = document[i];
                continue;
            }

            if (c == (byte)'"') inText = !inText;
            if (!inText && c is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r') continue;
            room[length++] = c;
        }

        _used += length;
    }

    private void Instant(long utcTicks)
    {
        InstantText.Write(utcTicks, Room(InstantText.Length));
        _used += InstantText.Length;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        _used += bytes.Length;
    }

    private Span<byte> Room(int bytes)
    {
        if (_used + bytes > _buffer.Length) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _used + bytes));
        return _buffer.AsSpan(_used);
    }

    private void Flush()
    {
        _stream.Write(_buffer, 0, _used);
        _used = 0;
    }
}
