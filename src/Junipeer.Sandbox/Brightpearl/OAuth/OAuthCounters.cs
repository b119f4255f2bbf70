namespace Junipeer.Sandbox.Brightpearl.OAuth;

/// <summary>Counts what was asked of OAuth and how it ended, and whether a client refreshes more than once at a time.</summary>
internal sealed class OAuthCounters
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, SortedDictionary<string, int>> _tokens = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _pages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _underway = [];
    private int _overlapped;
    private int _mostAtOnce;
    private int _dead;

    /// <summary>How a token request ended: issued, an OAuth error, faulted (it was not acted on) or withheld (it was, and the answer never went out).</summary>
    public void Token(OAuthRequest request, string outcome)
    {
        string grant = request.Parameters["grant_type"] is "authorization_code" or "refresh_token" ? request.Parameters["grant_type"]! : "other";
        lock (_gate)
        {
            SortedDictionary<string, int> outcomes = _tokens.TryGetValue(grant, out var known) ? known : _tokens[grant] = new(StringComparer.Ordinal);
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        }
    }

    /// <summary>What happened with the authorise page.</summary>
    public void Page(string what)
    {
        lock (_gate)
        {
            _pages[what] = _pages.GetValueOrDefault(what) + 1;
        }
    }

    /// <summary>A refresh arrives; two with tokens of one family before the first is answered overlap.</summary>
    public IDisposable Arrive(string family, bool dead)
    {
        lock (_gate)
        {
            int now = _underway[family] = _underway.GetValueOrDefault(family) + 1;
            _overlapped += now > 1 ? 1 : 0;
            _mostAtOnce = Math.Max(_mostAtOnce, now);
            _dead += dead ? 1 : 0;
        }

        return new Underway(this, family);
    }

    public object Describe()
    {
        lock (_gate)
        {
            return new
            {
                tokens = _tokens.ToDictionary(t => t.Key, t => t.Value.ToDictionary()),
                pages = _pages.ToDictionary(),
                refreshesOverlapped = _overlapped,
                mostRefreshesAtOnce = _mostAtOnce,
                deadRefreshTokens = _dead,
            };
        }
    }

    public void Reset()
    {
        lock (_gate)
        {
            _tokens.Clear();
            _pages.Clear();
            _overlapped = _mostAtOnce = _dead = 0;
        }
    }

    private sealed class Underway(OAuthCounters counters, string family) : IDisposable
    {
        private bool _over;

        public void Dispose()
        {
            lock (counters._gate)
            {
                counters._underway[family] -= _over ? 0 : 1;
                _over = true;
            }
        }
    }
}
