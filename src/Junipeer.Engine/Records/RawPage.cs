using System.Buffers;
using Junipeer.Export;

namespace Junipeer.Records;

/// <summary>A key that stands beside a document, not in it: the name it has in a map, or the path it was asked for by.</summary>
/// <param name="Column">Column of the record's own table; -1 for none.</param>
/// <param name="Number">The key, when it is a number.</param>
/// <param name="Text">The key, when it is text.</param>
internal readonly record struct RawKey(int Column, long Number, string? Text)
{
    public static RawKey None { get; } = new(-1, 0, null);
}

/// <summary>One document of a page: a stretch of its buffer that holds one JSON object, and keys that stand beside it.</summary>
internal readonly record struct RawDocument(int Start, int Length, RawKey First, RawKey Second)
{
    public RawDocument(int start, int length)
        : this(start, length, RawKey.None, RawKey.None)
    {
    }
}

/// <summary>
/// The documents of one answer, on their way to the normaliser. Whoever reads it last disposes it.
/// </summary>
internal sealed class RawPage : IDisposable
{
    private byte[] _buffer;

    public RawPage(int capacity) => _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(capacity, 1024));

    public List<RawDocument> Documents { get; } = [];

    /// <summary>The records asked for by their own ids; what of them is not among the documents does not exist. Null for other walks.</summary>
    public IdSet? Asked { get; set; }

    /// <summary>Ids the system refused to show.</summary>
    public List<Reject> Rejects { get; } = [];

    public DateTimeOffset ReceivedAt { get; set; }

    /// <summary>The slice this page completes; null for a page of a sequential walk.</summary>
    public long? Slice { get; set; }

    /// <summary>Where a sequential walk goes on after this page.</summary>
    public string? Position { get; set; }

    public int Length { get; private set; }

    public ReadOnlySpan<byte> this[RawDocument document] => _buffer.AsSpan(document.Start, document.Length);

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, Length);

    public int Append(ReadOnlySpan<byte> bytes)
    {
        if (Length + bytes.Length > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, Length + bytes.Length));
            _buffer.AsSpan(0, Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        bytes.CopyTo(_buffer.AsSpan(Length));
        var start = Length;
        Length += bytes.Length;
        return start;
    }

    /// <summary>Takes over the documents of another page of the same slice, and its very buffer when this page has none yet.</summary>
    public void Absorb(RawPage other)
    {
        if (Length == 0)
        {
            (_buffer, other._buffer) = (other._buffer, _buffer);
            (Length, other.Length) = (other.Length, 0);
            Documents.AddRange(other.Documents);
            other.Documents.Clear();
        }
        else
        {
            foreach (var document in other.Documents)
                Documents.Add(document with { Start = Append(other[document]) });
        }

        Rejects.AddRange(other.Rejects);
        if (other.ReceivedAt > ReceivedAt) ReceivedAt = other.ReceivedAt;
    }

    public void Dispose()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }
}
