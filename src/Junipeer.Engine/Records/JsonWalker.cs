using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Junipeer.Records;

/// <summary>
/// Reads JSON that is in memory as a whole, token by token. Takes and refuses exactly what <see cref="Utf8JsonReader"/> does
/// with its default options and names things alike, at a third of its cost, which is most of what reading documents costs.
/// Whatever is rare (escapes, errors) is left to <see cref="Utf8JsonReader"/> itself.
/// </summary>
internal ref struct JsonWalker(ReadOnlySpan<byte> text)
{
    /// <summary>As deep as <see cref="Utf8JsonReader"/> goes; so one bit per level fits a word.</summary>
    public const int MaxDepth = 64;

    private readonly ReadOnlySpan<byte> _text = text;
    private int _at;
    private int _depth;
    private ulong _objects;
    private int _valueStart;
    private int _valueEnd;

    /// <summary>What the walker stands on.</summary>
    public JsonTokenType TokenType { get; private set; }

    /// <summary>Where the token begins, its quote included.</summary>
    public int TokenStartIndex { get; private set; }

    /// <summary>Where the token ends; behind the colon after a name.</summary>
    public readonly int BytesConsumed => _at;

    /// <summary>Levels around the token; an opening and its closing bracket have the same.</summary>
    public readonly int CurrentDepth => TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray ? _depth - 1 : _depth;

    /// <summary>The token as it is written, without quotes.</summary>
    public readonly ReadOnlySpan<byte> ValueSpan => _text[_valueStart.._valueEnd];

    /// <summary>True for a text that holds a backslash.</summary>
    public bool ValueIsEscaped { get; private set; }

    /// <summary>The next token; false at the end.</summary>
    /// <exception cref="JsonException">This is no JSON, or not all of it.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Read()
    {
        var next = JsonGrammar.NextByte(_text, ref _at);
        switch (TokenType)
        {
            case JsonTokenType.PropertyName:
            case JsonTokenType.None:
                ReadValue(next);
                return true;
            case JsonTokenType.StartObject:
                if (next == '}') Close(JsonTokenType.EndObject);
                else ReadName(next);
                return true;
            case JsonTokenType.StartArray:
                if (next == ']') Close(JsonTokenType.EndArray);
                else ReadValue(next);
                return true;
            default:
                return ReadOn(next);
        }
    }

    /// <summary>From a name or an opening bracket to the end of what it opens; a scalar is left as it is.</summary>
    public void Skip()
    {
        if (TokenType == JsonTokenType.PropertyName) Read();
        if (TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return;
        var isObject = TokenType == JsonTokenType.StartObject;
        var end = JsonGrammar.EndOfOpen(_text, _at, _depth, _objects);
        if (end < 0) Refuse();
        _depth--;
        _objects >>= 1;
        TokenType = isObject ? JsonTokenType.EndObject : JsonTokenType.EndArray;
        TokenStartIndex = _valueStart = end - 1;
        _at = _valueEnd = end;
        ValueIsEscaped = false;
    }

    /// <summary>True when the name or text means this one, however it is escaped.</summary>
    public readonly bool ValueTextEquals(ReadOnlySpan<byte> other) => ValueIsEscaped ? Slow().ValueTextEquals(other) : ValueSpan.SequenceEqual(other);

    /// <inheritdoc cref="ValueTextEquals(ReadOnlySpan{byte})"/>
    public readonly bool ValueTextEquals(string? other) => ValueTextEquals(Encoding.UTF8.GetBytes(other ?? ""));

    /// <summary>The name or text, unescaped; null for null.</summary>
    public readonly string? GetString()
    {
        if (TokenType == JsonTokenType.Null) return null;
        return IsPlain() ? Encoding.UTF8.GetString(ValueSpan) : Slow().GetString();
    }

    /// <summary>Writes the name or text, unescaped, and tells its length, which is never more than that of <see cref="ValueSpan"/>.</summary>
    public readonly int CopyString(Span<byte> room)
    {
        if (!IsPlain()) return Slow().CopyString(room);
        ValueSpan.CopyTo(room);
        return _valueEnd - _valueStart;
    }

    private readonly bool IsPlain() => !ValueIsEscaped && Utf8.IsValid(ValueSpan);

    /// <summary>The same text, read by the library.</summary>
    private readonly Utf8JsonReader Slow()
    {
        var reader = new Utf8JsonReader(_text[TokenStartIndex..(_valueEnd + 1)]);
        reader.Read();
        return reader;
    }

    /// <summary>Goes on after a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool ReadOn(int next)
    {
        if (_depth == 0)
        {
            if (next >= 0) Refuse();
            return false;
        }

        var inObject = (_objects & 1) != 0;
        if (next == ',')
        {
            _at++;
            next = JsonGrammar.NextByte(_text, ref _at);
            if (inObject) ReadName(next);
            else ReadValue(next);
        }
        else if (next == (inObject ? '}' : ']'))
        {
            Close(inObject ? JsonTokenType.EndObject : JsonTokenType.EndArray);
        }
        else
        {
            Refuse();
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadName(int next)
    {
        if (next != '"') Refuse();
        ReadText();
        TokenType = JsonTokenType.PropertyName;
        if (JsonGrammar.NextByte(_text, ref _at) != ':') Refuse();
        _at++;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadValue(int next)
    {
        switch (next)
        {
            case '"':
                ReadText();
                TokenType = JsonTokenType.String;
                break;
            case '{':
                Open(JsonTokenType.StartObject, 1);
                break;
            case '[':
                Open(JsonTokenType.StartArray, 0);
                break;
            case 't':
                ReadLiteral("true"u8, JsonTokenType.True);
                break;
            case 'f':
                ReadLiteral("false"u8, JsonTokenType.False);
                break;
            case 'n':
                ReadLiteral("null"u8, JsonTokenType.Null);
                break;
            default:
                ReadNumber();
                break;
        }
    }

    private void Open(JsonTokenType token, ulong isObject)
    {
        if (_depth == MaxDepth) Refuse();
        _depth++;
        _objects = (_objects << 1) | isObject;
        Take(token, _at + 1);
    }

    private void Close(JsonTokenType token)
    {
        _depth--;
        _objects >>= 1;
        Take(token, _at + 1);
    }

    private void Take(JsonTokenType token, int end)
    {
        TokenType = token;
        TokenStartIndex = _valueStart = _at;
        _at = _valueEnd = end;
        ValueIsEscaped = false;
    }

    private void ReadLiteral(ReadOnlySpan<byte> literal, JsonTokenType token)
    {
        var end = JsonGrammar.EndOfLiteral(_text, _at, literal);
        if (end < 0) Refuse();
        Take(token, end);
    }

    private void ReadNumber()
    {
        var end = JsonGrammar.EndOfNumber(_text, _at);
        if (end < 0) Refuse();
        Take(JsonTokenType.Number, end);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadText()
    {
        var end = JsonGrammar.EndOfText(_text, _at, out var isEscaped);
        if (end < 0) Refuse();
        TokenStartIndex = _at;
        _valueStart = _at + 1;
        _valueEnd = end - 1;
        _at = end;
        ValueIsEscaped = isEscaped;
    }

    /// <summary>Refuses the text in the library's own words.</summary>
    private readonly void Refuse()
    {
        var reader = new Utf8JsonReader(_text);
        while (reader.Read())
        {
        }

        throw new JsonException($"What stands at byte {_at} is no JSON.");
    }
}
