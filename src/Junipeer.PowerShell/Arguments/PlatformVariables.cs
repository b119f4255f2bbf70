using System.Globalization;
using System.Security;
using Junipeer.Operations;

namespace Junipeer.PowerShell.Arguments;

/// <summary>
/// The variables in which an integration platform hands secrets to a job: <c>PAN_SEC_BRIGHTPEARL-STAFF_TOKEN</c> and
/// <c>PAN_SEC_BRIGHTPEARL-OAUTH_...</c> (https://docs.pandium.com). Shells that cannot set a name with a hyphen use an
/// underscore in its place.
/// </summary>
internal static class PlatformVariables
{
    private const string Prefix = "PAN_SEC_BRIGHTPEARL-";

    public static string? Account => Read("OAUTH_ACCOUNT");

    public static string? ApiDomain => Read("OAUTH_API_DOMAIN");

    public static string? InstallationId => Read("OAUTH_INSTALLATION_INSTANCE_ID");

    public static SecureString? StaffToken => Secret("STAFF_TOKEN");

    public static SecureString? AccessToken => Secret("OAUTH_ACCESS_TOKEN");

    public static SecureString? RefreshToken => Secret("OAUTH_REFRESH_TOKEN");

    /// <summary>The end of the access token, a Unix time in seconds or milliseconds or an instant as text; null when not told.</summary>
    public static DateTimeOffset? ExpiresAt
    {
        get
        {
            if (Read("OAUTH_EXPIRES_AT") is not { } text) return null;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
                return number is > 0 and < 1e14 ? DateTimeOffset.FromUnixTimeMilliseconds((long)(number < 1e11 ? number * 1000 : number)) : null;
            return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant) ? instant : null;
        }
    }

    /// <summary>The fault for variables that hold nothing to connect with.</summary>
    public static JunipeerException Missing() => new(new JunipeerFault(
        "Junipeer.Connection.EnvironmentEmpty",
        FaultCategory.ObjectNotFound,
        $"Neither {Prefix}STAFF_TOKEN nor {Prefix}OAUTH_ACCESS_TOKEN is set in this process, with a hyphen or an underscore after BRIGHTPEARL.",
        "Set the variables for this job in the platform that starts it, or connect with -StaffToken.") { System = "Brightpearl" });

    private static string? Read(string name)
    {
        var full = Prefix + name;
        var value = Environment.GetEnvironmentVariable(full) is { Length: > 0 } exact ? exact : Environment.GetEnvironmentVariable(full.Replace('-', '_'));
        return string.IsNullOrWhiteSpace(value) ? null : value.Trim();
    }

    private static SecureString? Secret(string name)
    {
        if (Read(name) is not { } text) return null;
        var secret = new SecureString();
        foreach (var c in text) secret.AppendChar(c);
        secret.MakeReadOnly();
        return secret;
    }
}
