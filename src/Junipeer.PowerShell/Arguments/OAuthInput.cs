using Junipeer.Connections;
using Junipeer.Operations;

namespace Junipeer.PowerShell.Arguments;

/// <summary>Checks the addresses of a sign-in, before a secret can go to the wrong place.</summary>
internal static class OAuthInput
{
    /// <summary>An address secrets are sent to, or the browser is.</summary>
    public static Uri Endpoint(Uri address, string parameter)
    {
        if (!address.IsAbsoluteUri || address.Scheme is not ("https" or "http") || address.Fragment.Length > 0 || address.UserInfo.Length > 0)
            throw Fault("Junipeer.Connection.BadAddress", $"'{address.OriginalString}' is not an address that begins with https://.", $"Give the whole address to -{parameter}.", address);
        return address.Scheme == "https" || address.IsLoopback
            ? address
            : throw Fault("Junipeer.Connection.InsecureAddress", $"'{address.OriginalString}' would carry secrets in clear text over the network.", $"Give an https address to -{parameter}; plain http is for this machine only.", address);
    }

    /// <summary>The address the browser comes back to.</summary>
    public static Uri Redirect(Uri address) => address.IsAbsoluteUri && address.Fragment.Length == 0
        ? address
        : throw Fault("Junipeer.Connection.BadAddress", $"'{address.OriginalString}' cannot be a redirect address.", "Give the address exactly as it is registered for the app, for example -RedirectUri http://127.0.0.1:53682/callback", address);

    private static JunipeerException Fault(string id, string message, string action, Uri target) =>
        new(new JunipeerFault(id, FaultCategory.InvalidArgument, message, action) { Target = target.OriginalString });
}
