using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Junipeer.Records;

/// <summary>
/// Tells changed records from unchanged ones. A record read again under another schema must count as changed, or new columns
/// would stay empty for ever; so the shape of the tables is in every hash.
/// </summary>
internal sealed class ContentHash
{
    private readonly long _shape;

    public ContentHash(ResourceSchema schema, bool evolve, bool withPayload)
    {
        var shape = string.Join('|', schema.Tables.Select(t =>
            t.Name + ":" + string.Join(',', t.Columns.Where(c => !c.IsEvolved).Select(c => $"{c.Name} {c.Type}"))));
        _shape = Hash(Encoding.UTF8.GetBytes($"{evolve}{withPayload}{shape}"));
    }

    /// <summary>The hash of a document, of which a part may be different at every reading.</summary>
    public long Of(ReadOnlySpan<byte> document, (int Start, int Length) isVolatile)
    {
        if (isVolatile.Length == 0) return Hash(document) ^ _shape;
        var stable = document.ToArray();
        stable.AsSpan(isVolatile.Start, isVolatile.Length).Clear();
        return Hash(stable) ^ _shape;
    }

    private static long Hash(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }
}
