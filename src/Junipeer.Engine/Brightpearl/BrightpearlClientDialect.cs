using System.Globalization;
using System.Net;
using System.Text;
using Junipeer.Connections;
using Junipeer.Http;
using Junipeer.Operations;

namespace Junipeer.Brightpearl;

/// <summary>
/// How Brightpearl authenticates, counts and says no (https://help.brightpearl.com/hc/en-us/articles/212644843-HTTP-status-codes,
/// https://help.brightpearl.com/hc/en-us/articles/212644823-Request-throttling).
/// </summary>
internal sealed class BrightpearlClientDialect(BrightpearlConnection connection, TokenKeeper token) : SystemDialect
{
    /// <summary>The one text that means "quota used up"; a 503 with any other text is an outage.</summary>
    private const string ThrottleText = "too many requests";

    private readonly BrightpearlClientFaults _faults = new(connection);

    public override string System => connection.System;

    public override string Connection => connection.Name;

    /// <summary>The header that carries the token.</summary>
    public static string TokenHeader(BrightpearlAuthentication kind) => kind switch
    {
        BrightpearlAuthentication.OAuth => "Authorization",
        BrightpearlAuthentication.StaffToken => "brightpearl-staff-token",
        _ => "brightpearl-account-token",
    };

    public override JunipeerFault? ExplainUnknownHost(Uri address) => _faults.UnknownDataCenter(address);

    public override int SecretVersion => token.Version;

    public override ValueTask PrepareAsync(IOperationSink sink, CancellationToken stop) => token.PrepareAsync(sink, stop);

    public override Task<bool> RenewAsync(int refused, IOperationSink sink, CancellationToken stop) => token.RenewAsync(refused, sink, stop);

    public override void Authenticate(HttpRequestMessage request)
    {
        request.Headers.TryAddWithoutValidation("brightpearl-app-ref", connection.AppReference);
        if (connection.DeveloperReference is { Length: > 0 } developer) request.Headers.TryAddWithoutValidation("brightpearl-dev-ref", developer);
        var header = TokenHeader(connection.Kind);
        request.Headers.TryAddWithoutValidation(header, header == "Authorization" ? "Bearer " + token.Reveal() : token.Reveal());
    }

    public override QuotaReading? ReadQuota(HttpResponseMessage response)
    {
        if (ReadNumber(response, "brightpearl-requests-remaining") is not { } remaining) return null;
        var period = ReadNumber(response, "brightpearl-next-throttle-period");
        return new QuotaReading((int)Math.Clamp(remaining, 0, 1_000_000), period is { } ms ? TimeSpan.FromMilliseconds(Math.Clamp(ms, 0, 86_400_000)) : null);
    }

    public override string? ReadRequestId(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("ruid", out var values) ? values.ToString() : null;

    public override Verdict Judge(ApiCall call, HttpResponseMessage response, ReadOnlyMemory<byte> body, bool knownGood)
    {
        var status = (int)response.StatusCode;
        var said = new BrightpearlClientError(response, body);
        var answer = new BrightpearlClientFaults.Answer(call, status, ReadRequestId(response), said);
        var isHome = said.Code is not null || IsBrightpearl(response) || (knownGood && !said.IsHtml);
        if (status is >= 200 and < 300) return JudgeSuccess(answer, response, said, knownGood);
        if (status is >= 300 and < 400) return new(VerdictKind.Refused, _faults.Redirected(answer, response.Headers.Location));
        if (status == 429) return new(VerdictKind.Throttled, _faults.QuotaExhausted(answer));
        if (status == 503 && said.Text.Contains(ThrottleText, StringComparison.OrdinalIgnoreCase)) return new(VerdictKind.Throttled, _faults.QuotaExhausted(answer), NotExecuted: true);

        // An error array comes from the system itself and means the call is wrong, whatever the status: a filter that
        // cannot be parsed is a 500.
        if (said.Code is not null) return JudgeCode(call, answer, said, status);
        switch (status)
        {
            case 401 when isHome || said.IsJson: return new(VerdictKind.Refused, _faults.NotAuthenticated(answer));
            case 401: return new(VerdictKind.Refused, _faults.NotBrightpearl(answer));
            case 403 when isHome: return new(VerdictKind.Refused, _faults.Forbidden(answer));
            case 403: return new(VerdictKind.Refused, _faults.Edge(answer) with { IsTransient = false });
            case 404 when isHome: return new(VerdictKind.Refused, _faults.NoSuchPath(answer));
            case 404: return new(VerdictKind.Refused, _faults.NotBrightpearl(answer));
            case 408 or >= 500 when said.IsHtml || status >= 520: return new(VerdictKind.Outage, _faults.Edge(answer));
            case 408 or >= 500: return new(VerdictKind.Outage, _faults.Unavailable(answer));
            default: return new(VerdictKind.Refused, isHome ? _faults.Refused(answer) : _faults.NotBrightpearl(answer));
        }
    }

    private Verdict JudgeSuccess(BrightpearlClientFaults.Answer answer, HttpResponseMessage response, BrightpearlClientError said, bool knownGood)
    {
        if (!said.IsHtml) return new(VerdictKind.Success);

        // The system never answers with a page: either the edge stands in for it, or this is some other web server.
        return knownGood || IsBrightpearl(response) ? new(VerdictKind.Outage, _faults.Edge(answer)) : new(VerdictKind.Refused, _faults.NotBrightpearl(answer));
    }

    private Verdict JudgeCode(ApiCall call, BrightpearlClientFaults.Answer answer, BrightpearlClientError said, int status)
    {
        if (status == 401) return new(VerdictKind.Refused, _faults.NotAuthenticated(answer));
        if (status == 403) return new(VerdictKind.Refused, _faults.Forbidden(answer));
        if (status != 404 || said.Code != "CMNC-404") return new(VerdictKind.Refused, _faults.Refused(answer));
        if (said.Text.StartsWith("Cannot find the resource", StringComparison.OrdinalIgnoreCase)) return new(VerdictKind.Refused, _faults.NoSuchPath(answer));
        return call.Method == HttpMethod.Get || call.Method == HttpMethod.Options
            ? new(VerdictKind.Empty, _faults.NothingFound(answer))
            : new(VerdictKind.Refused, _faults.NothingFound(answer));
    }

    /// <summary>Every answer of the API carries these; its edge, a proxy or another web server does not.</summary>
    private static bool IsBrightpearl(HttpResponseMessage response) =>
        response.Headers.NonValidated.Contains("ruid") || response.Headers.NonValidated.Contains("brightpearl-requests-remaining") || response.Headers.NonValidated.Contains("message-type");

    private static double? ReadNumber(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values)
        && double.TryParse(values.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : null;
}
