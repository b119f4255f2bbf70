using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Junipeer.Sandbox.Brightpearl.Front;

/// <summary>A bearer token of an app installed in an account, issued by the OAuth endpoints or by an admin.</summary>
internal sealed record BearerToken(string Token, string Account, string AppReference, string DeveloperReference, int InstanceId, long ExpiresAtElapsedMs)
{
    public bool Expired { get; init; }
}

/// <summary>Everything that opens the account.</summary>
internal sealed class Tokens(Func<long> elapsed)
{
    private readonly ConcurrentDictionary<string, BearerToken> _bearer = new(StringComparer.Ordinal);

    public string Account { get; init; } = "sandbox";

    /// <summary>An account that exists, but where these tokens mean nothing.</summary>
    public string OtherAccount { get; init; } = "sandboxother";

    public string AppReference { get; init; } = "sandbox_junipeer";

    public string DeveloperReference { get; init; } = "sandboxdev";

    public string StaffToken { get; init; } = "sT9f+Qk2/7vLxB0mZr4hWcE1yNaU8pGdJ5oKi3RtXs6=";

    public string AccountToken { get; init; } = "aC4k/Vw8+1nQeYp6XtBz0MrHgS2jLd7fUiO9cTlK3Eo=";

    public int InstanceId { get; init; } = 13;

    public IEnumerable<BearerToken> Bearer => _bearer.Values;

    public BearerToken Issue(TimeSpan lifetime) => Issue(lifetime, Account, AppReference, DeveloperReference, InstanceId);

    public BearerToken Issue(TimeSpan lifetime, string account, string appReference, string developerReference, int instanceId)
    {
        BearerToken token = new(Convert.ToBase64String(RandomNumberGenerator.GetBytes(64)), account, appReference, developerReference, instanceId, elapsed() + (long)lifetime.TotalMilliseconds);
        _bearer[token.Token] = token;
        return token;
    }

    public BearerToken? Find(string token) => _bearer.GetValueOrDefault(token);

    /// <summary>From now on the token is unknown.</summary>
    public void Remove(string token) => _bearer.TryRemove(token, out _);

    public bool IsExpired(BearerToken token) => token.Expired || elapsed() >= token.ExpiresAtElapsedMs;

    public int Expire(string? token)
    {
        int expired = 0;
        foreach (BearerToken one in _bearer.Values.Where(b => token is null || b.Token == token))
        {
            _bearer[one.Token] = one with { Expired = true };
            expired++;
        }

        return expired;
    }
}
