using Junipeer.Operations;

namespace Junipeer.Connections.Checks;

/// <summary>Writes down how checks of one connection ended.</summary>
internal sealed class CheckMaker(JunipeerConnection connection)
{
    public ConnectionCheck Passed(string check, string detail, TimeSpan took = default) => Make(check, CheckStatus.Passed, detail, took);

    public ConnectionCheck Failed(string check, JunipeerFault fault, TimeSpan took = default) =>
        Make(check, CheckStatus.Failed, fault.Message, took) with { Cause = fault.Message, Fix = fault.RecommendedAction, ErrorId = fault.Id };

    public ConnectionCheck Warning(string check, string detail, string cause, string fix, string? errorId = null, TimeSpan took = default) =>
        Make(check, CheckStatus.Warning, detail, took) with { Cause = cause, Fix = fix, ErrorId = errorId };

    public IEnumerable<ConnectionCheck> Skipped(string why, params string[] checks) => checks.Select(check => Make(check, CheckStatus.Skipped, $"Not tried: {why}.", default));

    public ConnectionCheck Make(string check, CheckStatus status, string detail, TimeSpan took) => new()
    {
        Connection = connection.Name,
        System = connection.System,
        Check = check,
        Status = status,
        Detail = detail,
        Duration = took,
    };
}
