using System.Buffers.Binary;
using System.IO.Compression;

namespace Junipeer.Sandbox.Google.Uploads;

/// <summary>
/// Unpacks gzip and looks at the length its end declares: the runtime takes a stream that was cut short for a whole one,
/// and the service does not.
/// </summary>
internal sealed class GzipRows(Stream packed) : Stream
{
    private readonly GZipStream _gzip = new(packed, CompressionMode.Decompress, leaveOpen: true);
    private long _count;
    private bool _checked;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _count; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int read = _gzip.Read(buffer);
        _count += read;
        if (read == 0 && buffer.Length > 0 && !_checked)
        {
            _checked = true;
            Check();
        }

        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Check()
    {
        byte[] end = new byte[4];
        packed.Position = Math.Max(0, packed.Length - 4);
        packed.ReadAtLeast(end, 4, throwOnEndOfStream: false);
        if (BinaryPrimitives.ReadUInt32LittleEndian(end) != (uint)_count && !HasMoreMembers())
        {
            throw new InvalidDataException("The gzip stream is cut short.");
        }
    }

    /// <summary>The declared length is that of the last member only: files put together have several.</summary>
    private bool HasMoreMembers()
    {
        packed.Position = 1;
        byte[] buffer = new byte[1 << 16];
        int kept = 0;
        for (int read; (read = packed.Read(buffer, kept, buffer.Length - kept)) > 0;)
        {
            int length = kept + read;
            if (buffer.AsSpan(0, length).IndexOf((ReadOnlySpan<byte>)[0x1f, 0x8b, 0x08]) >= 0)
            {
                return true;
            }

            kept = Math.Min(2, length);
            buffer.AsSpan(length - kept, kept).CopyTo(buffer);
        }

        return false;
    }
}
