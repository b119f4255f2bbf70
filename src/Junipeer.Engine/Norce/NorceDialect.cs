using System.Globalization;
using Junipeer.Connections;
using Junipeer.Http;
using Junipeer.Operations;

namespace Junipeer.Norce;

/// <summary>How Norce authenticates and says no (https://docs.norce.io/developer-portal/app-development/calling-norce-services).</summary>
internal sealed class NorceDialect(NorceConnection connection, TokenKeeper token) : SystemDialect
{
    /// <summary>The first pause where an answer of 429 names none; it doubles as long as they go on.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);

    private readonly NorceFaults _faults = new(connection);

    public override string System => connection.System;

    public override string Connection => connection.Name;

    public override JunipeerFault? ExplainUnknownHost(Uri address) => _faults.UnknownHost(address);

    public override int SecretVersion => token.Version;

    public override ValueTask PrepareAsync(IOperationSink sink, CancellationToken stop) => token.PrepareAsync(sink, stop);

    public override Task<bool> RenewAsync(int refused, IOperationSink sink, CancellationToken stop) => token.RenewAsync(refused, sink, stop);

    /// <summary>Every family takes <c>application-id</c>, and Query answers 500 without it; Management wants the account too.</summary>
    public override void Authenticate(HttpRequestMessage request)
    {
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token.Reveal());
        if (!request.Headers.Contains("application-id")) request.Headers.TryAddWithoutValidation("application-id", connection.ApplicationId.ToString(CultureInfo.InvariantCulture));
        if (connection.AccountId > 0 && request.RequestUri!.AbsolutePath.StartsWith("/commerce/management/", StringComparison.OrdinalIgnoreCase))
            request.Headers.TryAddWithoutValidation("account-id", connection.AccountId.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Norce tells nothing of its limits but when they are reached.</summary>
    public override QuotaReading? ReadQuota(HttpResponseMessage response)
    {
        if ((int)response.StatusCode != 429) return null;
        var told = response.Headers.RetryAfter?.Delta ?? response.Headers.RetryAfter?.Date - DateTimeOffset.UtcNow;
        return new QuotaReading(0, told is { } wait && wait > TimeSpan.Zero ? wait : FirstPause);
    }

    public override string? ReadRequestId(HttpResponseMessage response)
    {
        foreach (var name in new[] { "request-id", "x-request-id", "x-correlation-id", "traceparent" })
        {
            if (response.Headers.NonValidated.TryGetValues(name, out var values)) return values.ToString();
        }

        return null;
    }

    public override Verdict Judge(ApiCall call, HttpResponseMessage response, ReadOnlyMemory<byte> body, bool knownGood)
    {
        var status = (int)response.StatusCode;
        var said = new NorceError(response, body);
        var answer = new NorceAnswer(call, status, ReadRequestId(response), said);
        switch (status)
        {
            case >= 200 and < 300 when said.IsHtml: return knownGood ? new(VerdictKind.Outage, _faults.Unavailable(answer)) : new(VerdictKind.Refused, _faults.NotNorce(answer));
            case >= 200 and < 300: return new(VerdictKind.Success);
            case >= 300 and < 400: return new(VerdictKind.Refused, _faults.Redirected(answer, response.Headers.Location));
            case 401: return new(VerdictKind.Refused, _faults.NotAuthenticated(answer));
            case 403: return new(VerdictKind.Refused, _faults.Forbidden(answer));
            case 404 or 405 when said.IsHtml && !knownGood: return new(VerdictKind.Refused, _faults.NotNorce(answer));
            case 404: return new(VerdictKind.Refused, _faults.NotFound(answer));
            case 413: return new(VerdictKind.Refused, _faults.TooLarge(answer));
            case 429: return new(VerdictKind.Throttled, _faults.Throttled(answer), NotExecuted: true);
            case 408 or >= 500: return new(VerdictKind.Outage, _faults.Unavailable(answer));
            default: return new(VerdictKind.Refused, _faults.Refused(answer));
        }
    }
}
