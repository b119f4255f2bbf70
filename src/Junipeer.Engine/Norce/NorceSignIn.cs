using System.Security;
using Junipeer.Connections;
using Junipeer.Http;
using Junipeer.Operations;

namespace Junipeer.Norce;

/// <summary>
/// How tokens for a Norce tenant are got: client credentials in the form, the environment as scope
/// (https://docs.norce.io/api-reference/accessing-apis-with-oauth2-accounts). The endpoint takes three requests a minute
/// from an address and twenty more at once, so a token is kept beside the client's secret and used by every process.
/// </summary>
internal static class NorceSignIn
{
    /// <summary>A third of a minute: as long as it takes until the endpoint takes one more.</summary>
    private static readonly TimeSpan ThrottlePause = TimeSpan.FromSeconds(20);

    /// <summary>A token with less left is not worth taking over when connecting again.</summary>
    private static readonly TimeSpan WorthKeeping = TimeSpan.FromMinutes(10);

    /// <summary>The command that makes this connection again.</summary>
    public static string CommandFor(NorceConnection connection)
    {
        var isHost = connection.BaseUri.Host.EndsWith(".norce.tech", StringComparison.OrdinalIgnoreCase);
        var address = isHost ? $"-Tenant {connection.Tenant}" : $"-BaseUri {connection.BaseUri.GetLeftPart(UriPartial.Authority)}";
        var account = connection.AccountId > 0 ? $" -AccountId {connection.AccountId}" : string.Empty;
        return $"Connect-Norce -Name '{connection.Name}' {address} -Environment {connection.Environment} -ClientId {connection.ClientId} -ApplicationId {connection.ApplicationId}{account} -ClientSecret (Read-Host -AsSecureString)";
    }

    /// <summary>How the connection gets its tokens.</summary>
    public static RefreshGrant RefreshOf(NorceConnection connection, Redactor redactor, TimeProvider time) => new(
        new TokenEndpoint(new Uri(connection.BaseUri, "/identity/1.0/connect/token"), redactor, time, throttlePause: ThrottlePause),
        document => Form(connection, document.ClientSecret))
    {
        FromClientSecret = true,
        Explain = refused => Explain(connection, refused),
    };

    /// <summary>
    /// Proves a client by getting a token, or takes over the one its place holds already: a script that connects each time
    /// it runs must not ask each time.
    /// </summary>
    public static async Task<(NorceConnection Connection, SecretDocument Secret)> RunAsync(
        NorceConnection connection, ConnectRequest request, ISecretStore store, SecretReference place, IOperationSink sink, CancellationToken stop)
    {
        var secret = await SecretAsync(connection, request, store, stop).ConfigureAwait(false);
        var origin = SecretDocument.OriginOf(connection.BaseUri.Authority, connection.ClientId, connection.Scope, secret);
        if (await KeptAsync(store, place, stop).ConfigureAwait(false) is { } kept && kept.Origin == origin && kept.ExpiresAt - DateTimeOffset.UtcNow > WorthKeeping)
        {
            sink.Verbose($"The {place} holds a token of this client that ends {kept.ExpiresAt:u}; it stays.");
            return (connection with { ExpiresAt = kept.ExpiresAt }, kept);
        }

        var redactor = new Redactor();
        try
        {
            var grant = RefreshOf(connection, redactor, TimeProvider.System);
            var answer = await grant.Endpoint.AskAsync(Form(connection, secret), sink, stop).ConfigureAwait(false);
            return (connection with { ExpiresAt = answer.ExpiresAt }, new SecretDocument
            {
                ClientSecret = secret,
                AccessToken = answer.AccessToken,
                IssuedAt = answer.ReceivedAt,
                ExpiresAt = answer.ExpiresAt,
                Origin = origin,
            });
        }
        catch (TokenRefusedException refused)
        {
            throw Explain(connection, refused);
        }
        finally
        {
            redactor.Forget();
        }
    }

    private static KeyValuePair<string, string?>[] Form(NorceConnection connection, string? secret) =>
        [new("grant_type", "client_credentials"), new("client_id", connection.ClientId), new("client_secret", secret), new("scope", connection.Scope)];

    private static async Task<string> SecretAsync(NorceConnection connection, ConnectRequest request, ISecretStore store, CancellationToken stop)
    {
        if (request.ClientSecret is { } given) return SecretText.Reveal(given);
        SecureString? read = null;
        if (request.ClientSecretFrom is { } from) read = await store.ReadAsync(from, stop).ConfigureAwait(false);
        using (read)
        {
            if (read is { Length: > 0 } && SecretDocument.Parse(read) is { } document && (document.ClientSecret ?? document.Token) is { Length: > 0 } secret) return secret;
        }

        throw new JunipeerException(new JunipeerFault("Junipeer.Authentication.SecretMissing", FaultCategory.AuthenticationError,
            request.ClientSecretFrom is { } place ? $"There is no secret named '{place.Name}' in the {place}." : $"No client secret was given for '{connection.Name}'.",
            $"Connect with the secret the admin site showed when the client was made: {CommandFor(connection)}") { Target = connection.Name, System = connection.System });
    }

    private static async Task<SecretDocument?> KeptAsync(ISecretStore store, SecretReference place, CancellationToken stop)
    {
        using var kept = await store.ReadAsync(place, stop).ConfigureAwait(false);
        return kept is { Length: > 0 } ? SecretDocument.Parse(kept) : null;
    }

    /// <summary>What the identity server's no means: its words are those of RFC 6749.</summary>
    private static JunipeerException Explain(NorceConnection connection, TokenRefusedException refused)
    {
        var said = string.IsNullOrWhiteSpace(refused.Description) ? string.Empty : $" It said: {refused.Description.TrimEnd('.')}.";
        var fault = refused.Error switch
        {
            "invalid_client" => new JunipeerFault("Junipeer.Authorization.ClientRefused", FaultCategory.AuthenticationError,
                $"Norce at {connection.BaseUri.Host} does not know the client '{connection.ClientId}', or the secret is not its secret in this environment.{said}",
                $"Look at the client in the admin site of this tenant and environment (Settings, Users, OAUTH), then connect again: {CommandFor(connection)}"),
            "invalid_scope" => new JunipeerFault("Junipeer.Norce.WrongScope", FaultCategory.AuthenticationError,
                $"Norce at {connection.BaseUri.Host} gives no token for the scope '{connection.Scope}': the scope is the environment, and host and client must belong to the same one.{said}",
                "Connect again with the -Environment the host belongs to; -Scope sends another word for it."),
            _ => new JunipeerFault("Junipeer.Norce.TokenRefused", FaultCategory.AuthenticationError,
                $"Norce at {connection.BaseUri.Host} gives the client '{connection.ClientId}' no token ({refused.Error}).{said}",
                "Look at the client in the admin site (Settings, Users, OAUTH): is it active, and are environment and API resources ticked?"),
        };
        return new JunipeerException(fault with { Target = connection.Name, System = connection.System, StatusCode = refused.Status, ErrorCode = refused.Error });
    }
}
