using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Google.Apis.Http;
using Google.Apis.Services;
using Junipeer.Connections;
using Junipeer.Http;
using Junipeer.Operations;
using Polly;
using Polly.Retry;

namespace Junipeer.BigQuery;

/// <summary>
/// The only thing that speaks HTTP to BigQuery: calls and uploads through Google's own library, retried by the reason an
/// answer gives. Every call may be made again: reading changes nothing, jobs carry ids made here, and what exists is found.
/// </summary>
internal sealed class BigQueryClient : IAsyncDisposable
{
    private const int MostRetries = 6;

    private readonly BigQueryCredentials _credentials;
    private readonly Redactor _redactor = new();
    private readonly BigQueryService _service;
    private readonly ResiliencePipeline _retry;
    private readonly string _base;

    public BigQueryClient(BigQueryConnection connection, ISecretStore secrets, HttpOptions? options = null)
    {
        var limits = options ?? HttpOptions.Default;
        Connection = connection;
        Faults = new BigQueryFaults(connection);
        Clock = new ServerClock(limits.Time);
        _base = connection.BaseUri.GetLeftPart(UriPartial.Authority);
        _credentials = BigQueryCredentials.Of(connection, secrets, _redactor, limits.Time);
        _service = new BigQueryService(new BaseClientService.Initializer
        {
            ApplicationName = "Junipeer",
            BaseUri = $"{_base}/bigquery/v2/",
            HttpClientInitializer = _credentials,
            DefaultExponentialBackOffPolicy = ExponentialBackOffPolicy.None, // retried here, by reason
            Serializer = new BigQueryJson(),
            HttpClientTimeout = TimeSpan.FromMinutes(10), // of one chunk of an upload
            GZipEnabled = true,
        });
        _service.HttpClient.MessageHandler.FollowRedirect = false; // a redirect could carry the token to another host
        _retry = new ResiliencePipelineBuilder { TimeProvider = limits.Time }.AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = MostRetries,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = limits.FirstDelay,
            MaxDelay = limits.MostDelay,
            ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is PassingException),
        }).Build();
    }

    public BigQueryConnection Connection { get; }

    public BigQueryFaults Faults { get; }

    public ServerClock Clock { get; }

    public BigQueryCredentials Credentials => _credentials;

    /// <summary>Google's service object, for its uploads.</summary>
    public BigQueryService Service => _service;

    /// <summary>Makes a call below <c>/bigquery/v2/</c>; <paramref name="what"/> goes on "could not ...".</summary>
    /// <exception cref="JunipeerException">It failed for good.</exception>
    public async Task<T> SendAsync<T>(HttpMethod method, string path, object? body, string what, IOperationSink sink, CancellationToken stop)
        where T : class
    {
        var (result, error) = await TryAsync<T>(method, path, body, what, sink, stop).ConfigureAwait(false);
        return result ?? throw Faults.From(error!, what);
    }

    /// <summary>The same, with the error for answer where the API itself said no.</summary>
    public async Task<(T? Result, ApiError? Error)> TryAsync<T>(HttpMethod method, string path, object? body, string what, IOperationSink sink, CancellationToken stop)
        where T : class
    {
        try
        {
            return await _retry.ExecuteAsync(async token => await AttemptAsync<T>(method, path, body, sink, token).ConfigureAwait(false), stop).ConfigureAwait(false);
        }
        catch (PassingException passing)
        {
            throw passing.Error is { } error ? Faults.From(error, what) : Faults.Unreachable(passing.InnerException!, what);
        }
    }

    /// <summary>A path with its parts escaped.</summary>
    public static string Path(FormattableString path) =>
        string.Format(System.Globalization.CultureInfo.InvariantCulture, path.Format, path.GetArguments().Select(a => (object)Uri.EscapeDataString(a?.ToString() ?? string.Empty)).ToArray());

    /// <summary>A path with a query; parts without a value are left out.</summary>
    public static string Path(FormattableString path, params (string Name, string? Value)[] query)
    {
        var given = query.Where(q => !string.IsNullOrEmpty(q.Value)).Select(q => $"{q.Name}={Uri.EscapeDataString(q.Value!)}").ToArray();
        return given.Length == 0 ? Path(path) : $"{Path(path)}?{string.Join('&', given)}";
    }

    public ValueTask DisposeAsync()
    {
        _service.Dispose();
        _credentials.Dispose();
        _redactor.Forget();
        return ValueTask.CompletedTask;
    }

    private async Task<(T? Result, ApiError? Error)> AttemptAsync<T>(HttpMethod method, string path, object? body, IOperationSink sink, CancellationToken stop)
        where T : class
    {
        await _credentials.PrepareAsync(sink, stop).ConfigureAwait(false);
        for (var renewed = false; ; renewed = true)
        {
            var version = _credentials.Version;
            var (status, answer) = await ExchangeAsync(method, path, body, sink, stop).ConfigureAwait(false);
            if ((int)status is >= 200 and < 300) return (answer.Length == 0 ? Activator.CreateInstance<T>() : Parse<T>(answer), null);
            if (status == HttpStatusCode.Unauthorized && !renewed && await _credentials.RenewAsync(version, sink, stop).ConfigureAwait(false)) continue;
            var error = ApiError.Read(status, answer);
            return error.IsPassing ? throw new PassingException(error, null) : (null, error with { Message = _redactor.Clean(error.Message) });
        }
    }

    private async Task<(HttpStatusCode Status, byte[] Body)> ExchangeAsync(HttpMethod method, string path, object? body, IOperationSink sink, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(method, $"{_base}/bigquery/v2/{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}prettyPrint=false");
        if (body is not null)
        {
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), BigQueryJson.Options));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        var started = TimeProvider.System.GetTimestamp();
        try
        {
            using var response = await _service.HttpClient.SendAsync(request, stop).ConfigureAwait(false);
            Clock.Observe(response.Headers.Date);
            var answer = await response.Content.ReadAsByteArrayAsync(stop).ConfigureAwait(false);
            sink.Debug(_redactor.Clean($"{method} {path}: {(int)response.StatusCode}, {TimeProvider.System.GetElapsedTime(started).TotalMilliseconds:0} ms, {answer.Length:N0} bytes"));
            return (response.StatusCode, answer);
        }
        catch (Exception error) when (error is HttpRequestException or IOException || (error is OperationCanceledException && !stop.IsCancellationRequested))
        {
            sink.Debug(_redactor.Clean($"{method} {path}: {error.Message}"));
            throw new PassingException(null, error);
        }
    }

    private static T Parse<T>(byte[] answer)
    {
        try
        {
            var result = JsonSerializer.Deserialize<T>(answer, BigQueryJson.Options)!;
            return result is RowPage page ? (T)(object)(page with { Answer = answer }) : result;
        }
        catch (JsonException cut)
        {
            throw new PassingException(null, cut); // cut off in the middle
        }
    }

    private sealed class PassingException(ApiError? error, Exception? inner) : Exception(error?.Message ?? inner?.Message, inner)
    {
        public ApiError? Error => error;
    }
}
