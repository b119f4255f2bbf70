using Junipeer.Connections;
using Junipeer.Http;
using Junipeer.Operations;

namespace Junipeer.Norce;

/// <summary>An answer of Norce that is being explained.</summary>
internal readonly record struct NorceAnswer(ApiCall Call, int Status, string? RequestId, NorceError Said)
{
    public string Text => Said.Text.Length == 0 ? string.Empty : $" It said: {Said.Text.TrimEnd('.')}.";
}

/// <summary>The faults an answer of Norce can stand for, each with the command that mends it.</summary>
internal sealed class NorceFaults(NorceConnection connection)
{
    private string Host => connection.BaseUri.IsDefaultPort ? connection.BaseUri.Host : $"{connection.BaseUri.Host}:{connection.BaseUri.Port}";

    private string Test => $"Run Test-JunipeerConnection -Connection '{connection.Name}'";

    /// <summary>A host of the documented pattern that has no address: slug, region or environment is wrong.</summary>
    public JunipeerFault? UnknownHost(Uri address) => !address.Host.EndsWith(".norce.tech", StringComparison.OrdinalIgnoreCase) ? null : Connection(
        "Junipeer.Norce.UnknownTenant", FaultCategory.InvalidArgument,
        $"There is no host {address.Host}: the tenant '{connection.Tenant}', the region or the environment {connection.Environment} is not right.",
        "Look at the address of the admin site: https://<tenant>.admin-<region>[.<environment>].norce.tech, and connect again with the same -Tenant, -Region and -Environment.");

    public JunipeerFault NotNorce(NorceAnswer answer) => On(answer, Connection("Junipeer.Norce.NotNorce", FaultCategory.InvalidArgument,
        $"{Host} answered {answer.Status}{(answer.Said.IsHtml ? " with a web page" : string.Empty)}, which the API never does. The address is not that of the API, or something on the way answers in its place.",
        "Check the address: the API's host begins with <tenant>.api-, the admin site's with <tenant>.admin-."));

    public JunipeerFault Redirected(NorceAnswer answer, Uri? location) => On(answer, Connection("Junipeer.Connection.Redirected", FaultCategory.InvalidArgument,
        $"{Host} redirects ({answer.Status}) to {(location is null ? "an address it does not name" : location.IsAbsoluteUri ? location.GetLeftPart(UriPartial.Authority) : "another path")}. The API never does; a redirect is not followed, because it would carry the token along.",
        "Connect again with the API's own address."));

    public JunipeerFault NotAuthenticated(NorceAnswer answer) => On(answer, Connection("Junipeer.Authentication.Failed", FaultCategory.AuthenticationError,
        $"Norce did not accept the token of '{connection.Name}', which was got with the scope '{connection.Scope}'.{answer.Text} The scope is the environment: a token of one is no good on the host of another.",
        $"Check environment and host, then connect again: {NorceSignIn.CommandFor(connection)}"));

    public JunipeerFault Forbidden(NorceAnswer answer) => On(answer, new JunipeerFault("Junipeer.Authentication.Forbidden", FaultCategory.PermissionDenied,
        $"The client '{connection.ClientId}' may not {answer.Call.Method} {PathOf(answer)} as application {connection.ApplicationId}.{answer.Text}",
        "Tick the application, the environment and the API resource on the OAuth user in the admin site (Settings, Users, OAUTH), then run the command again.") { Target = PathOf(answer) });

    public JunipeerFault Throttled(NorceAnswer answer) => On(answer, Connection("Junipeer.Norce.Throttled", FaultCategory.LimitsExceeded,
        $"Norce takes no more calls just now: it answered 429 to {answer.Call.Method} {PathOf(answer)}.{answer.Text}",
        "Run the command again in some minutes, with less beside it.") with { IsTransient = true });

    public JunipeerFault Unavailable(NorceAnswer answer) => On(answer, Connection("Junipeer.Service.Unavailable", FaultCategory.ResourceUnavailable,
        $"Norce is out of order: it answered {answer.Status} to {answer.Call.Method} {PathOf(answer)}.{answer.Text}",
        $"Try again later, or ask for less at a time (fewer expanded sets). {Test} to see when it is back.") with { IsTransient = true });

    public JunipeerFault NotFound(NorceAnswer answer) => On(answer, new JunipeerFault("Junipeer.Resource.NotFound", FaultCategory.ObjectNotFound,
        $"Norce has nothing at {PathOf(answer)}.{answer.Text}", "Check the name; Get-NorceResource lists the sets this tenant has.") { Target = PathOf(answer) });

    public JunipeerFault TooLarge(NorceAnswer answer) => On(answer, new JunipeerFault("Junipeer.Norce.TooLarge", FaultCategory.LimitsExceeded,
        $"The body sent to {PathOf(answer)} is larger than Norce takes ({(answer.Call.Body?.Length ?? 0) / 1024:N0} KB).{answer.Text}",
        "Send fewer rows a job: -JobRows 250, or connect with -Setting @{ JobBytes = 1000000 }.") { Target = PathOf(answer) });

    public JunipeerFault Refused(NorceAnswer answer) => On(answer, new JunipeerFault("Junipeer.Request.Refused", FaultCategory.InvalidArgument,
        $"Norce refused {answer.Call.Method} {PathOf(answer)} ({answer.Status}).{answer.Text}",
        "Mend the call as the message says; Get-NorceResource shows sets, properties and keys.") { Target = PathOf(answer) });

    /// <summary>What a path is named by in messages: filters can be long and can hold personal data.</summary>
    private static string PathOf(NorceAnswer answer) => answer.Call.Path.Split('?')[0];

    private JunipeerFault Connection(string id, FaultCategory category, string message, string fix) => new(id, category, message, fix) { Target = connection.Name, System = connection.System };

    private static JunipeerFault On(NorceAnswer answer, JunipeerFault fault) => fault with
    {
        System = "Norce",
        StatusCode = answer.Status,
        RequestId = answer.RequestId,
        ErrorCode = answer.Said.Code,
    };
}
