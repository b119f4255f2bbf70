using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Junipeer.Http;
using Junipeer.Operations;

namespace Junipeer.Connections;

/// <summary>What a token endpoint answered.</summary>
internal sealed record TokenAnswer
{
    public required string AccessToken { get; init; }

    public string? RefreshToken { get; init; }

    /// <summary>When the access token ends: the time of receipt plus <c>expires_in</c>; null when not told.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The host of the API (Brightpearl: <c>api_domain</c>).</summary>
    public string? ApiDomain { get; init; }

    /// <summary>The app's installation (Brightpearl: <c>installation_instance_id</c>, first grant only).</summary>
    public string? InstallationId { get; init; }

    /// <summary>What was granted, which may be less than what was asked for; null when not told.</summary>
    public string? Scope { get; init; }

    /// <summary>Who signed in, as a signed statement (OpenID Connect); read for its e-mail address only.</summary>
    public string? IdToken { get; init; }

    /// <summary>When the refresh token ends, where access is limited in time; null when it is not.</summary>
    public DateTimeOffset? RefreshEndsAt { get; init; }

    public override string ToString() => nameof(TokenAnswer);
}

/// <summary>The endpoint said no, in the words of OAuth 2 (RFC 6749, section 5.2).</summary>
internal sealed class TokenRefusedException(string error, string? description, int status, string? subtype = null) : Exception($"{error}: {description}")
{
    /// <summary>Google's closer word, for example <c>invalid_rapt</c>.</summary>
    public string? Subtype => subtype;

    public string Error => error;

    public string? Description => description;

    public int Status => status;
}

/// <summary>The endpoint was never reached, so it did nothing.</summary>
internal sealed class NeverSentException(string text) : CleanedException(text);

/// <summary>
/// Asks an OAuth 2 token endpoint. A request that certainly never arrived is sent again; one whose fate is unknown is not,
/// because a code and, where tokens rotate, a refresh token serve only once: whoever calls decides.
/// </summary>
/// <param name="address">Where.</param>
/// <param name="redactor">Learns what comes and goes.</param>
/// <param name="time">The clock.</param>
/// <param name="tokenKey">Which member of the answer holds the access token.</param>
/// <param name="throttlePause">How long to wait when it takes no more requests just now and does not say for how long; null for a moment.</param>
internal sealed class TokenEndpoint(Uri address, Redactor redactor, TimeProvider time, string tokenKey = "access_token", TimeSpan? throttlePause = null)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    private const int MostBytes = 256 * 1024;
    private const int Tries = 4;

    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    public Uri Address => address;

    /// <exception cref="TokenRefusedException">The endpoint refused the grant.</exception>
    /// <exception cref="JunipeerException">No answer, or none that can be understood.</exception>
    public async Task<TokenAnswer> AskAsync(IReadOnlyList<KeyValuePair<string, string?>> form, IOperationSink sink, CancellationToken stop)
    {
        var fields = form.Where(f => !string.IsNullOrEmpty(f.Value)).Select(f => new KeyValuePair<string, string>(f.Key, f.Value!)).ToArray();
        foreach (var (name, value) in fields)
        {
            if (name is "code" or "refresh_token" or "client_secret") redactor.Know(value);
        }

        using var http = CreateClient();
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan? pause = null;
            var started = time.GetTimestamp();
            try
            {
                return await AskOnceAsync(http, fields, sink, started, stop).ConfigureAwait(false);
            }
            catch (Exception error) when (error is HttpRequestException or IOException or TimeoutException || (error is OperationCanceledException && !stop.IsCancellationRequested))
            {
                sink.Debug(redactor.Clean($"POST {address.Authority}{address.AbsolutePath}: {error.Message}"));
                if (!TransportFaults.NeverSent(error) || attempt == Tries || !IsPassing(error)) throw new JunipeerException(Unreachable(error));
            }
            catch (BusyException busy) when (attempt < Tries)
            {
                pause = busy.Pause ?? (busy.Status == 429 ? throttlePause : null);
                sink.Verbose($"{address.Host} answered {busy.Status} to the request for a token; trying again{(pause is { } wait ? $" in {wait.TotalSeconds:0} s" : string.Empty)}.");
            }
            catch (BusyException busy)
            {
                throw new JunipeerException(Fault("Junipeer.Token.EndpointUnavailable", FaultCategory.ResourceUnavailable,
                    busy.Status == 429
                        ? $"The token endpoint {address.Host} takes no more requests for tokens from this address: it answered 429 {Tries} times."
                        : $"The token endpoint {address.Host} is out of order: it answered {busy.Status} {Tries} times.", "Run the command again later.") with { StatusCode = busy.Status, IsTransient = true });
            }

            await Task.Delay((pause ?? TimeSpan.FromMilliseconds(250 << attempt)) + TimeSpan.FromMilliseconds(Random.Shared.Next(250)), time, stop).ConfigureAwait(false);
        }
    }

    private async Task<TokenAnswer> AskOnceAsync(HttpClient http, KeyValuePair<string, string>[] fields, IOperationSink sink, long started, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(fields) };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var response = await http.SendAsync(request, stop).ConfigureAwait(false);
        var body = await response.Content.ReadAsByteArrayAsync(stop).ConfigureAwait(false);
        var status = (int)response.StatusCode;
        sink.Debug($"POST {address.Authority}{address.AbsolutePath} ({fields.First(f => f.Key == "grant_type").Value}): {status}, {time.GetElapsedTime(started).TotalMilliseconds:0} ms");
        using var document = TryParse(body);
        var answer = document?.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement : default;
        if (status is >= 200 and < 300 && Text(answer, tokenKey) is { } access) return Read(answer, access);
        if (Text(answer, "error") is { } error && status is >= 400 and < 500 and not 429)
            throw new TokenRefusedException(error, Text(answer, "error_description"), status, Text(answer, "error_subtype"));

        // It says that it did nothing, or stands before the endpoint: the request may be made again.
        if (status is 429 or 502 or 503) throw new BusyException(status, PauseOf(response));
        throw new JunipeerException(Fault("Junipeer.Token.AnswerInvalid", FaultCategory.InvalidData,
            status is >= 200 and < 300
                ? $"The token endpoint {address.Host} answered {status}, but its answer {(document is null ? "is not JSON" : $"has no '{tokenKey}'")}."
                : $"{address} does not answer as a token endpoint: it answered {status}.",
            "Check the address of the token endpoint (-TokenUri) and the data centre, then connect again.") with { StatusCode = status });
    }

    private TokenAnswer Read(JsonElement answer, string access)
    {
        var received = time.GetUtcNow();
        redactor.Know(access);
        var refresh = Text(answer, "refresh_token");
        if (refresh is not null) redactor.Know(refresh);
        if (Text(answer, "id_token") is { } identity) redactor.Know(identity);
        return new TokenAnswer
        {
            AccessToken = access,
            RefreshToken = refresh,
            ReceivedAt = received,
            ExpiresAt = After(received, Text(answer, "expires_in")),
            RefreshEndsAt = After(received, Text(answer, "refresh_token_expires_in")),
            Scope = Text(answer, "scope"),
            IdToken = Text(answer, "id_token"),
            ApiDomain = Text(answer, "api_domain"),
            InstallationId = Text(answer, "installation_instance_id"),
        };
    }

    /// <summary>How long the endpoint asks to be left alone; null when it does not say.</summary>
    private TimeSpan? PauseOf(HttpResponseMessage response) => (response.Headers.RetryAfter?.Delta ?? response.Headers.RetryAfter?.Date - time.GetUtcNow()) is { } wait
        ? TimeSpan.FromTicks(Math.Clamp(wait.Ticks, 0, LongestPause.Ticks))
        : null;

    private static DateTimeOffset? After(DateTimeOffset received, string? seconds) =>
        double.TryParse(seconds, System.Globalization.CultureInfo.InvariantCulture, out var number) && number is > 0 and < 1e10 ? received.AddSeconds(number) : null;

    private static HttpClient CreateClient() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, // a redirect could carry the secrets to another host
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.GZip,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        DefaultProxyCredentials = CredentialCache.DefaultCredentials,
    })
    {
        Timeout = Patience,
        MaxResponseContentBufferSize = MostBytes,
    };

    private static JsonDocument? TryParse(byte[] body)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A member as text; ids come as numbers or as strings.</summary>
    private static string? Text(JsonElement answer, string name) =>
        answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty(name, out var value)
            ? value.ValueKind switch { JsonValueKind.String => value.GetString() is { Length: > 0 } text ? text : null, JsonValueKind.Number => value.GetRawText(), _ => null }
            : null;

    /// <summary>A host that does not exist and a bad certificate will not mend themselves.</summary>
    private static bool IsPassing(Exception error) =>
        error is not HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError };

    private JunipeerFault Unreachable(Exception error) => Fault("Junipeer.Token.EndpointUnreachable", FaultCategory.ConnectionError,
        $"The token endpoint {address.Authority} did not answer: {redactor.Clean(error.Message)}",
        $"Check the network and the proxy of this machine (Test-Connection {address.Host} -TcpPort {address.Port}), then run the command again.") with
    { IsTransient = true, Cause = TransportFaults.NeverSent(error) ? new NeverSentException(redactor.Clean(error.ToString())) : new CleanedException(redactor.Clean(error.ToString())) };

    private static JunipeerFault Fault(string id, FaultCategory category, string message, string fix) => new(id, category, message, fix);

    private sealed class BusyException(int status, TimeSpan? pause) : Exception
    {
        public TimeSpan? Pause => pause;

        public int Status => status;
    }
}
