using System.Net;
using System.Text.Json;
using Google.Apis.Auth.OAuth2.Responses;
using Junipeer.Connections;
using Junipeer.Operations;

namespace Junipeer.BigQuery;

/// <summary>What the API says went wrong: the reason decides, not the status (https://docs.cloud.google.com/bigquery/docs/error-messages).</summary>
internal sealed record ApiError(int Status, string Reason, string Message)
{
    /// <summary>Reads an answer; one that is no JSON comes from something on the way.</summary>
    public static ApiError Read(HttpStatusCode status, ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            var error = document.RootElement.GetProperty("error");
            var message = error.TryGetProperty("message", out var text) ? text.GetString() ?? string.Empty : string.Empty;
            var reason = error.TryGetProperty("errors", out var all) && all.ValueKind == JsonValueKind.Array && all.GetArrayLength() > 0 && all[0].TryGetProperty("reason", out var first) ? first.GetString() : null;
            return new ApiError((int)status, reason ?? Default(status), message);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new ApiError((int)status, Default(status), string.Empty);
        }
    }

    /// <summary>True when the same call may succeed in a moment. After a job was sent its outcome is unknown; its id makes the repetition harmless.</summary>
    public bool IsPassing => Reason is "backendError" or "internalError" or "rateLimitExceeded" or "badGateway" or "tableUnavailable" || Status is 429 or 502 or 503 or 504;

    /// <summary>True when a job that ended so may succeed under a new id.</summary>
    public bool IsJobPassing => Reason is "jobBackendError" or "jobInternalError" or "jobRateLimitExceeded" or "backendError" or "internalError" or "rateLimitExceeded" or "tableUnavailable"
        || IsConcurrentUpdate;

    /// <summary>Another transaction changed the same table; everything was rolled back.</summary>
    public bool IsConcurrentUpdate => Message.Contains("concurrent update", StringComparison.OrdinalIgnoreCase) || Message.Contains("could not serialize", StringComparison.OrdinalIgnoreCase);

    private static string Default(HttpStatusCode status) => (int)status switch
    {
        401 => "authError",
        403 => "accessDenied",
        404 => "notFound",
        409 => "duplicate",
        412 => "conditionNotMet",
        429 => "rateLimitExceeded",
        >= 500 => "backendError",
        _ => "invalid",
    };
}

/// <summary>The faults an error of BigQuery stands for, each with the command that mends it.</summary>
internal sealed class BigQueryFaults(BigQueryConnection connection)
{
    public JunipeerException From(ApiError error, string what, string? requestId = null) => new((error.Reason switch
    {
        "authError" or "authRequired" => Fault("Junipeer.Authentication.Failed", FaultCategory.AuthenticationError,
            $"Google did not accept the credential of '{connection.Name}' ({connection.Kind}).", $"Connect again: {BigQuerySignIn.CommandFor(connection)}", error),
        "accessDenied" or "forbidden" or "insufficientPermissions" => Fault("Junipeer.Authentication.Forbidden", FaultCategory.PermissionDenied,
            $"{connection.Principal ?? "The credential"} may not {what}.",
            "Give it the roles BigQuery Data Editor on the dataset and BigQuery Job User on the project, then run the command again.", error),
        "billingNotEnabled" => Fault("Junipeer.BigQuery.BillingNotEnabled", FaultCategory.PermissionDenied,
            $"The project {connection.Project} has no billing account; without one BigQuery changes no rows.", "Link a billing account to the project in Google Cloud's console (Billing).", error),
        "notFound" => Fault("Junipeer.BigQuery.NotFound", FaultCategory.ObjectNotFound,
            $"BigQuery found nothing to {what}. The name is wrong, or the place: this connection works in {connection.Location ?? "a location not yet known"}.",
            "Check project, dataset and location: Get-BigQueryDataset lists what there is.", error),
        "duplicate" => Fault("Junipeer.BigQuery.Exists", FaultCategory.InvalidOperation, $"It exists already: {what}.", "Choose another name.", error),
        "quotaExceeded" => Fault("Junipeer.BigQuery.QuotaExceeded", FaultCategory.LimitsExceeded,
            $"A quota of the project {connection.Project} is used up ({what}).", "Run the command again later; Google Cloud's console (IAM, Quotas) shows which one.", error) with { IsTransient = true },
        "rateLimitExceeded" => Fault("Junipeer.BigQuery.RateLimited", FaultCategory.LimitsExceeded, $"BigQuery took no more calls to {what}, through every retry.", "Run the command again in a few minutes.", error) with { IsTransient = true },
        "bytesBilledLimitExceeded" => Fault("Junipeer.BigQuery.TooManyBytes", FaultCategory.LimitsExceeded,
            $"The query would be billed for more bytes than -MaximumBytesBilled allows.", "See what it reads with -DryRun; raise -MaximumBytesBilled, or read fewer columns or partitions.", error),
        "invalidQuery" or "parseError" => Fault("Junipeer.Query.Invalid", FaultCategory.InvalidArgument, $"BigQuery cannot {what}.", "Mend the statement as the message says.", error),
        "stopped" => Fault("Junipeer.BigQuery.JobCancelled", FaultCategory.InvalidOperation, $"The job to {what} was cancelled.", "Run the command again.", error),
        "backendError" or "internalError" or "badGateway" or "jobBackendError" or "jobInternalError" or "tableUnavailable" => Fault("Junipeer.Service.Unavailable", FaultCategory.ResourceUnavailable,
            $"BigQuery failed to {what}, through every retry.", "Run the command again later; https://status.cloud.google.com tells of known outages.", error) with { IsTransient = true },
        _ => Fault("Junipeer.BigQuery.Refused", FaultCategory.InvalidData, $"BigQuery refused to {what} ({error.Reason}).", "Mend it as the message says.", error),
    }) with { RequestId = requestId });

    /// <summary>Google gave no token for a machine's identity. An assertion is good for an hour by Google's clock, so a wrong clock shows here.</summary>
    public JunipeerException TokenRefused(TokenResponseException refused)
    {
        var said = refused.Error?.ErrorDescription is { Length: > 0 } text ? text : refused.Error?.Error ?? $"status {(int?)refused.StatusCode}";
        var isClock = said.Contains("reasonable timeframe", StringComparison.OrdinalIgnoreCase);
        return new JunipeerException(new JunipeerFault("Junipeer.Authentication.Failed", FaultCategory.AuthenticationError,
            $"Google gave no token to '{connection.Name}' ({connection.Kind}). It said: {said.TrimEnd('.')}.",
            isClock ? "Set this machine's clock right, then run the command again: Google takes a proof made by a wrong clock for an old one."
                : $"See in Google Cloud's console whether the account and its key still exist; then connect again: {BigQuerySignIn.CommandFor(connection)}")
        { Target = connection.Name, System = "BigQuery", StatusCode = (int?)refused.StatusCode, ErrorCode = refused.Error?.Error });
    }

    public JunipeerException Unreachable(Exception error, string what) => new(new JunipeerFault("Junipeer.Connection.Unreachable", FaultCategory.ConnectionError,
        $"BigQuery at {connection.BaseUri.Host} could not be reached to {what}: {error.Message}",
        $"Check the network and the proxy of this machine (Test-Connection {connection.BaseUri.Host} -TcpPort {connection.BaseUri.Port}), then run the command again.")
    { Target = connection.Name, System = "BigQuery", IsTransient = true, Cause = error });

    private JunipeerFault Fault(string id, FaultCategory category, string message, string fix, ApiError error) => new(
        id, category, error.Message.Length == 0 ? message : $"{message} It said: {error.Message.TrimEnd('.')}.", fix)
    {
        Target = connection.Name,
        System = "BigQuery",
        StatusCode = error.Status,
        ErrorCode = error.Reason,
    };
}
