using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Junipeer.Connections;
using Junipeer.Connections.SigningIn;
using Junipeer.Http;
using Junipeer.Operations;

namespace Junipeer.BigQuery;

/// <summary>How a person's Google sign-in is got and renewed (https://developers.google.com/identity/protocols/oauth2/native-app).</summary>
internal static class BigQuerySignIn
{
    /// <summary>The command that makes this connection again.</summary>
    public static string CommandFor(BigQueryConnection connection)
    {
        var proof = connection.Kind switch
        {
            BigQueryAuthentication.User => $" -ClientId {connection.OAuth?.ClientId}",
            BigQueryAuthentication.ServiceAccount => " -KeyFile <file>",
            BigQueryAuthentication.AccessToken => " -AccessToken (Read-Host -AsSecureString)",
            _ => $" -{connection.Kind}",
        };
        return $"Connect-BigQuery -Name '{connection.Name}' -Project {connection.Project}{(connection.Dataset is null ? "" : $" -Dataset {connection.Dataset}")}{proof}";
    }

    /// <summary>
    /// Signs a person in, with PKCE and a state: the challenge proves that the code comes back to whoever asked for it, the
    /// state that the answer belongs to this sign-in.
    /// </summary>
    public static async Task<(BigQueryConnection Connection, SecretDocument Secret)> RunAsync(
        BigQueryConnection connection, SignIn signIn, string? clientSecret, IOperationSink sink, CancellationToken stop)
    {
        var app = connection.OAuth ?? throw new ArgumentException("Not a sign-in of a person.", nameof(connection));
        var redactor = new Redactor();
        var faults = new AuthorizationFaults(connection.System, connection.Name, CommandFor(connection));
        var endpoint = new TokenEndpoint(app.TokenUri, redactor, TimeProvider.System);
        var verifier = Base64(RandomNumberGenerator.GetBytes(64));
        var challenge = Base64(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        var flow = new AuthorizationCodeFlow(connection.System, app.RedirectUri, (redirect, state) => AuthorizeAddress(app, redirect, state, challenge), signIn, faults);
        try
        {
            return await flow.RunAsync(RedeemAsync, sink, stop).ConfigureAwait(false);
        }
        finally
        {
            redactor.Forget();
        }

        async Task<(BigQueryConnection, SecretDocument)> RedeemAsync(string code, Uri redirect)
        {
            TokenAnswer answer;
            try
            {
                answer = await endpoint.AskAsync(
                    [new("grant_type", "authorization_code"), new("code", code), new("redirect_uri", redirect.OriginalString), new("client_id", app.ClientId), new("client_secret", clientSecret), new("code_verifier", verifier)],
                    sink, stop).ConfigureAwait(false);
            }
            catch (TokenRefusedException refused)
            {
                throw faults.Refused(refused, clientSecret is not null);
            }

            CheckScope(connection, answer);
            if (answer.RefreshToken is null)
                sink.Warning("Google gave no refresh token, so this connection lasts an hour. Remove the app at https://myaccount.google.com/permissions and connect again for one that lasts.");
            else if (answer.RefreshEndsAt is { } end)
                sink.Warning($"Google limits this sign-in until {end:u}: the app's consent screen is in testing, or access was given for a time. Publish the app, or make it internal, for one that lasts.");
            return (connection with { Principal = EmailOf(answer.IdToken), ExpiresAt = answer.ExpiresAt }, new SecretDocument
            {
                AccessToken = answer.AccessToken,
                RefreshToken = answer.RefreshToken,
                ClientSecret = clientSecret,
                IssuedAt = answer.ReceivedAt,
                ExpiresAt = answer.ExpiresAt,
            });
        }
    }

    /// <summary>
    /// Makes a sign-in worthless (https://developers.google.com/identity/protocols/oauth2/native-app): by its refresh token,
    /// because an access token that has ended cannot be used for that.
    /// </summary>
    public static async Task RevokeAsync(BigQueryConnection connection, SecretDocument secret, IOperationSink sink, CancellationToken stop)
    {
        if (connection.OAuth is not { } app || (secret.RefreshToken ?? secret.AccessToken) is not { } token) return;
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        using var form = new FormUrlEncodedContent([new("token", token)]);
        try
        {
            using var answer = await http.PostAsync(new Uri(app.TokenUri, "/revoke"), form, stop).ConfigureAwait(false);
            if (answer.IsSuccessStatusCode) sink.Verbose($"Google made the sign-in of '{connection.Name}' worthless.");
            else sink.Warning($"Google answered {(int)answer.StatusCode} to revoking the sign-in of '{connection.Name}'; look at https://myaccount.google.com/permissions.");
        }
        catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !stop.IsCancellationRequested))
        {
            throw new JunipeerException(new JunipeerFault("Junipeer.Connection.Unreachable", FaultCategory.ConnectionError,
                $"Google could not be reached to revoke the sign-in of '{connection.Name}': {error.Message}", "Run the command again when the network is back, or revoke it at https://myaccount.google.com/permissions.") { Target = connection.Name, System = connection.System, IsTransient = true });
        }
    }

    /// <summary>A person can untick what was asked for.</summary>
    private static void CheckScope(BigQueryConnection connection, TokenAnswer answer)
    {
        if (answer.Scope is not { } granted || granted.Split(' ').Any(s => s is BigQueryConnection.Scope or "https://www.googleapis.com/auth/cloud-platform")) return;
        throw new JunipeerException(new JunipeerFault("Junipeer.Authorization.ScopeMissing", FaultCategory.PermissionDenied,
            "The access to BigQuery was unticked on Google's page, so the tokens are good for nothing here.",
            $"Sign in again and leave 'View and manage your data in Google BigQuery' ticked: {CommandFor(connection)}") { Target = connection.Name, System = connection.System });
    }

    private static Uri AuthorizeAddress(OAuthSettings app, Uri redirect, string state, string challenge)
    {
        (string Name, string Value)[] fields =
        [
            ("response_type", "code"), ("client_id", app.ClientId), ("redirect_uri", redirect.OriginalString), ("scope", app.Scope ?? $"{BigQueryConnection.Scope} openid email"), ("state", state),
            ("code_challenge", challenge), ("code_challenge_method", "S256"), ("access_type", "offline"), ("prompt", "consent"),
        ];
        return new UriBuilder(app.AuthorizeUri) { Query = string.Join('&', fields.Select(f => $"{f.Name}={Uri.EscapeDataString(f.Value)}")) }.Uri;
    }

    /// <summary>The address in the identity token. It came straight from Google over TLS, so its signature proves nothing more.</summary>
    private static string? EmailOf(string? identity)
    {
        try
        {
            if (identity?.Split('.') is not [_, var claims, _]) return null;
            var padded = claims.Replace('-', '+').Replace('_', '/').PadRight((claims.Length + 3) / 4 * 4, '=');
            using var document = JsonDocument.Parse(Convert.FromBase64String(padded));
            return document.RootElement.TryGetProperty("email", out var email) ? email.GetString() : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    private static string Base64(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>Google's refresh tokens serve many times; the answer carries none, and the old one stays.</summary>
    public static RefreshGrant? RefreshOf(BigQueryConnection connection, Redactor redactor, TimeProvider time)
    {
        if (connection.Kind != BigQueryAuthentication.User || connection.OAuth is not { } app) return null;
        return new RefreshGrant(
            new TokenEndpoint(app.TokenUri, redactor, time),
            document => [new("grant_type", "refresh_token"), new("refresh_token", document.RefreshToken), new("client_id", app.ClientId), new("client_secret", document.ClientSecret)]);
    }
}
