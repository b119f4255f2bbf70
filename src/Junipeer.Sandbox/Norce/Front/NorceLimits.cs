using System.Globalization;
using Junipeer.Sandbox.Hosting;

namespace Junipeer.Sandbox.Norce.Front;

/// <summary>
/// How often one may ask. Documented are 3 tokens a minute for an address and 20 more in a burst; of Query only that
/// there is a limit, so it has none until somebody sets one. Limits of import sizes are not documented either.
/// </summary>
internal sealed class NorceLimits(SandboxClock clock, NorceQuirks quirks)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (double Left, long At)> _buckets = [];

    public int TokensPerMinute { get; private set; } = 3;

    public int TokenBurst { get; private set; } = 20;

    /// <summary>0: no limit.</summary>
    public int QueryPerMinute { get; private set; }

    public int ImportRows { get; private set; }

    public int ImportBytes { get; private set; } = 30_000_000;

    public void Token(string address) => Take("token " + address, TokensPerMinute, TokensPerMinute + TokenBurst);

    public void Query(string client)
    {
        if (QueryPerMinute > 0)
        {
            Take("query " + client, QueryPerMinute, QueryPerMinute);
        }
    }

    /// <summary>Sets a limit by its name.</summary>
    /// <exception cref="ArgumentException">There is no such limit.</exception>
    public void Set(string name, int value)
    {
        if (value < 0)
        {
            throw new ArgumentException($"{name} is 0 or more.");
        }

        switch (name)
        {
            case "tokensPerMinute": TokensPerMinute = Math.Max(1, value); break;
            case "tokenBurst": TokenBurst = value; break;
            case "queryPerMinute": QueryPerMinute = value; break;
            case "importRows": ImportRows = value; break;
            case "importBytes": ImportBytes = value; break;
            default: throw new ArgumentException($"There is no limit '{name}'. Known: tokensPerMinute, tokenBurst, queryPerMinute, importRows, importBytes.");
        }

        Forget();
    }

    public void Forget()
    {
        lock (_gate)
        {
            _buckets.Clear();
        }
    }

    public object Describe() => new { tokensPerMinute = TokensPerMinute, tokenBurst = TokenBurst, queryPerMinute = QueryPerMinute, importRows = ImportRows, importBytes = ImportBytes };

    private void Take(string name, int perMinute, int most)
    {
        double missing;
        lock (_gate)
        {
            long now = clock.ElapsedMs;
            (double left, long at) = _buckets.GetValueOrDefault(name, (most, now));
            left = Math.Min(most, left + ((now - at) * perMinute / 60_000.0));
            missing = 1 - left;
            _buckets[name] = (missing > 0 ? left : left - 1, now);
        }

        if (missing > 0)
        {
            NorceException refused = new(429, "TooManyRequests", "Too many requests.");
            if (quirks.On("retryAfter"))
            {
                refused.Headers["Retry-After"] = Math.Max(1, Math.Ceiling(missing * 60 / perMinute)).ToString(CultureInfo.InvariantCulture);
            }

            throw refused;
        }
    }
}
