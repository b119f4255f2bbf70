using System.IO.Compression;

namespace Junipeer.Sandbox.Google.Uploads;

/// <summary>
/// The data of an upload: in memory while it is small, in a file that vanishes with it when it is not. A spool that
/// discards only counts, so that a measurement sees the client and not the sandbox.
/// </summary>
internal sealed class Spool(bool discard) : IDisposable
{
    private const int MostInMemory = 16 * 1024 * 1024;
    private Stream? _stream = discard ? null : new MemoryStream();
    private byte _first;
    private byte _second;
    private bool _disposed;

    public long Length { get; private set; }

    public bool Discards => discard;

    public bool IsGzip => _first == 0x1f && _second == 0x8b;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length && Length + i < 2; i++)
        {
            if (Length + i == 0)
            {
                _first = bytes[i];
            }
            else
            {
                _second = bytes[i];
            }
        }

        Length += bytes.Length;
        if (_stream is MemoryStream memory && Length > MostInMemory)
        {
            FileStream file = new(Path.Combine(Path.GetTempPath(), "junipeer-sandbox-" + Guid.NewGuid().ToString("N")), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
            memory.WriteTo(file);
            memory.Dispose();
            _stream = file;
        }

        _stream?.Write(bytes);
    }

    /// <summary>Forgets what came after a length: the part of a broken chunk that is not kept.</summary>
    public void Cut(long length)
    {
        _stream?.SetLength(length);
        _stream?.Seek(0, SeekOrigin.End);
        Length = length;
    }

    /// <summary>The data from its beginning.</summary>
    public Stream Open()
    {
        Stream stream = _stream ?? throw new InvalidOperationException("A discarding spool keeps no data.");
        stream.Position = 0;
        return stream;
    }

    /// <summary>The lines of the data, unpacked if it is gzip.</summary>
    public long CountLines()
    {
        Stream stream = IsGzip ? new GZipStream(Open(), CompressionMode.Decompress, leaveOpen: true) : Open();
        byte[] buffer = new byte[1 << 16];
        long lines = 0;
        int last = '\n';
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            lines += buffer.AsSpan(0, read).Count((byte)'\n');
            last = buffer[read - 1];
        }

        return lines + (last == '\n' ? 0 : 1);
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _stream?.Dispose();
            _stream = null;
        }
    }
}
