using System.Text;
using System.Text.Json;
using Junipeer.Connections;
using Junipeer.Http;
using Junipeer.Operations;
using Junipeer.Requests;

namespace Junipeer.Brightpearl;

/// <summary>The only thing that speaks HTTP to Brightpearl. One per connection and piece of work; safe for concurrent calls.</summary>
internal sealed class BrightpearlClient : IAsyncDisposable
{
    /// <summary>
    /// The private apps of an account share one quota (https://help.brightpearl.com/hc/en-us/articles/212644823-Request-throttling),
    /// so a part of it is left to the others unless the user says otherwise.
    /// </summary>
    public const double DefaultShare = 0.7;

    /// <summary>An installed app has a quota of its own, which only its other installations use too.</summary>
    public const double InstalledShare = 0.9;

    /// <summary>Constant data that every account has.</summary>
    internal const string ConstantPath = "order-service/order-type";

    private readonly BrightpearlClientAddress _address;
    private readonly TokenKeeper _token;
    private readonly Redactor _redactor = new();
    private readonly HttpPipeline _pipeline;
    private readonly double _share;
    private volatile bool _accountSeen;

    public BrightpearlClient(BrightpearlConnection connection, ISecretStore secrets, double? quotaShare = null)
        : this(connection, secrets, quotaShare, HttpOptions.Default)
    {
    }

    internal BrightpearlClient(BrightpearlConnection connection, ISecretStore secrets, double? quotaShare, HttpOptions options)
    {
        Connection = connection;
        Clock = new ServerClock(options.Time);
        _share = quotaShare ?? (connection.Kind == BrightpearlAuthentication.OAuth ? InstalledShare : DefaultShare);
        _address = new BrightpearlClientAddress(connection);
        _token = new TokenKeeper(connection, secrets, _redactor, BrightpearlSignIn.RefreshOf(connection, _redactor, options.Time), BrightpearlSignIn.CommandFor(connection), options.Time);
        Gate = QuotaGate.For(connection.BaseUri, connection.AccountCode, connection.Kind == BrightpearlAuthentication.OAuth ? $"app {connection.DeveloperReference ?? connection.AppReference}" : "private");
        _pipeline = new HttpPipeline(new BrightpearlClientDialect(connection, _token), Gate, _redactor, Clock, options);
    }

    /// <summary>The connection.</summary>
    public BrightpearlConnection Connection { get; }

    /// <summary>The system's time.</summary>
    public ServerClock Clock { get; }

    /// <summary>Requests a minute this may make, as far as the answers so far tell; null before the first.</summary>
    public double? RequestsPerMinute => Gate.CallsPerMinute * _share;

    /// <summary>The token in use.</summary>
    internal TokenKeeper Token => _token;

    /// <summary>The account's quota, shared by everybody in this process.</summary>
    internal QuotaGate Gate { get; }

    /// <summary>
    /// Reads a path below the account. <paramref name="read"/> belongs to the attempt: a <see cref="JsonException"/> from it
    /// means the answer was cut off, and the call is repeated. Nothing found is an empty answer, not an error.
    /// </summary>
    public Task<T> GetAsync<T>(string path, Func<ApiAnswer, T> read, RequestLedger ledger, IOperationSink sink, CancellationToken stop) =>
        SendAsync(CreateCall(HttpMethod.Get, path, null, _share, ledger, sink), read, stop);

    /// <summary>Asks for the addresses that read a whole resource, or the ids of a set that exist.</summary>
    public Task<T> OptionsAsync<T>(string path, Func<ApiAnswer, T> read, RequestLedger ledger, IOperationSink sink, CancellationToken stop) =>
        SendAsync(CreateCall(HttpMethod.Options, path, null, _share, ledger, sink), read, stop);

    /// <summary>Makes a call as a user wrote it, within the account. Writes are never repeated, unless Brightpearl says it did nothing.</summary>
    public async Task<RawResponse> SendRawAsync(RawRequest request, RequestLedger ledger, IOperationSink sink, CancellationToken stop)
    {
        _address.Guard(request.Path);
        var call = CreateCall(MethodOf(request), request.Path.Trim(), request.Body, request.QuotaShare ?? _share, ledger, sink);
        return await SendAsync(call, answer => ReadRaw(answer, call), stop).ConfigureAwait(false);
    }

    /// <summary>One try, without repeating anything: for checks, which must be quick.</summary>
    internal Task<T> TryOnceAsync<T>(string path, Func<ApiAnswer, T> read, RequestLedger ledger, IOperationSink sink, CancellationToken stop) =>
        _pipeline.SendAsync(CreateCall(HttpMethod.Get, path, null, 1, ledger, sink, retries: false), read, stop);

    /// <summary>Closes the connections and forgets the secret.</summary>
    public ValueTask DisposeAsync()
    {
        _pipeline.Dispose();
        _token.Dispose();
        _redactor.Forget();
        return ValueTask.CompletedTask;
    }

    private async Task<T> SendAsync<T>(ApiCall call, Func<ApiAnswer, T> read, CancellationToken stop)
    {
        try
        {
            var result = await _pipeline.SendAsync(call, read, stop).ConfigureAwait(false);
            _accountSeen = true;
            return result;
        }
        catch (JunipeerException failed) when (failed.Fault.Id == "Junipeer.Resource.NotFound" && !_accountSeen)
        {
            await ProveAccountAsync(failed.Fault, call, stop).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// The same 404 stands for a wrong path and for a wrong account. While nothing good ever came from the account, one more
    /// call tells them apart.
    /// </summary>
    private async Task ProveAccountAsync(JunipeerFault seen, ApiCall call, CancellationToken stop)
    {
        try
        {
            await _pipeline.SendAsync(CreateCall(HttpMethod.Get, ConstantPath, null, call.Share, call.Ledger, call.Sink), static _ => true, stop).ConfigureAwait(false);
            _accountSeen = true;
        }
        catch (JunipeerException proof) when (proof.Fault.Id == "Junipeer.Resource.NotFound")
        {
            throw new JunipeerException(new BrightpearlClientFaults(Connection).WrongAccount(seen));
        }
        catch (JunipeerException)
        {
            // It proves nothing; the first answer stands.
        }
    }

    private ApiCall CreateCall(HttpMethod method, string path, string? body, double share, RequestLedger ledger, IOperationSink sink, bool retries = true) => new()
    {
        Method = method,
        Address = _address.Join(path),
        Path = path.TrimStart('/'),
        Body = body is null ? null : new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(body)),
        Share = share,
        Ledger = ledger,
        Sink = sink,
        Retries = retries,
    };

    private RawResponse ReadRaw(ApiAnswer answer, ApiCall call)
    {
        if (answer.IsEmptyResult)
        {
            // Who asks for one thing by its address wants to know that it is not there.
            throw new JunipeerException(NothingFound(answer, call));
        }

        // Cut off in the middle is seen by parsing only.
        if (answer.Body.Length > 0 && answer.Response.Content.Headers.ContentType?.MediaType == "application/json")
        {
            var reader = new Utf8JsonReader(answer.Body.Span);
            while (reader.Read())
            {
            }
        }

        return new RawResponse
        {
            StatusCode = answer.Status,
            Headers = _redactor.Clean(answer.Response),
            Content = Encoding.UTF8.GetString(answer.Body.Span),
            RequestId = answer.RequestId,
        };
    }

    private JunipeerFault NothingFound(ApiAnswer answer, ApiCall call)
    {
        var fault = new BrightpearlClientFaults(Connection).NothingFound(new(call, answer.Status, answer.RequestId, new BrightpearlClientError(answer.Response, answer.ErrorBody)));
        return fault with { Message = _redactor.Clean(fault.Message) };
    }

    private HttpMethod MethodOf(RawRequest request)
    {
        var name = request.Method.Trim().ToUpperInvariant();
        if (name is "GET" or "OPTIONS" or "POST" or "PUT" or "PATCH" or "DELETE" or "HEAD") return new HttpMethod(name);
        throw new JunipeerException(new JunipeerFault(
            "Junipeer.Request.BadMethod",
            FaultCategory.InvalidArgument,
            $"Brightpearl has no method '{request.Method}'.",
            "Use GET, OPTIONS, POST, PUT, PATCH or DELETE.")
        {
            Target = request.Path,
            System = Connection.System,
        });
    }
}
