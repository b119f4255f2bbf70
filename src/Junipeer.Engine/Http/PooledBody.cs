using System.Buffers;

namespace Junipeer.Http;

/// <summary>The whole body of an answer in a pooled buffer.</summary>
internal sealed class PooledBody : IDisposable
{
    private const int FirstSize = 64 * 1024;

    private byte[]? _buffer;
    private int _length;

    /// <summary>The bytes; valid until disposed.</summary>
    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, _length);

    /// <summary>Reads to the end.</summary>
    /// <exception cref="BodyTooLargeException">More than <paramref name="most"/> bytes.</exception>
    public static async ValueTask<PooledBody> ReadAsync(HttpContent content, int most, CancellationToken stop)
    {
        var body = new PooledBody();
        try
        {
            var told = content.Headers.ContentLength;
            if (told > most) throw new BodyTooLargeException(most);
            var stream = await content.ReadAsStreamAsync(stop).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                // One byte more than told, so that the end is seen without growing.
                body._buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(most, told + 1 ?? FirstSize));
                while (true)
                {
                    if (body._length == body._buffer.Length) body.Grow(most);
                    var read = await stream.ReadAsync(body._buffer.AsMemory(body._length), stop).ConfigureAwait(false);
                    if (read == 0) return body;
                    body._length += read;
                }
            }
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_buffer is null) return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
        _length = 0;
    }

    private void Grow(int most)
    {
        if (_length >= most) throw new BodyTooLargeException(most);
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Array.MaxLength, 2L * _length));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer!);
        _buffer = larger;
    }
}

/// <summary>A body larger than may be taken into memory.</summary>
internal sealed class BodyTooLargeException(int most) : Exception($"The body has more than {most:N0} bytes.");
