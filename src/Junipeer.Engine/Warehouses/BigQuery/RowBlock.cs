using Microsoft.IO;

namespace Junipeer.Warehouses.BigQuery;

/// <summary>
/// Compressed rows on their way into a load job. They stay until the job is done, since an upload may begin again; their
/// memory is used again by the blocks that follow, because the collector comes to arrays of megabytes too late.
/// </summary>
internal sealed class RowBlock(RecyclableMemoryStream bytes) : IDisposable
{
    private static readonly RecyclableMemoryStreamManager Pool = new(new RecyclableMemoryStreamManager.Options
    {
        BlockSize = 1 << 16, // below what counts as a large object
        MaximumSmallPoolFreeBytes = 64 << 20,
    });

    /// <summary>Compressed bytes.</summary>
    public long Length { get; } = bytes.Length;

    public static RecyclableMemoryStream NewStream() => Pool.GetStream();

    /// <summary>The bytes from their start; one reader at a time.</summary>
    public Stream Open()
    {
        bytes.Position = 0;
        return new Reader(bytes);
    }

    public void Dispose() => bytes.Dispose();

    /// <summary>Closing it leaves the bytes where they are.</summary>
    private sealed class Reader(Stream bytes) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => bytes.Length;

        public override long Position
        {
            get => bytes.Position;
            set => bytes.Position = value;
        }

        public override int Read(byte[] buffer, int offset, int count) => bytes.Read(buffer, offset, count);

        public override int Read(Span<byte> buffer) => bytes.Read(buffer);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => bytes.ReadAsync(buffer, cancellationToken);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => bytes.ReadAsync(buffer, offset, count, cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => bytes.Seek(offset, origin);

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
