using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Junipeer.Sandbox.Norce.Front;

namespace Junipeer.Sandbox.Norce.Identity;

/// <summary>An OAuth user of the admin site and what is ticked on it.</summary>
internal sealed record NorceClient(string Id, string Secret)
{
    /// <summary>Environments as words of the scope.</summary>
    public IReadOnlyList<string> Environments { get; init; } = ["playground", "stage"];

    /// <summary>API resources: query, connect, services.</summary>
    public IReadOnlyList<string> Resources { get; init; } = ["query", "connect", "services"];

    /// <summary>Applications it may name; none: all.</summary>
    public IReadOnlyList<int> Applications { get; init; } = [];

    /// <summary>ok, expired (its secret has ended) or disabled.</summary>
    public string State { get; init; } = "ok";
}

/// <summary>An access token that was given out.</summary>
internal sealed record NorceToken(string Value, NorceClient Client, IReadOnlyList<string> Scopes, long EndsAt)
{
    public bool Revoked { get; set; }
}

/// <summary>Who may ask for tokens, and the tokens that are about.</summary>
internal sealed class NorceIdentity
{
    private readonly NorceSandbox _sandbox;
    private readonly ConcurrentDictionary<string, NorceClient> _clients = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, NorceToken> _tokens = new(StringComparer.Ordinal);

    public NorceIdentity(NorceSandbox sandbox)
    {
        _sandbox = sandbox;
        Put(Main);
        Put(new NorceClient("sandbox-reader", "norce-reader-secret-2b7e") { Resources = ["query"], Applications = [NorceSandbox.FirstApplication] });
    }

    /// <summary>The integration's own user.</summary>
    public static NorceClient Main { get; } = new("sandbox-integration", "norce-sandbox-secret-9f41");

    public IEnumerable<NorceClient> Clients => _clients.Values.OrderBy(c => c.Id, StringComparer.Ordinal);

    public TimeSpan TokenLife { get; set; } = TimeSpan.FromSeconds(3600);

    public int Alive => _tokens.Values.Count(t => !t.Revoked && t.EndsAt > _sandbox.Clock.ElapsedMs);

    public void Put(NorceClient client) => _clients[client.Id] = client;

    public NorceClient? Find(string id) => _clients.GetValueOrDefault(id);

    public NorceToken Issue(NorceClient client, IReadOnlyList<string> scopes, TimeSpan? life = null)
    {
        TimeSpan lives = life ?? TokenLife;
        byte[] payload = JsonSerializer.SerializeToUtf8Bytes(new { client_id = client.Id, scope = scopes, nbf = _sandbox.Clock.Now.ToUnixTimeSeconds(), exp = _sandbox.Clock.Now.Add(lives).ToUnixTimeSeconds(), jti = Guid.NewGuid().ToString("N") });
        string value = $"{Base64Url.EncodeToString("{\"alg\":\"RS256\",\"typ\":\"at+jwt\"}"u8)}.{Base64Url.EncodeToString(payload)}.{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(64))}";
        NorceToken token = new(value, client, scopes, _sandbox.Clock.ElapsedMs + (long)lives.TotalMilliseconds);
        _tokens[value] = token;
        return token;
    }

    /// <summary>Ends tokens: one, or all.</summary>
    public int Expire(string? value)
    {
        int ended = 0;
        foreach (NorceToken token in _tokens.Values.Where(t => !t.Revoked && (value is null || t.Value == value)))
        {
            token.Revoked = true;
            ended++;
        }

        return ended;
    }

    /// <summary>Whose token a request carries, if it is good for this environment and this part of the service.</summary>
    /// <exception cref="NorceException">It is not.</exception>
    public NorceToken Authenticate(NorceCall call)
    {
        string header = call.Http.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            throw Unauthorized("Bearer");
        }

        if (!_tokens.TryGetValue(header[7..].Trim(), out NorceToken? token) || token.Revoked || token.EndsAt <= _sandbox.Clock.ElapsedMs)
        {
            throw Unauthorized("Bearer error=\"invalid_token\"");
        }

        // The user as it is now: what an admin unticks takes effect at once.
        NorceClient client = Find(token.Client.Id) ?? token.Client;
        if (client.State == "disabled")
        {
            throw Unauthorized("Bearer error=\"invalid_token\"");
        }

        if (!token.Scopes.Contains(_sandbox.Environment))
        {
            throw _sandbox.Quirks["wrongEnvironment"] == "401" ? Unauthorized("Bearer error=\"insufficient_scope\"") : new NorceException(403, "Forbidden", "The token is not for this environment.");
        }

        string resource = call.Area.ToString().ToLowerInvariant();
        return client.Resources.Contains(resource)
            ? token with { Client = client }
            : throw new NorceException(403, "Forbidden", $"The user has no access to {resource}.");
    }

    private static NorceException Unauthorized(string challenge)
    {
        NorceException refused = new(401, "Unauthorized", "Authorization has been denied for this request.");
        refused.Headers["WWW-Authenticate"] = challenge;
        return refused;
    }
}
