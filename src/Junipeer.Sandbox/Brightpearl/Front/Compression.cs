using System.IO.Compression;

namespace Junipeer.Sandbox.Brightpearl.Front;

internal static class Compression
{
    public static ReadOnlyMemory<byte> Gzip(ReadOnlyMemory<byte> body)
    {
        MemoryStream target = new(body.Length / 4);
        using (GZipStream gzip = new(target, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(body.Span);
        }

        return target.GetBuffer().AsMemory(0, (int)target.Length);
    }
}
