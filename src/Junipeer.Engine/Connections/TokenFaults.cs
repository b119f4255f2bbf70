using System.Globalization;
using Junipeer.Operations;

namespace Junipeer.Connections;

/// <summary>What can be wrong with a connection's secret and its renewal. <paramref name="connect"/>: the command that connects again.</summary>
internal sealed class TokenFaults(JunipeerConnection connection, string connect)
{
    public JunipeerException Missing(string what) => Fault("Junipeer.Authentication.SecretMissing", FaultCategory.AuthenticationError,
        $"The connection '{connection.Name}' {what}.", $"Connect again: {connect}");

    public JunipeerException Unreadable() => Fault("Junipeer.Token.Unreadable", FaultCategory.InvalidData,
        $"The secret '{connection.SecretReference.Name}' of '{connection.Name}' ({connection.SecretReference}) is neither a token nor in a format this version reads.",
        $"Update the module if a newer one saved it; otherwise connect again: {connect}");

    public JunipeerException Expired(DateTimeOffset? at, string why) => Fault("Junipeer.Token.Expired", FaultCategory.AuthenticationError,
        $"The access token of '{connection.Name}' has ended{At(at)}, and {why}.",
        connection.IsReadOnly
            ? $"Renew the tokens where they come from, or give renewed ones a place with -Vault or -OnTokenChanged: {connect}"
            : $"Connect again: {connect}");

    public JunipeerException Refused(TokenRefusedException refused, PendingRefresh? interrupted, bool answerLost) => refused.Error switch
    {
        "invalid_client" => Fault("Junipeer.Authorization.ClientRefused", FaultCategory.AuthenticationError,
            $"{connection.System} does not know the app of '{connection.Name}', or its client secret is not the right one any more.",
            $"Check client id and secret in the developer account, then connect again: {connect}", refused),
        "invalid_grant" when answerLost || interrupted is not null => Fault("Junipeer.Token.RefreshInterrupted", FaultCategory.AuthenticationError,
            answerLost
                ? $"The tokens of '{connection.Name}' were being renewed when the connection broke: {connection.System} renewed them, its answer never arrived, and the old refresh token is used up."
                : $"The tokens of '{connection.Name}' were being renewed at {Time(interrupted!.StartedAt)} by process {interrupted.Process} on {interrupted.Machine}, which ended before it could save the new ones; {connection.System} takes the old refresh token no more.",
            $"Connect once more, nothing else is lost: {connect}", refused),
        "invalid_grant" when refused.Subtype == "invalid_rapt" => Fault("Junipeer.Token.SessionEnded", FaultCategory.AuthenticationError,
            $"The organisation's session policy ended the sign-in of '{connection.Name}'; {connection.System} wants the person back every few hours.",
            $"Connect again: {connect}. For scheduled runs use a service account, which no session policy ends.", refused),
        "invalid_grant" => Fault("Junipeer.Token.RefreshRefused", FaultCategory.AuthenticationError,
            $"{connection.System} takes the refresh token of '{connection.Name}' no more: it has ended, was revoked, or another program used it up.{Said(refused)}",
            $"Connect again: {connect}", refused),
        _ => Fault("Junipeer.Token.RefreshRefused", FaultCategory.AuthenticationError,
            $"{connection.System} refused to renew the tokens of '{connection.Name}' ({refused.Error}).{Said(refused)}",
            $"Check the app in the developer account, then connect again: {connect}", refused),
    };

    public JunipeerException Busy(TimeSpan waited) => Fault("Junipeer.Token.RefreshBusy", FaultCategory.ResourceBusy,
        $"Another process has been renewing the tokens of '{connection.Name}' for more than {waited.TotalSeconds:0} s.",
        "End the process that hangs (Get-Process pwsh), then run the command again.");

    /// <summary>Nothing was sent: the old tokens stay good.</summary>
    public JunipeerException CannotStore(JunipeerException cause) => Fault("Junipeer.Token.CannotStore", cause.Fault.Category,
        $"The tokens of '{connection.Name}' are due, but cannot be renewed, because new ones could not be saved in the {connection.SecretReference}: {cause.Fault.Message} Nothing was sent, so the saved tokens stay good.",
        cause.Fault.RecommendedAction, cause);

    public JunipeerException NotStored(JunipeerException cause) => Fault("Junipeer.Token.NotStored", cause.Fault.Category,
        $"The tokens of '{connection.Name}' were renewed, but could not be saved in the {connection.SecretReference}: {cause.Fault.Message} This process keeps them and saves them with its next command; if it ends before, they are lost.",
        $"{cause.Fault.RecommendedAction.TrimEnd('.')}, then run the command again in this same session.", cause);

    public JunipeerException OtherUser() => StoreFaults.OtherUser($"The connection '{connection.Name}'", connection.SavedBy!, connect);

    private static string At(DateTimeOffset? at) => at is { } t ? $" at {Time(t)}" : string.Empty;

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Said(TokenRefusedException refused) => string.IsNullOrWhiteSpace(refused.Description) ? string.Empty : $" It said: {refused.Description.TrimEnd('.')}.";

    private JunipeerException Fault(string id, FaultCategory category, string message, string fix, Exception? cause = null) => new(new JunipeerFault(id, category, message, fix)
    {
        Target = connection.Name,
        System = connection.System,
        StatusCode = (cause as TokenRefusedException)?.Status,
        ErrorCode = (cause as TokenRefusedException)?.Error,
        Cause = cause is JunipeerException ? cause : null,
    });
}
