using System.Globalization;
using System.Text;
using System.Text.Json;
using Junipeer.Brightpearl;
using Junipeer.Records;
using Xunit;

namespace Junipeer.Tests.Records;

/// <summary>The walker says what the library says, of good texts and of bad ones.</summary>
public sealed class JsonWalkerTests
{
    private const int Rounds = 4000;
    private const string Breaks = "{}[]:,\"\\ \n\t/019-+.eEtfnu\u0001x";

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("1 2")]
    [InlineData("01")]
    [InlineData("-")]
    [InlineData("-0.5e+7")]
    [InlineData("1.")]
    [InlineData("1e")]
    [InlineData("1/")]
    [InlineData(".5")]
    [InlineData("nul")]
    [InlineData("trueish")]
    [InlineData("[1,]")]
    [InlineData("[,1]")]
    [InlineData("[1 2]")]
    [InlineData("[}")]
    [InlineData("{]")]
    [InlineData("""{"a":1,}""")]
    [InlineData("""{"a" 1}""")]
    [InlineData("""{"a":}""")]
    [InlineData("""{a:1}""")]
    [InlineData("""{"a":1}}""")]
    [InlineData("""{"a":[1,{"b":2}""")]
    [InlineData("\"a\tb\"")]
    [InlineData("\"a\\qb\"")]
    [InlineData("\"a\\u12g4\"")]
    [InlineData("\"a\\u12")]
    [InlineData("\"\\ud800\"")]
    [InlineData("[1/**/]")]
    [InlineData("\ufeff{}")]
    public void Odd_texts_are_taken_or_refused_alike(string text) => AssertAlike(Encoding.UTF8.GetBytes(text));

    [Theory]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    public void It_goes_as_deep(int depth)
    {
        AssertAlike(Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth)));
        AssertAlike(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth)));
    }

    [Fact]
    public void Random_texts_have_the_same_tokens()
    {
        var random = new Random(20261);
        for (var i = 0; i < Rounds; i++) AssertAlike(RandomJson.Bytes(random, RandomJson.Value(random, 4)));
    }

    [Fact]
    public void Broken_texts_are_refused_in_the_same_words()
    {
        var random = new Random(20262);
        for (var i = 0; i < Rounds; i++)
        {
            var text = RandomJson.Bytes(random, RandomJson.Value(random, 4));
            if (random.Next(3) == 0) text = text[..random.Next(text.Length)];
            for (var changes = random.Next(3); changes > 0 && text.Length > 0; changes--)
                text[random.Next(text.Length)] = (byte)Breaks[random.Next(Breaks.Length)];
            AssertAlike(text);
        }
    }

    [Fact]
    public void Documents_of_an_answer_have_the_borders_and_keys_the_library_finds()
    {
        var random = new Random(20263);
        var entry = Catalogue.Require("order");
        var reader = new AnswerReader(entry);
        var map = new DocumentMap(entry.Document);
        for (var i = 0; i < Rounds / 10; i++)
        {
            var documents = Enumerable.Range(1, random.Next(1, 6)).Select(id => Order(random, id + (i * 10))).ToArray();
            var answer = RandomJson.Bytes(random, $$"""{"reference":{{RandomJson.Value(random, 2)}},"response":[{{string.Join(',', documents)}}]}""");
            using var dom = JsonDocument.Parse(answer);
            using var page = reader.Read(answer, entry.Get!.Shape);
            using var batch = new RecordBatch(map.Schema);
            var drift = new DriftLog(_ => { });
            var normaliser = new Normaliser(map, Junipeer.Export.RecordForm.Documents, evolve: true, withPayload: true, drift);
            var expected = dom.RootElement.GetProperty("response").EnumerateArray().ToArray();
            Assert.Equal(expected.Length, page.Documents.Count);
            for (var d = 0; d < expected.Length; d++)
            {
                Assert.Equal(expected[d].GetRawText(), Encoding.UTF8.GetString(page[page.Documents[d]]));
                Assert.True(normaliser.TryAdd(batch, page, page.Documents[d], out _));
                Assert.Equal(expected[d].GetProperty("id").GetInt64(), batch.Tables[0][d, 0].Bits);
                var updated = expected[d].TryGetProperty("updatedOn", out var at) ? at.GetDateTimeOffset().UtcTicks : 0;
                Assert.Equal(updated, batch.Records[d].SourceUpdatedAt);
            }
        }
    }

    private static string Order(Random random, int id)
    {
        var members = Enumerable.Range(0, random.Next(6)).Select(n => $"\"other{n}\":{RandomJson.Value(random, 3)}").Append($"\"{(random.Next(9) == 0 ? "\\u0069d" : "id")}\":{id}").ToList();
        if (random.Next(4) > 0) members.Add(string.Create(CultureInfo.InvariantCulture, $"\"updatedOn\":\"2026-0{random.Next(1, 10)}-1{random.Next(10)}T10:39:46.000-06:00\""));
        random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(members));
        return $"{{{string.Join(',', members)}}}";
    }

    /// <summary>All tokens, and from each opening bracket and name the way over what follows.</summary>
    private static void AssertAlike(byte[] text)
    {
        var wrong = Refusal(() => Tokens(text));
        Assert.Equal(Refusal(() => LibraryTokens(text)), wrong);
        if (wrong is null) Assert.Equal(LibraryTokens(text), Tokens(text));
        Assert.Equal(Refusal(() => Skipped(text, int.MaxValue, byLibrary: true)), Refusal(() => Skipped(text, int.MaxValue, byLibrary: false)));
        if (wrong is not null) return;
        for (var skipAt = 0; skipAt < 8; skipAt++) Assert.Equal(Skipped(text, skipAt, byLibrary: true), Skipped(text, skipAt, byLibrary: false));
    }

    private static string? Refusal(Action read)
    {
        try
        {
            read();
            return null;
        }
        catch (Exception refused) when (refused is JsonException or InvalidOperationException)
        {
            return refused.Message;
        }
    }

    private static List<string> Tokens(byte[] text)
    {
        var tokens = new List<string>();
        var reader = new JsonWalker(text);
        while (reader.Read())
        {
            var name = reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String ? reader.GetString() : "";
            tokens.Add($"{reader.TokenType} {reader.TokenStartIndex} {reader.BytesConsumed} {reader.CurrentDepth} {reader.ValueIsEscaped} {Encoding.UTF8.GetString(reader.ValueSpan)} {name}");
        }

        return tokens;
    }

    private static List<string> LibraryTokens(byte[] text)
    {
        var tokens = new List<string>();
        var reader = new Utf8JsonReader(text);
        while (reader.Read())
        {
            var name = reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String ? reader.GetString() : "";
            tokens.Add($"{reader.TokenType} {reader.TokenStartIndex} {reader.BytesConsumed} {reader.CurrentDepth} {reader.ValueIsEscaped} {Encoding.UTF8.GetString(reader.ValueSpan)} {name}");
        }

        return tokens;
    }

    /// <summary>Reads so many tokens, then skips, then reads the rest; skips the whole text for a number it never reaches.</summary>
    private static string Skipped(byte[] text, int skipAt, bool byLibrary)
    {
        var places = new StringBuilder();
        var library = new Utf8JsonReader(text);
        var walker = new JsonWalker(text);
        for (var n = 0; byLibrary ? library.Read() : walker.Read(); n++)
        {
            if (n == skipAt || skipAt == int.MaxValue)
            {
                if (byLibrary) library.Skip();
                else walker.Skip();
            }

            places.Append(byLibrary ? $"{library.TokenType} {library.BytesConsumed} {library.CurrentDepth};" : $"{walker.TokenType} {walker.BytesConsumed} {walker.CurrentDepth};");
        }

        return places.ToString();
    }

    /// <summary>Random JSON in any layout.</summary>
    private static class RandomJson
    {
        private static readonly string[] Texts = ["", "a", "long enough to fill more than one block of sixteen", "\\\"", "\\\\", "\\u00e9x", "é日本😀", "a\\n", "{[:,]}", "0123456789abcde\\t", "0123456789abcdef"];
        private static readonly string[] Scalars = ["0", "-1", "17.50", "1e3", "-0.25E-7", "true", "false", "null", "12345678901234567890"];

        public static string Value(Random random, int depth) => (depth == 0 ? random.Next(2) : random.Next(4)) switch
        {
            0 => Scalars[random.Next(Scalars.Length)],
            1 => Text(random),
            2 => $"[{string.Join(',', Enumerable.Range(0, random.Next(5)).Select(_ => Value(random, depth - 1)))}]",
            _ => $"{{{string.Join(',', Enumerable.Range(0, random.Next(5)).Select(_ => $"{Text(random)}:{Value(random, depth - 1)}"))}}}",
        };

        /// <summary>The text with white space wherever JSON allows some, in some of the texts.</summary>
        public static byte[] Bytes(Random random, string json)
        {
            if (random.Next(2) == 0) return Encoding.UTF8.GetBytes(json);
            var spaced = new StringBuilder();
            var inText = false;
            for (var i = 0; i < json.Length; i++)
            {
                if (inText && json[i] == '\\') spaced.Append(json[i++]);
                else if (json[i] == '"') inText = !inText;
                spaced.Append(json[i]);
                if (!inText && "{}[]:,\"".Contains(json[i], StringComparison.Ordinal)) spaced.Append(new[] { "", "", " ", "\n  ", "\t", "\r\n" }[random.Next(6)]);
            }

            return Encoding.UTF8.GetBytes(spaced.ToString());
        }

        private static string Text(Random random) => $"\"{Texts[random.Next(Texts.Length)]}{random.Next(50)}\"";
    }
}
