using System.Text;
using System.Text.Json;
using Junipeer.Connections;
using Junipeer.Http;
using Junipeer.Operations;
using Junipeer.Requests;

namespace Junipeer.Norce;

/// <summary>The only thing that speaks HTTP to Norce. One per connection and piece of work; safe for concurrent calls.</summary>
internal sealed class NorceClient : IAsyncDisposable
{
    private const double AllOfIt = 1; // Norce has limits, but no quota to share out

    private readonly NorceAddress _address;
    private readonly TokenKeeper _token;
    private readonly Redactor _redactor = new();
    private readonly HttpPipeline _pipeline;

    public NorceClient(NorceConnection connection, ISecretStore secrets)
        : this(connection, secrets, HttpOptions.Default)
    {
    }

    internal NorceClient(NorceConnection connection, ISecretStore secrets, HttpOptions options)
    {
        Connection = connection;
        Clock = new ServerClock(options.Time);
        _address = new NorceAddress(connection);
        _token = new TokenKeeper(connection, secrets, _redactor, NorceSignIn.RefreshOf(connection, _redactor, options.Time), NorceSignIn.CommandFor(connection), options.Time);
        var gate = QuotaGate.For(connection.BaseUri, connection.Tenant, connection.ClientId);
        _pipeline = new HttpPipeline(new NorceDialect(connection, _token), gate, _redactor, Clock, options);
    }

    /// <summary>The connection.</summary>
    public NorceConnection Connection { get; }

    /// <summary>The system's time.</summary>
    public ServerClock Clock { get; }

    /// <summary>Requests made so far.</summary>
    public RequestLedger Ledger { get; } = new();

    /// <summary>The token in use.</summary>
    internal TokenKeeper Token => _token;

    /// <summary>The path of a set of Query, or of what is below it.</summary>
    public string QueryPath(string rest) => $"commerce/query/{Connection.Setting.QueryVersion}/{rest}";

    /// <summary>The path of an operation of Connect.</summary>
    public static string ConnectPath(string operation) => $"commerce/connect/4.0/{operation}";

    /// <summary>The path a next link leads to.</summary>
    public string PathOfLink(string link) => _address.PathOf(link);

    /// <summary>Reads a path below the host; a <see cref="JsonException"/> from <paramref name="read"/> means the answer was cut off, and the call is repeated.</summary>
    public Task<T> GetAsync<T>(string path, Func<ApiAnswer, T> read, IOperationSink sink, CancellationToken stop, RequestLedger? ledger = null, string? accept = null) =>
        _pipeline.SendAsync(Call(HttpMethod.Get, path, null, accept is null ? null : new Dictionary<string, string> { ["Accept"] = accept }, sink, ledger: ledger), read, stop);

    /// <summary>Sends something that changes something: never repeated, unless Norce says that it did nothing (429, 401).</summary>
    public Task<T> PostAsync<T>(string path, ReadOnlyMemory<byte> body, IReadOnlyDictionary<string, string>? headers, Func<ApiAnswer, T> read, IOperationSink sink, CancellationToken stop) =>
        _pipeline.SendAsync(Call(HttpMethod.Post, path, body, headers, sink), read, stop);

    /// <summary>One try, without repeating anything: for checks, which must be quick.</summary>
    public Task<T> TryOnceAsync<T>(string path, Func<ApiAnswer, T> read, IOperationSink sink, CancellationToken stop) =>
        _pipeline.SendAsync(Call(HttpMethod.Get, path, null, null, sink, retries: false), read, stop);

    /// <summary>Makes a call as a user wrote it.</summary>
    public async Task<RawResponse> SendRawAsync(NorceRawRequest request, IOperationSink sink, CancellationToken stop)
    {
        _address.Guard(request.Path);
        CheckHeaders(request);
        var call = Call(MethodOf(request), request.Path.Trim(), BytesOf(request.Body), request.Headers, sink);
        return await _pipeline.SendAsync(call, ReadRaw, stop).ConfigureAwait(false);
    }

    /// <summary>Text that may hold something secret, without it.</summary>
    public string Clean(string text) => _redactor.Clean(text);

    public ValueTask DisposeAsync()
    {
        _pipeline.Dispose();
        _token.Dispose();
        _redactor.Forget();
        return ValueTask.CompletedTask;
    }

    private ApiCall Call(HttpMethod method, string path, ReadOnlyMemory<byte>? body, IReadOnlyDictionary<string, string>? headers, IOperationSink sink, bool retries = true, RequestLedger? ledger = null) => new()
    {
        Method = method,
        Address = _address.Join(path),
        Path = path.TrimStart('/'),
        Body = body,
        Headers = headers,
        Share = AllOfIt,
        Ledger = ledger ?? Ledger,
        Sink = sink,
        Retries = retries,
    };

    private static ReadOnlyMemory<byte>? BytesOf(string? body) => body is null ? null : new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(body));

    private RawResponse ReadRaw(ApiAnswer answer)
    {
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

    private void CheckHeaders(NorceRawRequest request)
    {
        foreach (var (name, value) in request.Headers)
        {
            var isFree = !name.Equals("Authorization", StringComparison.OrdinalIgnoreCase) && !name.Equals("Host", StringComparison.OrdinalIgnoreCase);
            if (isFree && name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && value.All(c => c is >= ' ' and <= '~')) continue;
            throw new JunipeerException(new JunipeerFault("Junipeer.Norce.BadHeader", FaultCategory.InvalidArgument,
                $"The header '{name}' cannot be sent: {(isFree ? "a header is one line of ASCII text" : "the module sets it itself")}.",
                "Give a header on one line; ConvertTo-Json -Compress writes one, and -EscapeHandling EscapeNonAscii keeps it in ASCII.") { Target = name, System = Connection.System });
        }
    }

    private HttpMethod MethodOf(NorceRawRequest request)
    {
        var name = request.Method.Trim().ToUpperInvariant();
        if (name is "GET" or "POST" or "PUT" or "PATCH" or "DELETE" or "HEAD" or "OPTIONS") return new HttpMethod(name);
        throw new JunipeerException(new JunipeerFault("Junipeer.Request.BadMethod", FaultCategory.InvalidArgument,
            $"There is no method '{request.Method}'.", "Use GET, POST, PUT, PATCH or DELETE.") { Target = request.Path, System = Connection.System });
    }
}
