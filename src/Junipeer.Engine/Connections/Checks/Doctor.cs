using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Junipeer.BigQuery;
using Junipeer.Brightpearl;
using Junipeer.Http;
using Junipeer.Norce;
using Junipeer.Operations;

namespace Junipeer.Connections.Checks;

/// <summary>
/// Proves a connection, part by part and in the order in which the parts depend on each other: the secret, the name, the
/// certificate, then what the system itself can be asked.
/// </summary>
internal sealed class Doctor
{
    public const string SkewCheck = "ClockSkew";
    private const string NameCheck = "NameResolves";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SkewToMention = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan SkewTooLarge = TimeSpan.FromMinutes(10);

    private readonly JunipeerConnection _connection;
    private readonly ISecretStore _secrets;
    private readonly IOperationSink _sink;
    private readonly HttpOptions _options;
    private readonly CheckMaker _make;

    private Doctor(JunipeerConnection connection, ISecretStore secrets, IOperationSink sink, HttpOptions options)
    {
        (_connection, _secrets, _sink, _options) = (connection, secrets, new QuietSink(sink), options);
        _make = new CheckMaker(connection);
    }

    /// <summary>Runs the checks, with short patience.</summary>
    public static Task<IReadOnlyList<ConnectionCheck>> RunAsync(JunipeerConnection connection, ISecretStore secrets, IOperationSink sink, CancellationToken stop) =>
        RunAsync(connection, secrets, sink, new HttpOptions { AttemptTimeout = Patience, ConnectTimeout = Patience }, stop);

    /// <summary>Runs the checks with other limits.</summary>
    internal static Task<IReadOnlyList<ConnectionCheck>> RunAsync(JunipeerConnection connection, ISecretStore secrets, IOperationSink sink, HttpOptions options, CancellationToken stop) =>
        new Doctor(connection, secrets, sink, options).RunAsync(stop);

    private async Task<IReadOnlyList<ConnectionCheck>> RunAsync(CancellationToken stop)
    {
        IConnectorChecks connector;
        try
        {
            connector = ConnectorOf();
        }
        catch (JunipeerException wrong)
        {
            const string Why = "the address is wrong";
            return [.. _make.Skipped(Why, SecretStoreCheck.Name), _make.Failed(NameCheck, wrong.Fault), .. _make.Skipped(Why, [TlsCheck.Name, .. Order, SkewCheck])];
        }

        await using (connector.ConfigureAwait(false))
        {
            var name = ResolveAsync(connector, stop);
            var tls = TlsCheck.RunAsync(_make, _connection.BaseUri, _options.AttemptTimeout, stop);
            List<ConnectionCheck> checks = [await SecretStoreCheck.RunAsync(_make, _connection, connector.ConnectCommand, _secrets, stop).ConfigureAwait(false), await name.ConfigureAwait(false), await tls.ConfigureAwait(false)];
            if (checks.Find(c => c.Status == CheckStatus.Failed && c.Check != TlsCheck.Name) is { } failed)
            {
                checks.AddRange(_make.Skipped(failed.Check == NameCheck ? "the host has no address" : "there is no secret to send", [.. Order, SkewCheck]));
                return checks;
            }

            checks.AddRange(await connector.AskAsync(stop).ConfigureAwait(false));
            checks.Add(Skew(connector.Clock));
            return checks;
        }
    }

    /// <summary>The checks of the connection's system, in their order.</summary>
    private IReadOnlyList<string> Order => _connection switch
    {
        BrightpearlConnection => BrightpearlChecks.Order,
        BigQueryConnection => BigQueryChecks.Order,
        NorceConnection => NorceChecks.Order,
        _ => throw new NotSupportedException(_connection.System),
    };

    private IConnectorChecks ConnectorOf() => _connection switch
    {
        BrightpearlConnection brightpearl => new BrightpearlChecks(brightpearl, _secrets, _make, _sink, _options),
        BigQueryConnection bigQuery => new BigQueryChecks(bigQuery, _secrets, _make, _sink, _options),
        NorceConnection norce => new NorceChecks(norce, _secrets, _make, _sink, _options),
        _ => throw new NotSupportedException(_connection.System),
    };

    private async Task<ConnectionCheck> ResolveAsync(IConnectorChecks connector, CancellationToken stop)
    {
        var address = _connection.BaseUri;
        var started = Stopwatch.GetTimestamp();
        if (IPAddress.TryParse(address.DnsSafeHost, out _)) return _make.Passed(NameCheck, $"{address.DnsSafeHost} is an address");
        if (HttpClient.DefaultProxy is { } proxy && !proxy.IsBypassed(address) && proxy.GetProxy(address) is { } by)
            return _make.Passed(NameCheck, $"left to the proxy {by.Host}:{by.Port}");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(_options.AttemptTimeout);
        try
        {
            var found = await Dns.GetHostAddressesAsync(address.DnsSafeHost, limit.Token).ConfigureAwait(false);
            return _make.Passed(NameCheck, $"{address.DnsSafeHost} is {string.Join(", ", found.Take(3).Select(a => a.ToString()))}", Stopwatch.GetElapsedTime(started));
        }
        catch (Exception error) when (error is SocketException || (error is OperationCanceledException && !stop.IsCancellationRequested))
        {
            var fault = connector.ExplainUnknownHost() ?? new JunipeerFault(
                "Junipeer.Connection.Unreachable", FaultCategory.ConnectionError,
                $"The host name {address.DnsSafeHost} cannot be resolved.",
                $"Check the spelling of the host and this machine's name resolution (Resolve-DnsName {address.DnsSafeHost}), or the proxy settings.");
            return _make.Failed(NameCheck, fault, Stopwatch.GetElapsedTime(started));
        }
    }

    private ConnectionCheck Skew(ServerClock clock)
    {
        if (!clock.IsKnown) return _make.Skipped("no answer told the time", SkewCheck).Single();
        var size = clock.Skew.Duration();
        var detail = size < TimeSpan.FromSeconds(2) ? "less than 2 s" : $"this machine is {size.TotalSeconds:0} s {(clock.Skew > TimeSpan.Zero ? "behind" : "ahead of")} {_connection.System}";
        if (size <= SkewToMention) return _make.Passed(SkewCheck, detail);
        return _make.Make(SkewCheck, size > SkewTooLarge ? CheckStatus.Failed : CheckStatus.Warning, detail, TimeSpan.Zero) with
        {
            Cause = $"This machine's clock and {_connection.System}'s disagree. Exports go by {_connection.System}'s clock and stay right; secure connections, the end of tokens and run times suffer.",
            Fix = "Set the clock of this machine, or switch on its time synchronisation (w32tm /resync, or timedatectl set-ntp true).",
            ErrorId = "Junipeer.Connection.ClockSkew",
        };
    }

    /// <summary>The checks themselves say what is wrong; only the trace goes on.</summary>
    private sealed class QuietSink(IOperationSink inner) : IOperationSink
    {
        public ValueTask WriteAsync(object result, CancellationToken stop) => inner.WriteAsync(result, stop);

        public void Fault(JunipeerFault fault) => inner.Fault(fault);

        public void Warning(string message) => inner.Verbose(message);

        public void Verbose(string message) => inner.Verbose(message);

        public void Debug(string message) => inner.Debug(message);

        public void Progress(OperationProgress progress) => inner.Progress(progress);
    }
}
