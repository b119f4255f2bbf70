using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Junipeer.Records;

/// <summary>Where the parts of a JSON text end, each found from where it begins; -1 where none stands there.</summary>
/// <remarks>
/// The loops are compiled to their best at once: left to itself the runtime first counts every branch of them for many
/// thousand documents, and the counting costs more than the reading.
/// </remarks>
internal static class JsonGrammar
{
    /// <summary>
    /// Behind the bracket that closes the one just opened. The same grammar as
    /// <see cref="JsonWalker.Read"/> in one loop that keeps no token: nearly all bytes of an export pass through here and nowhere else.
    /// </summary>
    /// <param name="text">All of it.</param>
    /// <param name="at">Behind the opening bracket.</param>
    /// <param name="depth">Levels open, this one included.</param>
    /// <param name="objects">Which of them are objects, a bit each, the innermost lowest.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int EndOfOpen(ReadOnlySpan<byte> text, int at, int depth, ulong objects)
    {
        var outside = depth - 1;
        var isFirst = true;
        while (true)
        {
            var next = NextByte(text, ref at);
            var inObject = (objects & 1) != 0;
            if (next == (inObject ? '}' : ']'))
            {
                at++;
                objects >>= 1;
                if (--depth == outside) return at;
                isFirst = false;
                continue;
            }

            if (!isFirst)
            {
                if (next != ',') return -1;
                at++;
                next = NextByte(text, ref at);
            }

            if (inObject)
            {
                if (next != '"' || (at = EndOfText(text, at, out _)) < 0 || NextByte(text, ref at) != ':') return -1;
                at++;
                next = NextByte(text, ref at);
            }

            isFirst = next is '{' or '[';
            if (isFirst)
            {
                if (depth++ == JsonWalker.MaxDepth) return -1;
                objects = (objects << 1) | (next == '{' ? 1UL : 0);
                at++;
                continue;
            }

            at = next switch
            {
                '"' => EndOfText(text, at, out _),
                't' => EndOfLiteral(text, at, "true"u8),
                'f' => EndOfLiteral(text, at, "false"u8),
                'n' => EndOfLiteral(text, at, "null"u8),
                _ => EndOfNumber(text, at),
            };
            if (at < 0) return -1;
        }
    }

    /// <summary>The next byte that is not white space; -1 at the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int NextByte(ReadOnlySpan<byte> text, ref int at)
    {
        for (; (uint)at < (uint)text.Length; at++)
        {
            var next = text[at];
            if (next > ' ' || next is not ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')) return next;
        }

        return -1;
    }

    /// <summary>Behind a literal.</summary>
    public static int EndOfLiteral(ReadOnlySpan<byte> text, int at, ReadOnlySpan<byte> literal) =>
        text[at..].StartsWith(literal) ? at + literal.Length : -1;

    /// <summary>Behind a number and before what may follow one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int EndOfNumber(ReadOnlySpan<byte> text, int at)
    {
        if (ByteAt(text, at) == '-') at++;
        var first = ByteAt(text, at);
        var whole = Digits(text, ref at);
        if (whole == 0 || (first == '0' && whole > 1)) return -1;
        if (ByteAt(text, at) == '.')
        {
            at++;
            if (Digits(text, ref at) == 0) return -1;
        }

        if (ByteAt(text, at) is 'e' or 'E')
        {
            at++;
            if (ByteAt(text, at) is '+' or '-') at++;
            if (Digits(text, ref at) == 0) return -1;
        }

        return ByteAt(text, at) is ',' or '}' or ']' or ' ' or '\n' or '\r' or '\t' or -1 ? at : -1;
    }

    private static int ByteAt(ReadOnlySpan<byte> text, int at) => (uint)at < (uint)text.Length ? text[at] : -1;

    private static int Digits(ReadOnlySpan<byte> text, ref int at)
    {
        var from = at;
        while ((uint)at < (uint)text.Length && char.IsAsciiDigit((char)text[at])) at++;
        return at - from;
    }

    /// <summary>Behind the quote that ends the text that begins with the quote here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int EndOfText(ReadOnlySpan<byte> text, int at, out bool isEscaped)
    {
        at = Special(text, at + 1);
        isEscaped = false;
        if ((uint)at < (uint)text.Length && text[at] == '"') return at + 1;
        isEscaped = true;
        return EndOfEscaped(text, at);
    }

    private static int EndOfEscaped(ReadOnlySpan<byte> text, int at)
    {
        for (; ByteAt(text, at) == '\\'; at = Special(text, at))
        {
            at = EndOfEscape(text, at + 1);
            if (at < 0) return -1;
        }

        return ByteAt(text, at) == '"' ? at + 1 : -1;
    }

    private static int EndOfEscape(ReadOnlySpan<byte> text, int at)
    {
        switch (ByteAt(text, at))
        {
            case '"' or '\\' or '/' or 'b' or 'f' or 'n' or 'r' or 't':
                return at + 1;
            case 'u' when at + 5 <= text.Length:
                foreach (var digit in text.Slice(at + 1, 4))
                {
                    if (!char.IsAsciiHexDigit((char)digit)) return -1;
                }

                return at + 5;
            default:
                return -1;
        }
    }

    /// <summary>The first byte from here on that ends a text, escapes, or may not stand in one; the length when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Special(ReadOnlySpan<byte> text, int at)
    {
        ref var start = ref MemoryMarshal.GetReference(text);
        for (; at <= text.Length - Vector128<byte>.Count; at += Vector128<byte>.Count)
        {
            var block = Vector128.LoadUnsafe(ref start, (nuint)at);
            var found = (Vector128.Equals(block, Vector128.Create((byte)'"'))
                | Vector128.Equals(block, Vector128.Create((byte)'\\'))
                | Vector128.Equals(Vector128.Min(block, Vector128.Create((byte)0x1f)), block)).ExtractMostSignificantBits();
            if (found != 0) return at + BitOperations.TrailingZeroCount(found);
        }

        while (at < text.Length && text[at] is not ((byte)'"' or (byte)'\\' or < 0x20)) at++;
        return at;
    }
}
