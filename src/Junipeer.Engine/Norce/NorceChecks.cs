using System.Diagnostics;
using System.Text.Json;
using Junipeer.Connections;
using Junipeer.Connections.Checks;
using Junipeer.Http;
using Junipeer.Operations;

namespace Junipeer.Norce;

/// <summary>What only Norce can be asked: the token, then each family with the cheapest call it has. Nothing is changed.</summary>
internal sealed class NorceChecks : IConnectorChecks
{
    private readonly NorceConnection _connection;
    private readonly NorceClient _client;
    private readonly CheckMaker _make;
    private readonly IOperationSink _sink;
    private readonly List<ConnectionCheck> _checks = [];

    public NorceChecks(NorceConnection connection, ISecretStore secrets, CheckMaker make, IOperationSink sink, HttpOptions options)
    {
        (_connection, _make, _sink) = (connection, make, sink);
        _client = new NorceClient(connection, secrets, options);
    }

    /// <summary>The checks in their order.</summary>
    public static IReadOnlyList<string> Order { get; } = ["Environment", "Token", TokenLifetimeCheck.Name, "Query", "Application", "Connect", "Services", "Import"];

    public string ConnectCommand => NorceSignIn.CommandFor(_connection);

    public ServerClock Clock => _client.Clock;

    public JunipeerFault? ExplainUnknownHost() => new NorceFaults(_connection).UnknownHost(_connection.BaseUri);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    public async Task<IReadOnlyList<ConnectionCheck>> AskAsync(CancellationToken stop)
    {
        _checks.Add(Environment());
        try
        {
            var started = Stopwatch.GetTimestamp();
            await _client.Token.PrepareAsync(_sink, stop).ConfigureAwait(false);
            _checks.Add(_make.Passed("Token", $"client '{_connection.ClientId}' has a token for the scope '{_connection.Scope}'", Stopwatch.GetElapsedTime(started)));
            _checks.Add(TokenLifetimeCheck.Run(_make, _connection, ConnectCommand, _client.Token, wasRefused: false));
        }
        catch (JunipeerException refused)
        {
            _checks.Add(_make.Failed("Token", refused.Fault));
            _checks.AddRange(_make.Skipped("there is no token", Order.Skip(_checks.Count).ToArray()));
            return _checks;
        }

        await TryAsync("Query", "commerce/query/" + _connection.Setting.QueryVersion + "/Core/Currencies?$top=1&$select=Id,Code", _ => "Query answers", stop).ConfigureAwait(false);
        await TryAsync("Application", _client.QueryPath(_connection.Setting.PriceListSet + "?$top=1"), _ => $"application {_connection.ApplicationId} is accepted", stop).ConfigureAwait(false);
        await TryAsync("Connect", NorceClient.ConnectPath(_connection.Setting.JobPath + "/Ping"), _ => "Connect answers", stop, optional: true).ConfigureAwait(false);
        if (_checks[^1] is { Status: CheckStatus.Warning })
        {
            _checks.RemoveAt(_checks.Count - 1); // the other of the two paths in use
            await TryAsync("Connect", NorceClient.ConnectPath($"api/{_connection.Setting.JobPath}/Ping"), _ => "Connect answers", stop, optional: true).ConfigureAwait(false);
        }

        await TryAsync("Services", "commerce/metadata/1.1/GetApplication?format=json&cultureCode=", Name, stop, optional: true).ConfigureAwait(false);
        _checks.Add(Import());
        return _checks;
    }

    /// <summary>Host and scope must name the same environment; a token of one is no good on the host of another.</summary>
    private ConnectionCheck Environment()
    {
        var host = _connection.BaseUri.Host;
        var told = !host.EndsWith(".norce.tech", StringComparison.OrdinalIgnoreCase) ? _connection.Environment
            : host.Contains(".stage.", StringComparison.OrdinalIgnoreCase) ? NorceEnvironment.Stage
            : host.Contains(".playground.", StringComparison.OrdinalIgnoreCase) ? NorceEnvironment.Playground
            : NorceEnvironment.Production;
        var isScopeOfHost = _connection.Scope.Split(' ').Contains(NorceConnection.ScopeOf(told), StringComparer.OrdinalIgnoreCase);
        if (told == _connection.Environment && isScopeOfHost) return _make.Passed("Environment", $"{host} is {told}, the scope is '{_connection.Scope}'");
        return _make.Warning("Environment", $"{host} is {told}, the connection says {_connection.Environment} and asks for '{_connection.Scope}'",
            "Host, environment and scope do not name the same environment.", $"Connect again with -Environment {told}: {ConnectCommand}", "Junipeer.Norce.WrongEnvironment");
    }

    private async Task TryAsync(string check, string path, Func<ApiAnswer, string> read, CancellationToken stop, bool optional = false)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            var detail = await _client.TryOnceAsync(path, read, _sink, stop).ConfigureAwait(false);
            _checks.Add(_make.Passed(check, detail, Stopwatch.GetElapsedTime(started)));
        }
        catch (JunipeerException failed)
        {
            // A path nobody documents may be missing without anything being wrong; a refusal is one everywhere.
            _checks.Add(optional && failed.Fault.Id == "Junipeer.Resource.NotFound"
                ? _make.Warning(check, "not told: its test call is not there", $"{failed.Fault.Message} The call is not documented, so this says nothing for sure.", "Try what you need of it, for example with Invoke-NorceRequest.", took: Stopwatch.GetElapsedTime(started))
                : optional && check == "Services" && failed.Fault.Id == "Junipeer.Authentication.Forbidden"
                    ? _make.Warning(check, "not permitted", failed.Fault.Message, "The module works without Services; tick it on the OAuth user to use it with Invoke-NorceRequest.", failed.Fault.Id, Stopwatch.GetElapsedTime(started))
                    : _make.Failed(check, failed.Fault, Stopwatch.GetElapsedTime(started)));
        }
    }

    private ConnectionCheck Import() => _connection.AccountId > 0
        ? _make.Passed("Import", $"imports are logged on account {_connection.AccountId}{(_connection.AllowPayment ? "; messages that move money are allowed" : string.Empty)}")
        : _make.Warning("Import", "no account id", "Imports are logged on a system account, and the connection names none.",
            $"Connect again with -AccountId, the id of the integration's user in the admin site, to use Invoke-NorceImport.", "Junipeer.Norce.NoAccount");

    private string Name(ApiAnswer answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer.Body.ToArray());
            var name = NorceReader.Member(document.RootElement, "Name");
            return name.ValueKind == JsonValueKind.String ? $"application {_connection.ApplicationId} is '{name.GetString()}'" : "Services answers";
        }
        catch (JsonException)
        {
            return "Services answers";
        }
    }
}
