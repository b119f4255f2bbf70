using System.Text;
using Junipeer.Sandbox.Google.Data;
using Junipeer.Sandbox.Google.Front;

namespace Junipeer.Sandbox.Google.Rest;

/// <summary>Pages of lists and of rows. A page may hold less than asked for, or nothing, and still not be the last.</summary>
internal sealed class Paging(GoogleSandbox sandbox)
{
    private const int MostTokens = 10_000;
    private const long PageBytes = 10 * 1024 * 1024;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, RowPosition> _positions = [];
    private readonly Queue<string> _order = new();

    private sealed record RowPosition(string Key, RowSet Rows, IReadOnlyList<Field> Fields, long Next);

    /// <summary>A page of named things in the order of their names, and the token of the next.</summary>
    public (List<T> Page, string? Next) List<T>(GoogleCall call, IEnumerable<T> all, Func<T, string> name, int most = 1000, int usual = 50)
    {
        long size = Math.Min(call.Number("maxResults", 0, uint.MaxValue) is { } asked and > 0 ? asked : usual, most);
        string after = call.Query("pageToken") is { } token ? ReadToken(call, token) : string.Empty;
        T[] rest = [.. all.OrderBy(name, StringComparer.Ordinal).Where(t => string.CompareOrdinal(name(t), after) > 0)];
        size = Shorten(call, size);
        List<T> page = [.. rest.Take((int)size)];
        return (page, page.Count < rest.Length ? Token(call, page.Count > 0 ? name(page[^1]) : after) : null);
    }

    /// <summary>A page of rows as they were when the first page was read.</summary>
    public (IReadOnlyList<Field> Fields, List<object?[]> Page, string? Next, long Total) Rows(GoogleCall call, string key, IReadOnlyList<Field> fields, RowSet rows, long? maxResults)
    {
        long start = call.Number("startIndex") ?? 0;
        if (call.Query("pageToken") is { } token)
        {
            RowPosition? known;
            lock (_gate)
            {
                known = _positions.GetValueOrDefault(token);
            }

            if (known is null || known.Key != key)
            {
                throw GoogleException.Invalid($"Invalid page token: {token}", "pageToken");
            }

            (fields, rows, start) = (known.Fields, known.Rows, known.Next);
        }

        long size = Shorten(call, Math.Min(maxResults ?? 100_000, 100_000));
        List<object?[]> page = [];
        long bytes = 0;
        foreach (object?[] row in rows.From(start))
        {
            if (page.Count >= size || bytes > PageBytes)
            {
                break;
            }

            page.Add(row);
            bytes += ValueSize.Of(row);
        }

        long next = start + page.Count;
        return (fields, page, next < rows.Count && maxResults != 0 ? Remember(new RowPosition(key, rows, fields, next)) : null, rows.Count);
    }

    private long Shorten(GoogleCall call, long size) =>
        call.Fault("empty-page") is not null ? 0 : sandbox.Quirks["shortPages"] == "on" && size > 1 ? (size + 1) / 2 : size;

    private string Remember(RowPosition position)
    {
        lock (_gate)
        {
            string token = "B" + OAuth.TokenStore.Random(18);
            _positions[token] = position;
            _order.Enqueue(token);
            if (_order.Count > MostTokens)
            {
                _positions.Remove(_order.Dequeue());
            }

            return token;
        }
    }

    private static string Token(GoogleCall call, string last) => Convert.ToBase64String(Encoding.UTF8.GetBytes(call.Operation.Name + "\n" + last)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static string ReadToken(GoogleCall call, string token)
    {
        string padded = token.Replace('-', '+').Replace('_', '/') + new string('=', (4 - (token.Length % 4)) % 4);
        Span<byte> bytes = new byte[padded.Length];
        string[] parts = Convert.TryFromBase64String(padded, bytes, out int length) ? Encoding.UTF8.GetString(bytes[..length]).Split('\n', 2) : [];
        return parts.Length == 2 && parts[0] == call.Operation.Name ? parts[1] : throw GoogleException.Invalid($"Invalid page token: {token}", "pageToken");
    }

    /// <summary>How timestamps come back in rows.</summary>
    public static TimestampFormat Format(bool int64, string? output) => (int64, output) switch
    {
        (true, null or "TIMESTAMP_OUTPUT_FORMAT_UNSPECIFIED") or (false, "INT64") => TimestampFormat.Int64Micros,
        (false, null or "FLOAT64" or "TIMESTAMP_OUTPUT_FORMAT_UNSPECIFIED") => TimestampFormat.FloatSeconds,
        (false, "ISO8601_STRING") => TimestampFormat.Iso8601,
        _ => throw GoogleException.Invalid("formatOptions.useInt64Timestamp and formatOptions.timestampOutputFormat cannot be combined this way."),
    };

    public static TimestampFormat Format(GoogleCall call) => Format(call.Flag("formatOptions.useInt64Timestamp"), call.Query("formatOptions.timestampOutputFormat"));
}
