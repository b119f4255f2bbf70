using System.Diagnostics;
using System.Text.Json;
using Junipeer.Connections;
using Junipeer.Connections.Checks;
using Junipeer.Http;
using Junipeer.Operations;

namespace Junipeer.Brightpearl;

/// <summary>
/// What only Brightpearl can be asked. One request tells nearly everything: the account's configuration, which other
/// integrations use for the same purpose. One more for each part of the account tells what the token may read.
/// </summary>
internal sealed class BrightpearlChecks : IConnectorChecks
{
    /// <summary>Cheap reads of the same standing, in order, where the first is not offered.</summary>
    private static readonly string[] Paths = ["integration-service/account-configuration", "product-service/price-list", BrightpearlClient.ConstantPath];

    /// <summary>A short list from each part of the account that rights are given for.</summary>
    private static readonly (string Part, string Path)[] Parts =
    [
        ("orders", "order-service/order-status"), ("products", "product-service/brand"), ("contacts", "contact-service/lead-source"),
        ("warehouses", "warehouse-service/warehouse"), ("accounting", "accounting-service/tax-code"),
    ];

    private readonly BrightpearlConnection _connection;
    private readonly BrightpearlClient _client;
    private readonly CheckMaker _make;
    private readonly IOperationSink _sink;
    private readonly TimeSpan _patience;
    private readonly RequestLedger _ledger = new();

    public BrightpearlChecks(BrightpearlConnection connection, ISecretStore secrets, CheckMaker make, IOperationSink sink, HttpOptions options)
    {
        (_connection, _make, _sink, _patience) = (connection, make, sink, options.AttemptTimeout);
        _client = new BrightpearlClient(connection, secrets, 1, options);
    }

    /// <summary>The checks in their order.</summary>
    public static IReadOnlyList<string> Order { get; } = ["Reachable", "Authenticated", "Account", "DataCenter", "BaseCurrency", "Permissions", "QuotaLeft", TokenLifetimeCheck.Name];

    public string ConnectCommand => BrightpearlSignIn.CommandFor(_connection);

    public ServerClock Clock => _client.Clock;

    public JunipeerFault? ExplainUnknownHost() => new BrightpearlClientFaults(_connection).UnknownDataCenter(_connection.BaseUri);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    public async Task<IReadOnlyList<ConnectionCheck>> AskAsync(CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        Found? found = null;
        JunipeerFault? fault = null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(_patience + TimeSpan.FromSeconds(1));
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
        if (found is not null) await AddAsync(results, found, took, stop).ConfigureAwait(false);
        else Add(results, fault!, took);
        return results;
    }

    private async Task AddAsync(List<ConnectionCheck> results, Found found, TimeSpan took, CancellationToken stop)
    {
        results.Add(Reachable(took));
        results.Add(_make.Passed("Authenticated", $"{_connection.Kind} accepted for app '{_connection.AppReference}'"));
        results.Add(_make.Passed("Account", $"account '{_connection.AccountCode}'"));
        results.Add(_make.Passed("DataCenter", $"the account lives at {_connection.BaseUri.Host}"));
        results.Add(found.Currency is { } currency
            ? _make.Passed("BaseCurrency", currency)
            : _make.Warning("BaseCurrency", found.Hint ?? "not told by the account", "The account's configuration does not name its base currency to this token.", "Nothing needs mending; amounts carry their own currency."));
        results.Add(await PermissionsAsync(stop).ConfigureAwait(false));
        results.Add(Quota());
        results.Add(Lifetime(wasRefused: false));
    }

    private void Add(List<ConnectionCheck> results, JunipeerFault fault, TimeSpan took)
    {
        switch (fault.Id)
        {
            case "Junipeer.Authentication.SecretMissing":
                results.AddRange(_make.Skipped("nothing was sent without a token", "Reachable"));
                results.Add(_make.Failed("Authenticated", fault, took));
                results.AddRange(_make.Skipped("there is no token", "Account", "DataCenter", "BaseCurrency", "Permissions", "QuotaLeft", TokenLifetimeCheck.Name));
                return;
            case var token when token.StartsWith("Junipeer.Token.", StringComparison.Ordinal) || token.StartsWith("Junipeer.Authorization.", StringComparison.Ordinal):
                results.AddRange(_make.Skipped("there is no token that is good now", "Reachable"));
                results.Add(_make.Failed("Authenticated", fault, took));
                results.AddRange(_make.Skipped("there is no token that is good now", "Account", "DataCenter", "BaseCurrency", "Permissions", "QuotaLeft"));
                results.Add(_make.Failed(TokenLifetimeCheck.Name, fault));
                return;
            case "Junipeer.Authentication.Failed":
                results.Add(Reachable(took));
                results.Add(_make.Failed("Authenticated", fault));
                results.AddRange(_make.Skipped("the token was refused", "Account", "DataCenter", "BaseCurrency", "Permissions"));
                break;
            case "Junipeer.Authentication.Forbidden" or "Junipeer.Request.Refused" or "Junipeer.Response.Invalid":
                results.Add(Reachable(took));
                results.Add(fault.Id == "Junipeer.Authentication.Forbidden"
                    ? _make.Failed("Authenticated", fault)
                    : _make.Warning("Authenticated", "the token was not refused, but nothing could be read", fault.Message, fault.RecommendedAction, fault.Id));
                results.AddRange(_make.Skipped("nothing could be read", "Account", "DataCenter", "BaseCurrency", "Permissions"));
                break;
            case "Junipeer.Resource.NotFound":
                results.Add(Reachable(took));
                results.AddRange(_make.Skipped("the account was not found", "Authenticated"));
                results.Add(_make.Failed("Account", new BrightpearlClientFaults(_connection).WrongAccount(fault)));
                results.AddRange(_make.Skipped("the account was not found", "DataCenter", "BaseCurrency", "Permissions"));
                break;
            case "Junipeer.Quota.Exhausted":
                results.AddRange(fault.StatusCode is null ? _make.Skipped("no call was free to find out", "Reachable") : [Reachable(took)]);
                results.AddRange(_make.Skipped("no call was free to find out", "Authenticated", "Account", "DataCenter", "BaseCurrency", "Permissions"));
                results.Add(_make.Failed("QuotaLeft", fault));
                results.Add(Lifetime(wasRefused: false));
                return;
            default:
                results.Add(_make.Failed("Reachable", fault, took));
                results.AddRange(_make.Skipped("Brightpearl was not reached", "Authenticated", "Account", "DataCenter", "BaseCurrency", "Permissions", "QuotaLeft", TokenLifetimeCheck.Name));
                return;
        }

        results.Add(Quota());
        results.Add(Lifetime(wasRefused: true));
    }

    private ConnectionCheck Reachable(TimeSpan took)
    {
        var uri = _connection.BaseUri;
        return _make.Passed("Reachable", $"{uri.Host}:{uri.Port} answered{(uri.Scheme == Uri.UriSchemeHttps ? ", TLS included," : string.Empty)} in {took.TotalMilliseconds:0} ms", took);
    }

    private ConnectionCheck Quota()
    {
        if (_client.Gate.Available is not { } left) return _make.Warning("QuotaLeft", "the answer did not tell", "The answer had no quota headers.", "Check that no proxy on the way removes headers.");
        var check = _make.Passed("QuotaLeft", $"{left:N0} calls left in this period");
        return left > 0 ? check : check with { Status = CheckStatus.Warning, Cause = "The account's calls of this period are used up; all private apps of an account share them.", Fix = "Wait a minute, or find the app that uses the calls." };
    }

    /// <summary>What the token may read. Only a refusal counts; a list that fails for another reason says nothing of rights.</summary>
    private async Task<ConnectionCheck> PermissionsAsync(CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        var answers = await Task.WhenAll(Parts.Select(part => MayReadAsync(part.Path, stop))).ConfigureAwait(false);
        var took = Stopwatch.GetElapsedTime(started);
        var refused = Parts.Where((_, i) => answers[i] == false).Select(p => p.Part).ToArray();
        var open = Parts.Where((_, i) => answers[i] == true).Select(p => p.Part).ToArray();
        if (refused.Length == 0) return _make.Passed("Permissions", open.Length == 0 ? "not told" : $"may read {string.Join(", ", open)}", took);
        return _make.Warning("Permissions", $"may not read {string.Join(", ", refused)}", $"The token is good, but may not read {string.Join(", ", refused)}; exports of these would fail.",
            "Give the app, or the staff member behind it, the right in Brightpearl, or leave these resources out.", "Junipeer.Authentication.Forbidden", took);
    }

    private async Task<bool?> MayReadAsync(string path, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(_patience);
        try
        {
            return await _client.TryOnceAsync(path, static _ => true, _ledger, _sink, limit.Token).ConfigureAwait(false);
        }
        catch (JunipeerException failed)
        {
            return failed.Fault.Id is "Junipeer.Authentication.Forbidden" or "Junipeer.Authentication.Failed" ? false : null;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return null;
        }
    }

    private ConnectionCheck Lifetime(bool wasRefused) => TokenLifetimeCheck.Run(_make, _connection, ConnectCommand, _client.Token, wasRefused);

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

    private sealed record Found(string? Currency, string? Hint);
}
