using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Junipeer.Operations;

namespace Junipeer.Http;

/// <summary>Words for what goes wrong between this machine and a system.</summary>
internal static class TransportFaults
{
    /// <summary>What an exception of an attempt means, and whether to try again.</summary>
    public static AttemptFailedException From(Exception error, ApiCall call, SystemDialect dialect, HttpOptions options, bool timedOut, bool knownGood)
    {
        var host = call.Address.IsDefaultPort ? call.Address.Host : $"{call.Address.Host}:{call.Address.Port}";
        var outage = call.IsRepeatable ? RetryKind.Outage : RetryKind.Never;
        var beforeSending = knownGood ? RetryKind.Outage : RetryKind.Once;
        var test = $"Run Test-JunipeerConnection -Connection '{dialect.Connection}' to see which part of the way fails.";

        if (timedOut)
        {
            var fault = Fault("Junipeer.Connection.Timeout", FaultCategory.OperationTimeout,
                $"{host} did not answer {call.Method} {call.Path} in full within {options.AttemptTimeout.TotalSeconds:0.#} seconds.{Unsure()}",
                "Ask for less at a time (fewer ids, a narrower filter), or try again later.");
            return new(fault with { IsTransient = call.IsRepeatable }, outage);
        }

        if (error is OperationCanceledException)
        {
            return new(Unreachable($"{host} could not be reached within {options.ConnectTimeout.TotalSeconds:0.#} seconds.",
                $"Check that a firewall or proxy lets this machine connect to {host}. {test}"), beforeSending);
        }

        if (error is BodyTooLargeException)
        {
            return new(Fault("Junipeer.Response.TooLarge", FaultCategory.LimitsExceeded,
                $"The answer of {host} to {call.Method} {call.Path} has more than {options.MostBytes / (1024 * 1024)} MB.",
                "Ask for fewer ids or a smaller page."), RetryKind.Never);
        }

        if (Find<AuthenticationException>(error) is { } tls) return FromTls(tls);
        switch ((error as HttpRequestException)?.HttpRequestError)
        {
            case HttpRequestError.NameResolutionError:
                var unknown = dialect.ExplainUnknownHost(call.Address);
                return new((unknown ?? Unreachable($"The host name {call.Address.Host} cannot be resolved.",
                    $"Check the spelling of the host and this machine's name resolution (Resolve-DnsName {call.Address.Host}), or the proxy settings.")) with { Cause = error },
                    unknown is null ? beforeSending : RetryKind.Never);
            case HttpRequestError.ConnectionError:
                var socket = Find<SocketException>(error);
                return new(Unreachable(
                    socket?.SocketErrorCode == SocketError.ConnectionRefused ? $"{host} refuses connections." : $"No connection to {host}: {Reason(error)}.",
                    $"Check the address and port, and that a firewall or proxy lets this machine connect to {host}. {test}"), beforeSending);
            case HttpRequestError.ProxyTunnelError:
                return new(Unreachable($"The proxy lets no connection through to {host}: {Reason(error)}.",
                    "Check the proxy (variables HTTPS_PROXY and NO_PROXY, or the system's proxy settings) and its credentials."), beforeSending);
            case HttpRequestError.SecureConnectionError:
                return FromTls(error);
        }

        return new(Fault("Junipeer.Connection.Dropped", FaultCategory.ConnectionError,
            $"The connection to {host} broke before the answer to {call.Method} {call.Path} was complete: {Reason(error)}.{Unsure()}",
            call.IsRepeatable ? $"Try again. {test}" : "Look whether the change was made before you repeat it.") with { IsTransient = call.IsRepeatable }, outage);

        AttemptFailedException FromTls(Exception cause)
        {
            // A broken handshake is an outage; a refused certificate stays refused.
            var broken = cause is not AuthenticationException || cause.InnerException is IOException;
            return new(Fault("Junipeer.Connection.Tls", FaultCategory.ConnectionError,
                $"No secure connection to {host}: {Reason(cause)}.",
                $"Check that the address is right, that this machine's clock and root certificates are up to date, and that no proxy replaces the certificate of {host}. {test}") with { IsTransient = broken },
                broken ? beforeSending : RetryKind.Never);
        }

        JunipeerFault Unreachable(string message, string fix) =>
            Fault("Junipeer.Connection.Unreachable", FaultCategory.ConnectionError, message, fix) with { IsTransient = true };

        JunipeerFault Fault(string id, FaultCategory category, string message, string fix) => new(id, category, message, fix)
        {
            Target = call.Path,
            System = dialect.System,
            Cause = error,
        };

        string Unsure() => call.IsRepeatable ? string.Empty : " Whether the call was carried out is not known.";
    }

    /// <summary>True when the request never left this machine, so that it cannot have been counted.</summary>
    public static bool NeverSent(Exception error) =>
        (error as HttpRequestException)?.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;

    /// <summary>The innermost message says most.</summary>
    private static string Reason(Exception error)
    {
        while (error.InnerException is { } inner) error = inner;
        return error.Message.TrimEnd('.', ' ');
    }

    private static T? Find<T>(Exception error)
        where T : Exception
    {
        for (Exception? at = error; at is not null; at = at.InnerException)
        {
            if (at is T found) return found;
        }

        return null;
    }
}
