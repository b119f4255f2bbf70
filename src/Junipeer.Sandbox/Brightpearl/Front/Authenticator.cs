using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Junipeer.Sandbox.Brightpearl.Front;

/// <summary>Whose quota a request uses, and whether it may go on.</summary>
internal readonly record struct Caller(string Pool, string? Refusal, int InstanceId = 0, string? BearerToken = null);

/// <summary>
/// The three ways of an app (https://help.brightpearl.com/hc/en-us/articles/4414311366545): a private app with a staff
/// token, one with an account token, an installed app with a bearer token. One of them; whether the two private tokens may come
/// together is a quirk.
/// </summary>
internal sealed class Authenticator(Tokens tokens, Quirks quirks)
{
    public const string PrivatePool = "private";
    private const string NotAuthenticated = "Not authenticated. You must provide a valid authentication token.";

    public Caller Authenticate(IHeaderDictionary headers, string account)
    {
        string app = One(headers, "brightpearl-app-ref");
        string developer = One(headers, "brightpearl-dev-ref");
        string staff = One(headers, "brightpearl-staff-token");
        string system = One(headers, "brightpearl-account-token");
        string authorization = One(headers, "Authorization");
        bool bearer = authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase);
        string pool = bearer ? "developer " + developer : PrivatePool;
        int kinds = (staff.Length > 0 ? 1 : 0) + (system.Length > 0 ? 1 : 0) + (authorization.Length > 0 ? 1 : 0);
        bool bothPrivate = kinds == 2 && !bearer && authorization.Length == 0 && quirks["twoTokens"] == "accept";
        if (kinds != 1 && !bothPrivate)
        {
            return new Caller(pool, NotAuthenticated);
        }

        if (authorization.Length > 0)
        {
            return bearer ? Bearer(authorization["Bearer ".Length..].Trim(), app, developer, pool, account) : new Caller(pool, NotAuthenticated);
        }

        bool right = account == tokens.Account
            && app == tokens.AppReference
            && (staff.Length == 0 || Same(staff, tokens.StaffToken))
            && (system.Length == 0 || Same(system, tokens.AccountToken) || (Same(system, tokens.StaffToken) && quirks["staffTokenAsAccountToken"] == "accept"));
        return new Caller(pool, right ? null : NotAuthenticated);
    }

    private Caller Bearer(string token, string app, string developer, string pool, string account)
    {
        BearerToken? known = tokens.Find(token);
        if (known is null || account != known.Account)
        {
            // The unknown token is echoed, as recorded.
            return new Caller(pool, "Invalid instance token: " + token);
        }

        if (app != known.AppReference || developer != known.DeveloperReference)
        {
            return new Caller(pool, NotAuthenticated);
        }

        return tokens.IsExpired(known)
            ? new Caller(pool, "Authorization token expired", known.InstanceId, token)
            : new Caller(pool, null, known.InstanceId, token);
    }

    private static string One(IHeaderDictionary headers, string name) => headers.TryGetValue(name, out var values) ? values.ToString() : string.Empty;

    private static bool Same(string a, string b) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b));
}
