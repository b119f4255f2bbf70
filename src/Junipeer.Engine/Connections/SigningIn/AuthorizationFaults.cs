using Junipeer.Operations;

namespace Junipeer.Connections.SigningIn;

/// <summary>What can go wrong in a sign-in. <paramref name="command"/>: the command that begins it again.</summary>
internal sealed class AuthorizationFaults(string system, string connection, string command)
{
    public JunipeerException NotInteractive(string why, Uri? address) => Fault("Junipeer.Authorization.NotInteractive", FaultCategory.InvalidOperation,
        $"A person has to sign in to {system} in a browser, and {why}.",
        (address is null ? string.Empty : $"Open {address.AbsoluteUri} in any browser, sign in, copy the address it ends at, and run the command with it: ") + $"{command} -AuthorizationCode '<code or address>'. Or run it once at a prompt: a saved connection needs nobody afterwards.");

    public JunipeerException PortInUse(Uri redirect, string why) => Fault("Junipeer.Authorization.PortInUse", FaultCategory.ResourceBusy,
        $"Port {redirect.Port} of this machine, which the redirect address {redirect.OriginalString} names, cannot be listened on: {why}",
        $"End the program that uses the port, register another redirect address for the app and give it to -RedirectUri, or paste the code: {command} -NoBrowser");

    public JunipeerException TimedOut(TimeSpan limit) => Fault("Junipeer.Authorization.TimedOut", FaultCategory.OperationTimeout,
        $"Nobody finished the sign-in to {system} within {(limit.TotalMinutes >= 2 ? $"{limit.TotalMinutes:0.#} minutes" : $"{limit.TotalSeconds:0} seconds")}.", $"Run the command again: {command}");

    public JunipeerException StateMismatch() => Fault("Junipeer.Authorization.StateMismatch", FaultCategory.PermissionDenied,
        "The answer of the sign-in does not carry the state this command sent: it belongs to another sign-in, or somebody forged it. It was not used.",
        $"Close old sign-in pages and run the command again: {command}");

    public JunipeerException Denied(string error, string? description) => Fault("Junipeer.Authorization.Denied", FaultCategory.PermissionDenied,
        error == "access_denied" ? $"The access asked for was refused on {system}'s page.{Said(description)}" : $"{system} ended the sign-in with '{error}'.{Said(description)}",
        $"Sign in as somebody who may install the app in this account, and allow it: {command}");

    public JunipeerException NoCode() => Fault("Junipeer.Authorization.NoCode", FaultCategory.InvalidArgument,
        "There is no authorization code in what was given: neither a code nor an address with 'code=' in it.",
        $"Copy the whole address the browser ended at after the sign-in: {command} -AuthorizationCode '<address>'");

    public JunipeerException Refused(TokenRefusedException refused, bool hasSecret) => refused.Error switch
    {
        "invalid_client" when !hasSecret => Fault("Junipeer.Authorization.ClientSecretMissing", FaultCategory.AuthenticationError,
            $"{system} did not accept the app without a client secret: it is a confidential app, or there is no app of that client id.",
            $"Give the client secret of the app: {command} -ClientSecret (Read-Host -AsSecureString)", refused),
        "invalid_client" => Fault("Junipeer.Authorization.ClientRefused", FaultCategory.AuthenticationError,
            $"{system} does not know an app of that client id with that client secret.",
            $"Copy both again from the app in the developer account: {command} -ClientSecret (Read-Host -AsSecureString)", refused),
        "invalid_grant" when refused.Description?.Contains("redirect", StringComparison.OrdinalIgnoreCase) == true => Fault("Junipeer.Authorization.RedirectMismatch", FaultCategory.InvalidArgument,
            $"{system} says that the redirect address is not the one the code was asked for with.{Said(refused.Description)}",
            $"Give the redirect address exactly as it is registered for the app: {command} -RedirectUri <address>", refused),
        "invalid_grant" => Fault("Junipeer.Authorization.CodeRefused", FaultCategory.AuthenticationError,
            $"{system} did not accept the authorization code: it was used before, or its short time is over.{Said(refused.Description)}",
            $"Sign in again for a fresh code, and use it at once: {command}", refused),
        _ => Fault("Junipeer.Authorization.Refused", FaultCategory.AuthenticationError,
            $"{system} refused the sign-in ({refused.Error}).{Said(refused.Description)}", $"Check the app in the developer account, then run the command again: {command}", refused),
    };

    private static string Said(string? description) => string.IsNullOrWhiteSpace(description) ? string.Empty : $" It said: {description.TrimEnd('.')}.";

    private JunipeerException Fault(string id, FaultCategory category, string message, string fix, TokenRefusedException? cause = null) => new(new JunipeerFault(id, category, message, fix)
    {
        Target = connection,
        System = system,
        StatusCode = cause?.Status,
        ErrorCode = cause?.Error,
    });
}
