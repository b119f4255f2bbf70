using Junipeer.Connections;
using Junipeer.Connections.SigningIn;
using Junipeer.Http;
using Junipeer.Operations;

namespace Junipeer.Brightpearl;

/// <summary>
/// How tokens for a Brightpearl account are got and renewed (https://api-docs.brightpearl.com/utilities/oauth-token/post.html,
/// https://help.brightpearl.com/hc/en-us/articles/360032240811).
/// </summary>
internal static class BrightpearlSignIn
{
    /// <summary>The path of the documented endpoint, which takes the account as a field; the older one has it in its path.</summary>
    private const string DocumentedPath = "/oauth/token";

    /// <summary>The command that makes this connection again.</summary>
    public static string CommandFor(BrightpearlConnection connection)
    {
        var address = connection.DataCenter is { } center ? $"-DataCenter {center}" : $"-BaseUri {connection.BaseUri.GetLeftPart(UriPartial.Authority)}";
        var proof = connection.Kind == BrightpearlAuthentication.OAuth
            ? connection.OAuth?.ClientType == OAuthClientType.Confidential ? " -ClientSecret (Read-Host -AsSecureString)" : string.Empty
            : $" -{connection.Kind} (Read-Host -AsSecureString)";
        return $"Connect-Brightpearl -Name '{connection.Name}' -Account {connection.AccountCode} {address} -AppReference {connection.AppReference}{proof}";
    }

    /// <summary>How the connection renews its tokens; null for tokens that have no end.</summary>
    public static RefreshGrant? RefreshOf(BrightpearlConnection connection, Redactor redactor, TimeProvider time)
    {
        if (connection.OAuth is not { } app) return null;
        return new RefreshGrant(
            new TokenEndpoint(app.TokenUri, redactor, time),
            document => [new("grant_type", "refresh_token"), new("refresh_token", document.RefreshToken), .. Client(connection, app, document.ClientSecret)]);
    }

    /// <summary>Signs in: returns the connection as it turned out, and what is to be kept secret.</summary>
    public static async Task<(BrightpearlConnection Connection, SecretDocument Secret)> RunAsync(
        BrightpearlConnection connection, SignIn signIn, string? clientSecret, IOperationSink sink, CancellationToken stop)
    {
        var app = connection.OAuth ?? throw new ArgumentException("Not a connection of an installed app.", nameof(connection));
        var redactor = new Redactor();
        var faults = new AuthorizationFaults(connection.System, connection.Name, CommandFor(connection));
        var endpoint = new TokenEndpoint(app.TokenUri, redactor, TimeProvider.System, signIn.TokenKey);
        var flow = new AuthorizationCodeFlow(connection.System, app.RedirectUri, (redirect, state) => AuthorizeAddress(app, redirect, state), signIn, faults);
        try
        {
            return await flow.RunAsync(RedeemAsync, sink, stop).ConfigureAwait(false);
        }
        finally
        {
            redactor.Forget();
        }

        async Task<(BrightpearlConnection, SecretDocument)> RedeemAsync(string code, Uri redirect)
        {
            TokenAnswer answer;
            try
            {
                answer = await endpoint.AskAsync(
                    [new("grant_type", "authorization_code"), new("code", code), new("redirect_uri", redirect.OriginalString), .. Client(connection, app, clientSecret)], sink, stop).ConfigureAwait(false);
            }
            catch (TokenRefusedException refused)
            {
                throw faults.Refused(refused, clientSecret is not null);
            }

            var made = connection with
            {
                BaseUri = connection.DataCenter is null ? connection.BaseUri : ApiAddress(answer.ApiDomain, app.TokenUri) ?? connection.BaseUri,
                InstallationId = answer.InstallationId,
                ExpiresAt = answer.ExpiresAt,
            };
            return (made, new SecretDocument
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
    /// The API's address for the <c>api_domain</c> of an answer, which is a host without a scheme; https, unless the token
    /// came from this very machine.
    /// </summary>
    public static Uri? ApiAddress(string? domain, Uri tokenUri)
    {
        if (string.IsNullOrWhiteSpace(domain)) return null;
        var text = domain.Contains("://", StringComparison.Ordinal) ? domain : $"{(tokenUri.IsLoopback ? tokenUri.Scheme : "https")}://{domain}";
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || address.IsLoopback) && address.UserInfo.Length == 0
            ? new Uri(address.GetLeftPart(UriPartial.Authority))
            : null;
    }

    private static Uri AuthorizeAddress(OAuthSettings app, Uri redirect, string state)
    {
        var fields = new List<KeyValuePair<string, string?>>
        {
            new("response_type", "code"), new("client_id", app.ClientId), new("redirect_uri", redirect.OriginalString), new("scope", app.Scope), new("state", state),
        };
        var query = string.Join('&', fields.Where(f => !string.IsNullOrEmpty(f.Value)).Select(f => $"{f.Key}={Uri.EscapeDataString(f.Value!)}"));
        return new UriBuilder(app.AuthorizeUri) { Query = app.AuthorizeUri.Query.Length > 1 ? $"{app.AuthorizeUri.Query[1..]}&{query}" : query }.Uri;
    }

    private static IEnumerable<KeyValuePair<string, string?>> Client(BrightpearlConnection connection, OAuthSettings app, string? secret)
    {
        yield return new("client_id", app.ClientId);
        yield return new("client_secret", secret);
        if (app.TokenUri.AbsolutePath.Equals(DocumentedPath, StringComparison.OrdinalIgnoreCase)) yield return new("account_code", connection.AccountCode);
    }
}
