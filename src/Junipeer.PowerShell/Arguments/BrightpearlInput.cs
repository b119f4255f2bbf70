using System.Management.Automation;
using System.Security;
using System.Text.RegularExpressions;
using Junipeer.Connections;
using Junipeer.Operations;

namespace Junipeer.PowerShell.Arguments;

/// <summary>Checks what users give to connect with, before a secret can go to the wrong place.</summary>
internal static partial class BrightpearlInput
{
    public static string Account(string account) => AccountCode().IsMatch(account)
        ? account
        : throw Fault("Junipeer.Connection.BadAccount", $"'{account}' is not an account code: it has letters, digits, '-' and '_' only.",
            "Give the account code used at login, not a name or an address: Connect-Brightpearl -Account mycompany.", account);

    public static string Name(string name) => name.Length > 0 && name.Trim() == name && !WildcardPattern.ContainsWildcardCharacters(name)
        ? name
        : throw Fault("Junipeer.Connection.BadName", $"'{name}' cannot name a connection: it is empty, begins or ends with white space, or has a wildcard character.",
            "Give a name of letters and digits to -Name, or leave it out to use the account code.", name);

    public static string AppReference(string reference) => Printable().IsMatch(reference)
        ? reference
        : throw Fault("Junipeer.Connection.BadAppReference", $"'{reference}' is not an app reference: it is empty or has white space or special characters.",
            "Copy the reference of the private app from Brightpearl's App Store, Private apps, and give it to -AppReference.", reference);

    /// <summary>The address of the data centre or the one given; exactly one of them.</summary>
    public static Uri Address(string? dataCenter, Uri? baseUri)
    {
        const string Advice = "Give -DataCenter euw1 or -DataCenter use1 (the first part of the web application's address), or -BaseUri https://euw1.brightpearlconnect.com.";
        if (dataCenter is null == baseUri is null)
        {
            throw Fault("Junipeer.Connection.BadAddress", dataCenter is null ? "Neither a data centre nor a base address was given." : "A data centre and a base address were both given.", Advice, baseUri);
        }

        if (baseUri is null)
        {
            return DataCenterCode().IsMatch(dataCenter!)
                ? BrightpearlConnection.AddressOf(dataCenter!.ToLowerInvariant())
                : throw Fault("Junipeer.Connection.BadAddress", $"'{dataCenter}' is not a data centre: it has letters and digits only.", Advice, dataCenter);
        }

        if (!baseUri.IsAbsoluteUri || baseUri.Scheme is not ("https" or "http") || baseUri.Host.Length == 0)
            throw Fault("Junipeer.Connection.BadAddress", $"'{Shown(baseUri)}' is not an address that begins with https://.", Advice, Shown(baseUri));
        if (baseUri.AbsolutePath != "/" || baseUri.Query.Length > 0 || baseUri.Fragment.Length > 0 || baseUri.UserInfo.Length > 0)
            throw Fault("Junipeer.Connection.BadAddress", $"The base address '{Shown(baseUri)}' has more than a host and a port.", Advice, Shown(baseUri));
        if (baseUri.Scheme == "http" && !baseUri.IsLoopback)
        {
            throw Fault("Junipeer.Connection.InsecureAddress", $"'{Shown(baseUri)}' would send the token in clear text over the network.",
                $"Use https://{baseUri.Authority}; plain http is for this machine only.", Shown(baseUri));
        }

        return baseUri;
    }

    /// <summary>The token, unless it can be seen that it is none.</summary>
    public static SecureString Token(SecureString token, string parameter)
    {
        if (SecretText.IsBlank(token))
        {
            throw Fault("Junipeer.Authentication.SecretMissing", $"The token given to -{parameter} is empty.",
                $"Run Connect-Brightpearl again with -{parameter} (Read-Host -AsSecureString) and paste the token.", parameter, FaultCategory.AuthenticationError);
        }

        return SecretText.IsPrintable(token)
            ? token
            : throw Fault("Junipeer.Authentication.BadSecret", $"The token given to -{parameter} has characters no token holds.",
                "Copy the token again from Brightpearl's App Store, Private apps; take the token alone.", parameter, FaultCategory.AuthenticationError);
    }

    /// <summary>An address without the user and password somebody may have put into it.</summary>
    private static string Shown(Uri address) =>
        address.IsAbsoluteUri ? address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) : address.OriginalString;

    private static JunipeerException Fault(string id, string message, string action, object? target, FaultCategory category = FaultCategory.InvalidArgument) =>
        new(new JunipeerFault(id, category, message, action) { Target = target, System = "Brightpearl" });

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_-]*\\z", RegexOptions.CultureInvariant)]
    private static partial Regex AccountCode();

    [GeneratedRegex("^[A-Za-z0-9]+\\z", RegexOptions.CultureInvariant)]
    private static partial Regex DataCenterCode();

    [GeneratedRegex("^[!-~]+\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Printable();
}
