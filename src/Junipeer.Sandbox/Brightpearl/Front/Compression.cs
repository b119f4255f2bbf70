using System.IO.Compression;

namespace Junipeer.Sandbox.Brightpearl.Front;

internal static class Compression
{
    /// <summary>Compresses into a buffer that the caller gives back.</summary>
    public static PooledBuffer Gzip(ReadOnlyMemory<byte> body)
    {
        PooledBuffer buffer = new(Math.Max(4096, body.Length / 4));
        using GZipStream gzip = new(new BufferStream(buffer), CompressionLevel.Fastest);
        gzip.Write(body.Span);
        return buffer;
    }

    private sealed class BufferStream(PooledBuffer buffer) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] target, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] source, int offset, int count) => Write(source.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> source)
        {
            source.CopyTo(buffer.GetSpan(source.Length));
            buffer.Advance(source.Length);
        }
    }
}
