using System.Security.Cryptography;
using Junipeer.Sandbox.Brightpearl.Front;

namespace Junipeer.Sandbox.Brightpearl.OAuth;

/// <summary>A one-time code.</summary>
internal sealed class AuthorizationCode
{
    public required string Value { get; init; }

    public required AuthorizeRequest Request { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required long ExpiresAtMs { get; set; }

    public DateTimeOffset? UsedAt { get; set; }

    /// <summary>The family of tokens it was exchanged for.</summary>
    public int? Family { get; set; }
}

/// <summary>A refresh token and why it no longer works, if so.</summary>
internal sealed class RefreshToken
{
    public required string Value { get; init; }

    public required TokenFamily Family { get; init; }

    public long? ExpiresAtMs { get; set; }

    public bool Dead { get; set; }
}

/// <summary>One answer of the token endpoint.</summary>
internal sealed record IssuedTokens(DateTimeOffset At, string Grant, BearerToken Access, RefreshToken Refresh);

/// <summary>All tokens that go back to one code.</summary>
internal sealed class TokenFamily
{
    public required int Id { get; init; }

    public required OAuthApp App { get; init; }

    public required string Account { get; init; }

    public required int InstanceId { get; init; }

    public List<IssuedTokens> Issued { get; } = [];

    public DateTimeOffset? RevokedAt { get; set; }

    public int Refreshes => Issued.Count - 1;

    public IssuedTokens Current => Issued[^1];
}

/// <summary>What the token endpoint hands out.</summary>
internal sealed record TokenAnswer(string AccessToken, string? RefreshToken, int? InstanceId, long ExpiresIn);

/// <summary>Codes and tokens: issued, exchanged, refreshed, revoked. One lock, so that of two refreshes at once one comes second.</summary>
internal sealed class Grants(BrightpearlSandbox sandbox, OAuthSettings settings)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, AuthorizationCode> _codes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RefreshToken> _refresh = new(StringComparer.Ordinal);
    private readonly List<TokenFamily> _families = [];
    private readonly Dictionary<(string Account, string ClientId), int> _installations = [];
    private int _lastInstance = 20;

    /// <summary>Runs something on all codes and families while nothing changes them.</summary>
    public T Read<T>(Func<IReadOnlyCollection<AuthorizationCode>, IReadOnlyList<TokenFamily>, T> read)
    {
        lock (_gate)
        {
            return read(_codes.Values, _families);
        }
    }

    public string IssueCode(AuthorizeRequest request)
    {
        lock (_gate)
        {
            AuthorizationCode code = new() { Value = Secret(32), Request = request, IssuedAt = sandbox.Clock.Now, ExpiresAtMs = sandbox.Clock.ElapsedMs + (long)settings.CodeLife.TotalMilliseconds };
            _codes[code.Value] = code;
            return code.Value;
        }
    }

    public TokenAnswer Exchange(OAuthApp app, string account, string codeValue, string redirectUri, string? verifier)
    {
        lock (_gate)
        {
            if (!_codes.TryGetValue(codeValue, out AuthorizationCode? code) || code.UsedAt is not null || sandbox.Clock.ElapsedMs >= code.ExpiresAtMs
                || code.Request.App.ClientId != app.ClientId || code.Request.Account != account)
            {
                throw OAuthException.InvalidGrant;
            }

            if (code.Request.RedirectUri != redirectUri || !app.RedirectUris.Contains(redirectUri))
            {
                throw OAuthException.OtherRedirect;
            }

            if (sandbox.Quirks["pkce"] == "enforced" && !code.Request.Proves(verifier))
            {
                throw OAuthException.InvalidGrant;
            }

            TokenFamily family = new() { Id = _families.Count + 1, App = app, Account = account, InstanceId = Installation(account, app.ClientId) };
            _families.Add(family);
            code.UsedAt = sandbox.Clock.Now;
            code.Family = family.Id;
            long life = (long)settings.AccessLife.TotalMilliseconds;
            IssuedTokens issued = Issue(family, "authorization_code", life, NewRefresh(family));
            return new TokenAnswer(issued.Access.Token, issued.Refresh.Value, family.InstanceId, life / 1000);
        }
    }

    public TokenAnswer Refresh(OAuthApp app, string account, string token)
    {
        lock (_gate)
        {
            if (!_refresh.TryGetValue(token, out RefreshToken? known) || known.Family.App.ClientId != app.ClientId || known.Family.Account != account || !Works(known))
            {
                throw OAuthException.InvalidGrant;
            }

            TokenFamily family = known.Family;
            BearerToken old = family.Current.Access;
            long left = sandbox.Tokens.Find(old.Token) is { } running && !sandbox.Tokens.IsExpired(running) ? running.ExpiresAtElapsedMs - sandbox.Clock.ElapsedMs : 0;

            // As recorded: a refresh while the old token lives hands out a token whose clock already runs.
            long life = sandbox.Quirks["refreshExpiresIn"] == "running" && left >= 1000 ? left : (long)settings.AccessLife.TotalMilliseconds;
            if (sandbox.Quirks["oldAccessToken"] == "dies")
            {
                sandbox.Tokens.Remove(old.Token);
            }

            string rotation = sandbox.Quirks["refreshRotation"];
            known.Dead = rotation == "rotate";
            IssuedTokens issued = Issue(family, "refresh_token", life, known.Dead ? NewRefresh(family) : known);
            return new TokenAnswer(issued.Access.Token, rotation == "omit" ? null : issued.Refresh.Value, null, life / 1000);
        }
    }

    /// <summary>The family of a refresh token, alive or not, and whether the token was once good and is no longer.</summary>
    public (TokenFamily? Family, bool Dead) Look(string? refreshToken)
    {
        lock (_gate)
        {
            return refreshToken is not null && _refresh.TryGetValue(refreshToken, out RefreshToken? known) ? (known.Family, !Works(known)) : (null, false);
        }
    }

    /// <summary>Whether a refresh token still works.</summary>
    public bool Works(RefreshToken token) => !token.Dead && token.Family.RevokedAt is null && !(sandbox.Clock.ElapsedMs >= token.ExpiresAtMs);

    /// <summary>Takes the app out of the account: no token of the family works any longer, and the next sign-in is a new installation.</summary>
    public int Revoke(Func<TokenFamily, bool> which)
    {
        lock (_gate)
        {
            TokenFamily[] gone = [.. _families.Where(f => f.RevokedAt is null && which(f))];
            foreach (TokenFamily family in gone)
            {
                family.RevokedAt = sandbox.Clock.Now;
                _installations.Remove((family.Account, family.App.ClientId));
                family.Issued.ForEach(i => sandbox.Tokens.Remove(i.Access.Token));
            }

            return gone.Length;
        }
    }

    /// <summary>The accounts that an app is installed in.</summary>
    public string[] AccountsWith(string clientId, string developerReference)
    {
        lock (_gate)
        {
            return [.. _families.Where(f => f.RevokedAt is null && f.App.ClientId == clientId && f.App.DeveloperReference == developerReference).Select(f => f.Account).Distinct().Order(StringComparer.Ordinal)];
        }
    }

    public int ExpireCodes()
    {
        lock (_gate)
        {
            AuthorizationCode[] open = [.. _codes.Values.Where(c => c.UsedAt is null && sandbox.Clock.ElapsedMs < c.ExpiresAtMs)];
            Array.ForEach(open, c => c.ExpiresAtMs = sandbox.Clock.ElapsedMs);
            return open.Length;
        }
    }

    public int ExpireRefreshTokens()
    {
        lock (_gate)
        {
            RefreshToken[] alive = [.. _refresh.Values.Where(Works)];
            Array.ForEach(alive, t => t.ExpiresAtMs = sandbox.Clock.ElapsedMs);
            return alive.Length;
        }
    }

    private int Installation(string account, string clientId) =>
        _installations.TryGetValue((account, clientId), out int id) ? id : _installations[(account, clientId)] = ++_lastInstance;

    private RefreshToken NewRefresh(TokenFamily family)
    {
        RefreshToken token = new() { Value = Secret(48), Family = family, ExpiresAtMs = settings.RefreshLife is { } life ? sandbox.Clock.ElapsedMs + (long)life.TotalMilliseconds : null };
        _refresh[token.Value] = token;
        return token;
    }

    private IssuedTokens Issue(TokenFamily family, string grant, long lifeMs, RefreshToken refresh)
    {
        BearerToken access = sandbox.Tokens.Issue(TimeSpan.FromMilliseconds(lifeMs), family.Account, family.App.ClientId, family.App.DeveloperReference, family.InstanceId);
        IssuedTokens issued = new(sandbox.Clock.Now, grant, access, refresh);
        family.Issued.Add(issued);
        return issued;
    }

    /// <summary>Base64, so that it holds what has to be encoded in a form: codes and refresh tokens end in <c>=</c> or may hold <c>+</c> and <c>/</c>.</summary>
    private static string Secret(int bytes) => Convert.ToBase64String(RandomNumberGenerator.GetBytes(bytes));
}
