using Junipeer.Connections;
using Junipeer.Http;
using Junipeer.Operations;

namespace Junipeer.Brightpearl;

/// <summary>The faults an answer of Brightpearl can stand for, each with the command that mends it.</summary>
internal sealed class BrightpearlClientFaults(BrightpearlConnection connection)
{
    private static readonly string[] DataCenters = ["euw1", "use1"];

    private string Host => connection.BaseUri.IsDefaultPort ? connection.BaseUri.Host : $"{connection.BaseUri.Host}:{connection.BaseUri.Port}";

    private string Test => $"Run Test-JunipeerConnection -Connection '{connection.Name}'";

    /// <summary>The host of a data centre that is not documented and has no address.</summary>
    public JunipeerFault? UnknownDataCenter(Uri address)
    {
        var isConnectHost = address.Host.EndsWith(".brightpearlconnect.com", StringComparison.OrdinalIgnoreCase);
        var center = connection.DataCenter ?? (isConnectHost ? address.Host.Split('.')[0] : null);
        if (center is null || DataCenters.Contains(center, StringComparer.OrdinalIgnoreCase)) return null;
        return Connection("Junipeer.Connection.WrongDataCenter", FaultCategory.InvalidArgument,
            $"There is no host {address.Host}: '{center}' is not one of the documented data centres ({string.Join(", ", DataCenters)}).",
            $"Connect again with the data centre shown in the address of the web application (https://<data centre>.brightpearlapp.com): Connect-Brightpearl -Name '{connection.Name}' -Account {connection.AccountCode} -DataCenter euw1");
    }

    /// <summary>Every path of the account is unknown at this host.</summary>
    public JunipeerFault WrongAccount(JunipeerFault seen) =>
        Connection("Junipeer.Connection.WrongAccount", FaultCategory.ObjectNotFound,
            $"{Host} answers, but knows nothing under the account '{connection.AccountCode}', not even the list every account has. The account code is misspelt, or the account lives in another data centre; the answer does not say which.",
            $"Check both in the address of the web application, then connect again: Connect-Brightpearl -Name '{connection.Name}' -Account <code> -DataCenter <euw1 or use1>") with
        {
            StatusCode = seen.StatusCode,
            RequestId = seen.RequestId,
            ErrorCode = seen.ErrorCode,
        };

    public JunipeerFault NotBrightpearl(Answer answer) => answer.On(
        Connection("Junipeer.Connection.NotBrightpearl", FaultCategory.InvalidArgument,
            $"{Host} answered {answer.Status}{Page(answer)}, but not as Brightpearl's API does: no request id and no quota headers. The address is not that of the API, or something on the way answers in its place.",
            $"Check the address: Connect-Brightpearl -Name '{connection.Name}' -DataCenter <euw1 or use1>, or -BaseUri with the API's own host."));

    public JunipeerFault Redirected(Answer answer, Uri? location) => answer.On(
        Connection("Junipeer.Connection.Redirected", FaultCategory.InvalidArgument,
            $"{Host} redirects ({answer.Status}) to {(location is null ? "an address it does not name" : location.IsAbsoluteUri ? location.GetLeftPart(UriPartial.Authority) : "another path")}. The API never does; a redirect is not followed, because it would carry the token along.",
            $"Connect again with the API's own address: Connect-Brightpearl -Name '{connection.Name}' -DataCenter <euw1 or use1>"));

    public JunipeerFault NotAuthenticated(Answer answer) => answer.On(HasEnded(answer)
        ? new TokenFaults(connection, BrightpearlSignIn.CommandFor(connection)).Expired(null, connection.IsReadOnly
            ? "it comes from a place nothing can be written to, so it is not renewed here"
            : "there is no refresh token to renew it with").Fault
        : Connection("Junipeer.Authentication.Failed", FaultCategory.AuthenticationError,
            $"Brightpearl did not accept the {TokenName} of '{connection.Name}' for the account '{connection.AccountCode}' (sent: brightpearl-app-ref '{connection.AppReference}' and {BrightpearlClientDialect.TokenHeader(connection.Kind)}).{Said(answer)} Token, app reference and account must belong together.",
            connection.Kind == BrightpearlAuthentication.OAuth
                ? $"Check that the app is still installed in the account, then connect again: {BrightpearlSignIn.CommandFor(connection)}"
                : $"Get the token from Brightpearl (App Store > Private apps), then run: {BrightpearlSignIn.CommandFor(connection)}"));

    public JunipeerFault Forbidden(Answer answer) => answer.On(
        new JunipeerFault("Junipeer.Authentication.Forbidden", FaultCategory.PermissionDenied,
            $"The token of '{connection.Name}' is good, but may not {answer.Call.Method} {answer.Call.Path}.{Said(answer)}",
            "Give the private app, or the staff member behind it, the right in Brightpearl, then run the command again.") { Target = answer.Call.Path });

    public JunipeerFault QuotaExhausted(Answer answer) => answer.On(
        Connection("Junipeer.Quota.Exhausted", FaultCategory.LimitsExceeded,
            $"Brightpearl refused {answer.Call.Method} {answer.Call.Path} because the account's calls are used up.{Said(answer)} All private apps of an account share one quota.",
            "Find the app that uses the calls, or run again at a quieter time; -QuotaShare sets how much of the quota this may use.") with { IsTransient = true });

    public JunipeerFault Unavailable(Answer answer) => answer.On(
        Connection("Junipeer.Service.Unavailable", FaultCategory.ResourceUnavailable,
            $"Brightpearl is out of order: it answered {answer.Status} to {answer.Call.Method} {answer.Call.Path}.{Said(answer)}",
            $"Try again later; Brightpearl's status page tells of known outages. {Test} to see when it is back.") with { IsTransient = true });

    public JunipeerFault Edge(Answer answer) => answer.On(
        Connection("Junipeer.Service.EdgeError", FaultCategory.ResourceUnavailable,
            $"The network in front of Brightpearl, not Brightpearl itself, answered {answer.Status}{Page(answer)} to {answer.Call.Method} {answer.Call.Path}.",
            $"Try again later; if it stays so, this machine's address may be blocked there. {Test}") with { IsTransient = true });

    public JunipeerFault NoSuchPath(Answer answer) => answer.On(
        new JunipeerFault("Junipeer.Resource.NotFound", FaultCategory.ObjectNotFound,
            $"Brightpearl has nothing at {answer.Call.Path}.{Said(answer)}",
            "Check service and path; Get-BrightpearlResource lists what there is.") { Target = answer.Call.Path });

    public JunipeerFault NothingFound(Answer answer) => answer.On(
        new JunipeerFault("Junipeer.Record.NotFound", FaultCategory.ObjectNotFound,
            $"Brightpearl found nothing for {answer.Call.Path}.{Said(answer)}",
            "Check the ids; Find-BrightpearlRecord shows which exist.") { Target = answer.Call.Path });

    public JunipeerFault Refused(Answer answer) => answer.On(
        new JunipeerFault("Junipeer.Request.Refused", FaultCategory.InvalidArgument,
            $"Brightpearl refused {answer.Call.Method} {answer.Call.Path} ({answer.Status}{(answer.Said.Code is { } code ? ", " + code : string.Empty)}).{Said(answer)}",
            "Mend the call as the message says; Get-BrightpearlResource shows columns, filters and what can be read.") { Target = answer.Call.Path });

    /// <summary>Brightpearl tells an access token past its end from one it does not know.</summary>
    private bool HasEnded(Answer answer) =>
        connection.Kind == BrightpearlAuthentication.OAuth && answer.Said.Text.Contains("token expired", StringComparison.OrdinalIgnoreCase);

    private string TokenName => connection.Kind switch
    {
        BrightpearlAuthentication.StaffToken => "staff token",
        BrightpearlAuthentication.AccountToken => "account token",
        _ => "access token",
    };

    private static string Said(Answer answer) => answer.Said.Text.Length == 0 ? string.Empty : $" It said: {answer.Said.Text.TrimEnd('.')}.";

    private static string Page(Answer answer) => !answer.Said.IsHtml ? string.Empty : answer.Said.Text.Length == 0 ? " with a web page" : $" with a web page titled '{answer.Said.Text}'";

    private JunipeerFault Connection(string id, FaultCategory category, string message, string fix) => new(id, category, message, fix)
    {
        Target = connection.Name,
        System = connection.System,
    };

    /// <summary>An answer that is being explained.</summary>
    internal readonly record struct Answer(ApiCall Call, int Status, string? RequestId, BrightpearlClientError Said)
    {
        /// <summary>Puts status, request id and error code on a fault.</summary>
        public JunipeerFault On(JunipeerFault fault) => fault with
        {
            System = "Brightpearl",
            StatusCode = Status,
            RequestId = RequestId,
            ErrorCode = Said.Code,
        };
    }
}
