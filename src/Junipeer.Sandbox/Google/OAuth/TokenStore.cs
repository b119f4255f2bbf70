using System.Collections.Concurrent;
using System.Security.Cryptography;
using Junipeer.Sandbox.Google.Front;
using Junipeer.Sandbox.Hosting;

namespace Junipeer.Sandbox.Google.OAuth;

internal sealed class AccessToken
{
    public required string Value { get; init; }

    public required string Principal { get; init; }

    public required IReadOnlySet<string> Scopes { get; init; }

    public required string Grant { get; init; }

    public RefreshToken? Family { get; init; }

    public long ExpiresAtMs { get; set; }

    public bool Revoked { get; set; }
}

internal sealed class RefreshToken
{
    public required string Value { get; init; }

    public required string Principal { get; init; }

    public required string ClientId { get; init; }

    public required IReadOnlySet<string> Scopes { get; init; }

    /// <summary>Null: no end.</summary>
    public long? ExpiresAtMs { get; set; }

    public long LastUsedMs { get; set; }

    public bool Revoked { get; set; }

    /// <summary>The organisation's session policy ended the session: invalid_rapt.</summary>
    public bool NeedsReauth { get; set; }

    public int Refreshes { get; set; }
}

/// <summary>The tokens that were issued. Their age runs with the sandbox's clock, skew aside.</summary>
internal sealed class TokenStore(SandboxClock clock)
{
    private const long SixMonthsMs = 183L * 86_400_000;
    private const int MostPerUserAndClient = 100;
    private readonly ConcurrentDictionary<string, AccessToken> _access = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, RefreshToken> _refresh = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    public IEnumerable<AccessToken> Access => _access.Values;

    public IEnumerable<RefreshToken> Refresh => _refresh.Values;

    public AccessToken IssueAccess(string principal, IEnumerable<string> scopes, string grant, TimeSpan life, RefreshToken? family = null)
    {
        AccessToken token = new()
        {
            Value = "ya29.a0" + Random(60), Principal = principal, Scopes = scopes.ToHashSet(), Grant = grant, Family = family, ExpiresAtMs = clock.ElapsedMs + (long)life.TotalMilliseconds,
        };
        _access[token.Value] = token;
        return token;
    }

    public RefreshToken IssueRefresh(string principal, string client, IEnumerable<string> scopes, TimeSpan? life)
    {
        lock (_gate)
        {
            // Past the limit the oldest dies without a word.
            RefreshToken[] alive = [.. _refresh.Values.Where(t => t.Principal == principal && t.ClientId == client && !t.Revoked).OrderBy(t => t.LastUsedMs)];
            foreach (RefreshToken old in alive.Take(Math.Max(0, alive.Length + 1 - MostPerUserAndClient)))
            {
                old.Revoked = true;
            }

            RefreshToken token = new()
            {
                Value = "1//0" + Random(64), Principal = principal, ClientId = client, Scopes = scopes.ToHashSet(), LastUsedMs = clock.ElapsedMs, ExpiresAtMs = life is { } ends ? clock.ElapsedMs + (long)ends.TotalMilliseconds : null,
            };
            _refresh[token.Value] = token;
            return token;
        }
    }

    public AccessToken? FindAccess(string value) => _access.GetValueOrDefault(value);

    public RefreshToken? FindRefresh(string value) => _refresh.GetValueOrDefault(value);

    public bool Works(AccessToken token) => !token.Revoked && token.ExpiresAtMs > clock.ElapsedMs;

    public bool Works(RefreshToken token) => !token.Revoked && !(token.ExpiresAtMs <= clock.ElapsedMs) && clock.ElapsedMs - token.LastUsedMs < SixMonthsMs;

    /// <summary>Revokes a token and what belongs to it; false when there is no such token, or it is over.</summary>
    public bool Revoke(string value)
    {
        if (FindRefresh(value) is { } refresh)
        {
            bool worked = Works(refresh);
            EndFamily(refresh);
            return worked;
        }

        if (FindAccess(value) is not { } access || !Works(access))
        {
            return false;
        }

        access.Revoked = true;
        if (access.Family is { } family)
        {
            EndFamily(family);
        }

        return true;
    }

    public void EndFamily(RefreshToken refresh)
    {
        refresh.Revoked = true;
        foreach (AccessToken token in _access.Values.Where(t => t.Family == refresh))
        {
            token.Revoked = true;
        }
    }

    /// <exception cref="GoogleException">The token is unknown, revoked or past its life.</exception>
    public AccessToken Authenticate(string value) => FindAccess(value) is { } token && Works(token) ? token : throw Unauthenticated();

    public static GoogleException Unauthenticated() => new(401, "authError", "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.", "Authorization");

    public static string Random(int bytes) => Convert.ToBase64String(RandomNumberGenerator.GetBytes(bytes)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
