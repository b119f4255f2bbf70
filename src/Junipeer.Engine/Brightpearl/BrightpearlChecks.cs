using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Junipeer.Connections;
using Junipeer.Http;
using Junipeer.Operations;

namespace Junipeer.Brightpearl;

/// <summary>
/// Proves a connection, part by part and in the order in which the parts depend on each other. One request tells nearly
/// everything: the account's configuration, which other integrations use for the same purpose.
/// </summary>
internal sealed class BrightpearlChecks
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SkewToMention = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan SkewTooLarge = TimeSpan.FromMinutes(10);

    /// <summary>Cheap reads of the same standing, in order, where the first is not offered.</summary>
    private static readonly string[] Paths = ["integration-service/account-configuration", "product-service/price-list", BrightpearlClient.ConstantPath];

    private readonly BrightpearlConnection _connection;
    private readonly BrightpearlClient _client;
    private readonly IOperationSink _sink;
    private readonly RequestLedger _ledger = new();

    private BrightpearlChecks(BrightpearlConnection connection, ISecretStore secrets, IOperationSink sink, HttpOptions options)
    {
        _connection = connection;
        _sink = new QuietSink(sink);
        _client = new BrightpearlClient(connection, secrets, 1, options);
    }

    /// <summary>Runs the checks; yields each as soon as it is known.</summary>
    public static IAsyncEnumerable<ConnectionCheck> RunAsync(BrightpearlConnection connection, ISecretStore secrets, IOperationSink sink, CancellationToken stop) =>
        RunAsync(connection, secrets, sink, new HttpOptions { AttemptTimeout = Patience, ConnectTimeout = Patience }, stop);

    /// <summary>Runs the checks with other limits.</summary>
    internal static async IAsyncEnumerable<ConnectionCheck> RunAsync(
        BrightpearlConnection connection, ISecretStore secrets, IOperationSink sink, HttpOptions options, [EnumeratorCancellation] CancellationToken stop)
    {
        BrightpearlChecks checks;
        ConnectionCheck? bad = null;
        try
        {
            checks = new BrightpearlChecks(connection, secrets, sink, options);
        }
        catch (JunipeerException wrong)
        {
            checks = null!;
            bad = Failed(connection, "NameResolves", wrong.Fault, TimeSpan.Zero);
        }

        if (bad is not null)
        {
            yield return bad;
            foreach (var later in Skipped(connection, "the address is wrong", "Reachable", "Authenticated", "Account", "BaseCurrency", "QuotaLeft", "ClockSkew")) yield return later;
            yield break;
        }

        await using (checks._client.ConfigureAwait(false))
        {
            var name = await checks.ResolveAsync(stop).ConfigureAwait(false);
            yield return name;
            if (name.Status == CheckStatus.Failed)
            {
                foreach (var later in Skipped(connection, "the host has no address", "Reachable", "Authenticated", "Account", "BaseCurrency", "QuotaLeft", "ClockSkew")) yield return later;
                yield break;
            }

            foreach (var check in await checks.AskAsync(options.AttemptTimeout, stop).ConfigureAwait(false)) yield return check;
        }
    }

    private async Task<ConnectionCheck> ResolveAsync(CancellationToken stop)
    {
        var host = _connection.BaseUri.DnsSafeHost;
        var started = Stopwatch.GetTimestamp();
        if (IPAddress.TryParse(host, out _)) return Passed("NameResolves", $"{host} is an address", TimeSpan.Zero);
        if (HttpClient.DefaultProxy is { } proxy && !proxy.IsBypassed(_connection.BaseUri) && proxy.GetProxy(_connection.BaseUri) is { } by)
        {
            return Passed("NameResolves", $"left to the proxy {by.Host}:{by.Port}", TimeSpan.Zero);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(host, limit.Token).ConfigureAwait(false);
            return Passed("NameResolves", $"{host} is {string.Join(", ", addresses.Take(3).Select(a => a.ToString()))}", Stopwatch.GetElapsedTime(started));
        }
        catch (Exception error) when (error is SocketException || (error is OperationCanceledException && !stop.IsCancellationRequested))
        {
            var fault = new BrightpearlClientFaults(_connection).UnknownDataCenter(_connection.BaseUri) ?? new JunipeerFault(
                "Junipeer.Connection.Unreachable", FaultCategory.ConnectionError,
                $"The host name {host} cannot be resolved.",
                $"Check the spelling of the host and this machine's name resolution (Resolve-DnsName {host}), or the proxy settings.");
            return Failed(_connection, "NameResolves", fault, Stopwatch.GetElapsedTime(started));
        }
    }

    private async Task<List<ConnectionCheck>> AskAsync(TimeSpan patience, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        Found? found = null;
        JunipeerFault? fault = null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(patience + TimeSpan.FromSeconds(1));
        foreach (var path in Paths)
        {
            try
            {
                found = await _client.TryOnceAsync(path, Read, _ledger, _sink, limit.Token).ConfigureAwait(false);
                break;
            }
            catch (JunipeerException failed)
            {
                fault = failed.Fault;

                // Only a refusal of this very path makes the next one worth a call.
                if (fault.Id is not ("Junipeer.Resource.NotFound" or "Junipeer.Authentication.Forbidden" or "Junipeer.Request.Refused" or "Junipeer.Response.Invalid")) break;
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                // Nothing but the quota gate waits longer than an attempt may.
                fault = new JunipeerFault("Junipeer.Quota.Exhausted", FaultCategory.LimitsExceeded,
                    "The account's calls of this period are used up.",
                    "Run Test-JunipeerConnection again in a minute, or find the app that uses the calls.") { System = _connection.System, IsTransient = true };
                break;
            }
        }

        var took = Stopwatch.GetElapsedTime(started);
        var results = new List<ConnectionCheck>();
        if (found is not null) Add(results, found, took);
        else Add(results, fault!, took);
        return results;
    }

    private void Add(List<ConnectionCheck> results, Found found, TimeSpan took)
    {
        results.Add(Reachable(took));
        results.Add(Passed("Authenticated", $"{_connection.Kind} accepted for app '{_connection.AppReference}'", TimeSpan.Zero));
        results.Add(Passed("Account", $"account '{_connection.AccountCode}'", TimeSpan.Zero));
        results.Add(found.Currency is { } currency
            ? Passed("BaseCurrency", currency, TimeSpan.Zero)
            : Make(_connection, "BaseCurrency", CheckStatus.Warning, found.Hint ?? "not told by the account", TimeSpan.Zero) with
            {
                Cause = "The account's configuration does not name its base currency to this token.",
                Fix = "Nothing needs mending; amounts carry their own currency.",
            });
        results.Add(Quota());
        results.Add(Skew());
    }

    private void Add(List<ConnectionCheck> results, JunipeerFault fault, TimeSpan took)
    {
        switch (fault.Id)
        {
            case "Junipeer.Authentication.SecretMissing":
                results.AddRange(Skipped(_connection, "nothing was sent without a token", "Reachable"));
                results.Add(Failed(_connection, "Authenticated", fault, took));
                results.AddRange(Skipped(_connection, "there is no token", "Account", "BaseCurrency", "QuotaLeft", "ClockSkew"));
                return;
            case "Junipeer.Authentication.Failed":
                results.Add(Reachable(took));
                results.Add(Failed(_connection, "Authenticated", fault, TimeSpan.Zero));
                results.AddRange(Skipped(_connection, "the token was refused", "Account", "BaseCurrency"));
                break;
            case "Junipeer.Authentication.Forbidden" or "Junipeer.Request.Refused" or "Junipeer.Response.Invalid":
                results.Add(Reachable(took));
                results.Add(fault.Id == "Junipeer.Authentication.Forbidden"
                    ? Failed(_connection, "Authenticated", fault, TimeSpan.Zero)
                    : Make(_connection, "Authenticated", CheckStatus.Warning, "the token was not refused, but nothing could be read", TimeSpan.Zero) with { Cause = fault.Message, Fix = fault.RecommendedAction, ErrorId = fault.Id });
                results.AddRange(Skipped(_connection, "nothing could be read", "Account", "BaseCurrency"));
                break;
            case "Junipeer.Resource.NotFound":
                results.Add(Reachable(took));
                results.AddRange(Skipped(_connection, "the account was not found", "Authenticated"));
                results.Add(Failed(_connection, "Account", new BrightpearlClientFaults(_connection).WrongAccount(fault), TimeSpan.Zero));
                results.AddRange(Skipped(_connection, "the account was not found", "BaseCurrency"));
                break;
            case "Junipeer.Quota.Exhausted":
                results.AddRange(fault.StatusCode is null ? Skipped(_connection, "no call was free to find out", "Reachable") : [Reachable(took)]);
                results.AddRange(Skipped(_connection, "no call was free to find out", "Authenticated", "Account", "BaseCurrency"));
                results.Add(Failed(_connection, "QuotaLeft", fault, TimeSpan.Zero));
                results.Add(Skew());
                return;
            default:
                results.Add(Failed(_connection, "Reachable", fault, took));
                results.AddRange(Skipped(_connection, "Brightpearl was not reached", "Authenticated", "Account", "BaseCurrency", "QuotaLeft", "ClockSkew"));
                return;
        }

        results.Add(Quota());
        results.Add(Skew());
    }

    private ConnectionCheck Reachable(TimeSpan took)
    {
        var uri = _connection.BaseUri;
        return Passed("Reachable", $"{uri.Host}:{uri.Port} answered{(uri.Scheme == Uri.UriSchemeHttps ? ", TLS included," : string.Empty)} in {took.TotalMilliseconds:0} ms", took);
    }

    private ConnectionCheck Quota()
    {
        if (_client.Gate.Available is not { } left) return Make(_connection, "QuotaLeft", CheckStatus.Warning, "the answer did not tell", TimeSpan.Zero) with { Cause = "The answer had no quota headers.", Fix = "Check that no proxy on the way removes headers." };
        var check = Passed("QuotaLeft", $"{left:N0} calls left in this period", TimeSpan.Zero);
        return left > 0 ? check : check with { Status = CheckStatus.Warning, Cause = "The account's calls of this period are used up; all private apps of an account share them.", Fix = "Wait a minute, or find the app that uses the calls." };
    }

    private ConnectionCheck Skew()
    {
        if (!_client.Clock.IsKnown) return Skipped(_connection, "no answer told the time", "ClockSkew").Single();
        var skew = _client.Clock.Skew;
        var size = skew.Duration();
        var detail = size < TimeSpan.FromSeconds(2) ? "less than 2 s" : $"this machine is {size.TotalSeconds:0} s {(skew > TimeSpan.Zero ? "behind" : "ahead of")} Brightpearl";
        if (size <= SkewToMention) return Passed("ClockSkew", detail, TimeSpan.Zero);
        return Make(_connection, "ClockSkew", size > SkewTooLarge ? CheckStatus.Failed : CheckStatus.Warning, detail, TimeSpan.Zero) with
        {
            Cause = "This machine's clock and Brightpearl's disagree. Exports go by Brightpearl's clock and stay right; secure connections and run times suffer.",
            Fix = "Set the clock of this machine, or switch on its time synchronisation (w32tm /resync, or timedatectl set-ntp true).",
            ErrorId = "Junipeer.Connection.ClockSkew",
        };
    }

    /// <summary>The base currency is at either of two places; elsewhere the price lists give a hint.</summary>
    private static Found Read(ApiAnswer answer)
    {
        if (answer.IsEmptyResult) return new Found(null, null);
        using var document = JsonDocument.Parse(answer.Body);
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("response", out var response)) return new Found(null, null);
        if (response.ValueKind == JsonValueKind.Array)
        {
            var codes = response.EnumerateArray().Select(list => Text(list, "currencyCode")).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
            return new Found(null, codes.Count == 0 ? null : $"not told; the price lists are in {string.Join(", ", codes)}");
        }

        var nested = response.ValueKind == JsonValueKind.Object && response.TryGetProperty("configuration", out var configuration) ? Text(configuration, "baseCurrencyCode") : null;
        return new Found(nested ?? Text(response, "baseCurrencyCode"), null);
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private ConnectionCheck Passed(string check, string detail, TimeSpan took) => Make(_connection, check, CheckStatus.Passed, detail, took);

    private static ConnectionCheck Failed(BrightpearlConnection connection, string check, JunipeerFault fault, TimeSpan took) =>
        Make(connection, check, CheckStatus.Failed, fault.Message, took) with { Cause = fault.Message, Fix = fault.RecommendedAction, ErrorId = fault.Id };

    private static IEnumerable<ConnectionCheck> Skipped(BrightpearlConnection connection, string why, params string[] checks) =>
        checks.Select(check => Make(connection, check, CheckStatus.Skipped, $"Not tried: {why}.", TimeSpan.Zero));

    private static ConnectionCheck Make(BrightpearlConnection connection, string check, CheckStatus status, string detail, TimeSpan took) => new()
    {
        Connection = connection.Name,
        System = connection.System,
        Check = check,
        Status = status,
        Detail = detail,
        Duration = took,
    };

    private sealed record Found(string? Currency, string? Hint);

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
