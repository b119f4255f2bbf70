using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Junipeer.Operations;
using Polly;
using Polly.Retry;

namespace Junipeer.Http;

/// <summary>
/// The way of every request of one connection: authenticate, quota gate, send, read to the end, classify, parse, retry.
/// Parsing belongs to the attempt, because a truncated answer shows only there.
/// </summary>
internal sealed class HttpPipeline : IDisposable
{
    private static readonly ResiliencePropertyKey<ApiCall> CallKey = new("Junipeer.Call");
    private static readonly ConditionalWeakTable<IOperationSink, object> Warned = new();

    private readonly SystemDialect _dialect;
    private readonly QuotaGate _gate;
    private readonly Redactor _redactor;
    private readonly ServerClock _clock;
    private readonly HttpOptions _options;
    private readonly HttpClient _http;
    private readonly ResiliencePipeline _retry;
    private volatile bool _knownGood;

    public HttpPipeline(SystemDialect dialect, QuotaGate gate, Redactor redactor, ServerClock clock, HttpOptions options)
    {
        (_dialect, _gate, _redactor, _clock, _options) = (dialect, gate, redactor, clock, options);
        _http = CreateClient(options);
        _retry = CreateRetry();
    }

    /// <summary>Makes a call; <paramref name="read"/> runs for every attempt whose answer is good, and may throw <see cref="JsonException"/>.</summary>
    /// <exception cref="JunipeerException">The call failed for good.</exception>
    public async Task<T> SendAsync<T>(ApiCall call, Func<ApiAnswer, T> read, CancellationToken stop)
    {
        try
        {
            return await RetryAsync(call, read, stop).ConfigureAwait(false);
        }
        catch (AttemptFailedException failed) when (failed.Fault.StatusCode == 401)
        {
            // A token can end before its time: revoked, or by a clock that is wrong. One new token, one more try; a refused
            // call was not executed, so even a write may be made again.
            if (!await _dialect.RenewAsync(call.SecretVersion, call.Sink, stop).ConfigureAwait(false)) throw new JunipeerException(Finish(failed, call));
        }
        catch (AttemptFailedException failed)
        {
            throw new JunipeerException(Finish(failed, call));
        }

        try
        {
            return await RetryAsync(call, read, stop).ConfigureAwait(false);
        }
        catch (AttemptFailedException failed)
        {
            throw new JunipeerException(Finish(failed, call));
        }
    }

    private async Task<T> RetryAsync<T>(ApiCall call, Func<ApiAnswer, T> read, CancellationToken stop)
    {
        var context = ResilienceContextPool.Shared.Get(stop);
        context.Properties.Set(CallKey, call);
        try
        {
            return await _retry.ExecuteAsync(
                static (context, state) => state.Self.AttemptAsync(state.Call, state.Read, context.CancellationToken),
                context,
                (Self: this, Call: call, Read: read)).ConfigureAwait(false);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    public void Dispose() => _http.Dispose();

    private static HttpClient CreateClient(HttpOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // a redirect could carry the token to another host
            UseCookies = false, // the edge sets one that means nothing to a program
            AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Brotli,
            ConnectTimeout = options.ConnectTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10), // accounts can move to another address
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            DefaultProxyCredentials = CredentialCache.DefaultCredentials,
            ActivityHeadersPropagator = null,
        };
        var http = new HttpClient(handler)
        {
            Timeout = Timeout.InfiniteTimeSpan, // each attempt has its own, body included
            DefaultRequestVersion = HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrHigher,
        };
        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        var version = typeof(HttpPipeline).Assembly.GetName().Version?.ToString(3) ?? "0";
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Junipeer", version));
        return http;
    }

    /// <summary>Outages outside, throttles inside, so that neither uses up the other's attempts.</summary>
    private ResiliencePipeline CreateRetry()
    {
        var builder = new ResiliencePipelineBuilder { TimeProvider = _options.Time };
        builder.AddRetry(new RetryStrategyOptions
        {
            Name = "outage",
            MaxRetryAttempts = _options.OutageRetries,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = _options.FirstDelay,
            MaxDelay = _options.MostDelay,
            ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is AttemptFailedException failed && MayRetry(failed, Call(args.Context), args.AttemptNumber)),
            OnRetry = args =>
            {
                var call = Call(args.Context);
                call.Ledger.CountRetry();
                Tell(call.Sink, args.RetryDelay, $"{args.Outcome.Exception!.Message} Trying again in {Seconds(args.RetryDelay)} ({args.AttemptNumber + 1} of at most {_options.OutageRetries}).");
                return default;
            },
        });
        builder.AddRetry(new RetryStrategyOptions
        {
            Name = "throttle",
            MaxRetryAttempts = _options.ThrottleRetries,
            BackoffType = DelayBackoffType.Constant,
            Delay = TimeSpan.Zero, // the gate knows how long
            ShouldHandle = args => ValueTask.FromResult(
                args.Outcome.Exception is AttemptFailedException { Retry: RetryKind.Throttle } && Call(args.Context) is { Retries: true } call && call.Throttles <= _options.ThrottleRetries),
            OnRetry = args =>
            {
                Call(args.Context).Ledger.CountRetry();
                return default;
            },
        });
        return builder.Build();
    }

    private bool MayRetry(AttemptFailedException failed, ApiCall call, int attempt)
    {
        if (!call.Retries) return false;
        call.OutageSince ??= _options.Time.GetTimestamp();
        return failed.Retry switch
        {
            RetryKind.Once => attempt == 0,
            RetryKind.Outage => _options.Time.GetElapsedTime(call.OutageSince.Value) < _options.OutageTime,
            _ => false,
        };
    }

    private async ValueTask<T> AttemptAsync<T>(ApiCall call, Func<ApiAnswer, T> read, CancellationToken stop)
    {
        await _dialect.PrepareAsync(call.Sink, stop).ConfigureAwait(false); // before the gate: renewing a token must not hold up others
        using var ticket = await _gate.EnterAsync(call.Share, wait => TellQuota(call.Sink, wait), stop).ConfigureAwait(false);
        using var limit = new CancellationTokenSource(_options.AttemptTimeout, _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        call.Attempts++;
        call.Ledger.CountRequest();
        var started = _options.Time.GetTimestamp();
        try
        {
            using var request = CreateRequest(call);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            _clock.Observe(response.Headers.Date);
            var quota = _dialect.ReadQuota(response);
            if (response.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests)) ticket.Answered(quota);
            using var body = await PooledBody.ReadAsync(response.Content, _options.MostBytes, either.Token).ConfigureAwait(false);
            call.Ledger.CountBytes(body.Memory.Length);
            var verdict = _dialect.Judge(call, response, body.Memory, _knownGood);
            if (verdict.Kind == VerdictKind.Throttled) ticket.Throttled(quota);
            else ticket.Answered(quota);
            ticket.Dispose(); // the next call may be on its way while this answer is parsed
            Trace(call, started, response, quota, body.Memory.Length);
            return Take(call, read, response, body, verdict);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or BodyTooLargeException or InvalidDataException
            || (error is OperationCanceledException && !stop.IsCancellationRequested))
        {
            if (TransportFaults.NeverSent(error)) ticket.NotSent();
            var failed = TransportFaults.From(error, call, _dialect, _options, limit.IsCancellationRequested, _knownGood);
            call.Sink.Debug(_redactor.Clean($"{call.Method} {call.Path}: {failed.Message} ({Elapsed(started):0} ms)"));
            throw failed;
        }
    }

    private T Take<T>(ApiCall call, Func<ApiAnswer, T> read, HttpResponseMessage response, PooledBody body, Verdict verdict)
    {
        switch (verdict.Kind)
        {
            case VerdictKind.Success or VerdictKind.Empty:
                var requestId = _dialect.ReadRequestId(response);
                var answer = new ApiAnswer(response, body.Memory, _clock.Now, verdict.Kind == VerdictKind.Empty, requestId);
                try
                {
                    var result = read(answer);
                    _knownGood = true;
                    return result;
                }
                catch (JsonException error)
                {
                    throw new AttemptFailedException(NotJson(call, response, error, requestId), call.IsRepeatable ? RetryKind.Outage : RetryKind.Never);
                }

            case VerdictKind.Throttled:
                call.Throttles++;
                call.Ledger.CountThrottled();
                throw new AttemptFailedException(verdict.Fault!, call.IsRepeatable || verdict.NotExecuted ? RetryKind.Throttle : RetryKind.Never);
            case VerdictKind.Outage:
                throw new AttemptFailedException(verdict.Fault!, call.IsRepeatable ? RetryKind.Outage : RetryKind.Never);
            default:
                _knownGood |= verdict.Fault!.ErrorCode is not null; // only the system itself has error codes
                throw new AttemptFailedException(verdict.Fault!, RetryKind.Never);
        }
    }

    private HttpRequestMessage CreateRequest(ApiCall call)
    {
        var request = new HttpRequestMessage(call.Method, call.Address)
        {
            Version = _http.DefaultRequestVersion,
            VersionPolicy = _http.DefaultVersionPolicy,
        };
        if (call.Body is { } body) request.Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") } };
        foreach (var (name, value) in call.Headers ?? new Dictionary<string, string>()) request.Headers.TryAddWithoutValidation(name, value);
        call.SecretVersion = _dialect.SecretVersion;
        _dialect.Authenticate(request);
        return request;
    }

    private JunipeerFault NotJson(ApiCall call, HttpResponseMessage response, JsonException error, string? requestId) => new(
        "Junipeer.Response.Invalid",
        FaultCategory.InvalidData,
        $"The answer of {_dialect.System} to {call.Method} {call.Path} is not complete JSON: {error.Message}",
        $"Try again; if it stays so, ask {_dialect.System}'s support about request {requestId ?? "(no id)"}.")
    {
        Target = call.Path,
        System = _dialect.System,
        StatusCode = (int)response.StatusCode,
        RequestId = requestId,
        IsTransient = true,
    };

    /// <summary>The fault as the caller sees it: cleaned, and saying how often it was tried.</summary>
    private JunipeerFault Finish(AttemptFailedException failed, ApiCall call)
    {
        var fault = failed.Fault;
        var tries = call.Attempts > 1 ? $" Tried {call.Attempts} times." : string.Empty;
        return fault with
        {
            Message = _redactor.Clean(fault.Message + tries),
            RecommendedAction = _redactor.Clean(fault.RecommendedAction),
            Target = fault.Target is string target ? _redactor.Clean(target) : fault.Target,
            Cause = fault.Cause is null ? null : new CleanedException(_redactor.Clean(fault.Cause.ToString())),
        };
    }

    private void Trace(ApiCall call, long started, HttpResponseMessage response, QuotaReading? quota, int bytes) =>
        call.Sink.Debug(_redactor.Clean(
            $"{call.Method} {call.Path}: {(int)response.StatusCode}, {Elapsed(started):0} ms, {bytes:N0} bytes, "
            + $"{(quota is { } told ? told.Remaining.ToString("N0") : "unknown number of")} calls left, ruid {_dialect.ReadRequestId(response) ?? "(none)"}"));

    private void TellQuota(IOperationSink sink, TimeSpan wait)
    {
        var limit = _gate.Limit;
        var pool = limit > 0 ? $"{limit:N0} calls a period" : "calls of this period";
        Tell(sink, wait, $"{_dialect.System}'s quota ({pool}, less what is left to other apps) is used up on '{_dialect.Connection}'; going on in {Seconds(wait)}.");
    }

    /// <summary>The first wait of an operation is a warning, the rest is for those who want to see it.</summary>
    private void Tell(IOperationSink sink, TimeSpan wait, string message)
    {
        message = _redactor.Clean(message);
        if (wait >= _options.QuietWait && Warned.TryAdd(sink, sink)) sink.Warning(message);
        else sink.Verbose(message);
    }

    private double Elapsed(long started) => _options.Time.GetElapsedTime(started).TotalMilliseconds;

    private static ApiCall Call(ResilienceContext context) => context.Properties.GetValue(CallKey, null!);

    private static string Seconds(TimeSpan time) => time.TotalSeconds >= 10 ? $"{time.TotalSeconds:0} s" : $"{time.TotalSeconds:0.0} s";
}
