using System.Net.Http.Headers;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Responses;
using Google.Apis.Http;
using Junipeer.Connections;
using Junipeer.Http;
using Junipeer.Operations;

namespace Junipeer.BigQuery;

/// <summary>
/// Puts the proof of identity on a call. People's sign-ins and bare access tokens go through our own keeper of tokens, which
/// saves and renews them as it does for every system; machines' identities are Google's library's business.
/// </summary>
internal sealed class BigQueryCredentials : IHttpExecuteInterceptor, IConfigurableHttpClientInitializer, IDisposable
{
    private readonly TokenKeeper? _keeper;
    private readonly Func<CancellationToken, Task<ICredential>>? _open;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private ICredential? _credential;

    private readonly BigQueryConnection _connection;

    private BigQueryCredentials(BigQueryConnection connection, TokenKeeper? keeper, Func<CancellationToken, Task<ICredential>>? open) =>
        (_connection, _keeper, _open) = (connection, keeper, open);

    /// <summary>When the token in use ends, where that is known.</summary>
    public TokenKeeper? Keeper => _keeper;

    public static BigQueryCredentials Of(BigQueryConnection connection, ISecretStore secrets, Redactor redactor, TimeProvider time) => connection.Kind switch
    {
        BigQueryAuthentication.User or BigQueryAuthentication.AccessToken =>
            new(connection, new TokenKeeper(connection, secrets, redactor, BigQuerySignIn.RefreshOf(connection, redactor, time), BigQuerySignIn.CommandFor(connection), time), null),
        BigQueryAuthentication.ServiceAccount => new(connection, null, stop => ServiceAccountAsync(connection, secrets, redactor, stop)),
        BigQueryAuthentication.MetadataServer => new(connection, null, _ => Task.FromResult<ICredential>(new ComputeCredential())),
        BigQueryAuthentication.WorkloadIdentity => new(connection, null, _ => Task.FromResult(AzureFederation.Open(connection))),
        _ => new(connection, null, DefaultAsync),
    };

    public void Initialize(ConfigurableHttpClient httpClient) => httpClient.MessageHandler.AddExecuteInterceptor(this);

    public async Task InterceptAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var token = _keeper is null
            ? await (await OpenAsync(cancellationToken).ConfigureAwait(false)).GetAccessTokenForRequestAsync(null, cancellationToken).ConfigureAwait(false)
            : _keeper.Reveal();
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Makes sure there is a token; before a call, because renewing may have to tell the user something.</summary>
    public async ValueTask PrepareAsync(IOperationSink sink, CancellationToken stop)
    {
        if (_keeper is not null) await _keeper.PrepareAsync(sink, stop).ConfigureAwait(false);
        else await FetchAsync(stop).ConfigureAwait(false);
    }

    /// <summary>The library keeps a token until it ends; what it cannot get is told in our words.</summary>
    private async Task FetchAsync(CancellationToken stop)
    {
        try
        {
            await (await OpenAsync(stop).ConfigureAwait(false)).GetAccessTokenForRequestAsync(null, stop).ConfigureAwait(false);
        }
        catch (TokenResponseException refused)
        {
            throw new BigQueryFaults(_connection).TokenRefused(refused);
        }
        catch (Exception error) when (error is HttpRequestException or IOException || (error is OperationCanceledException && !stop.IsCancellationRequested))
        {
            throw new BigQueryFaults(_connection).Unreachable(error, "get a token");
        }
    }

    /// <summary>A token was refused; true when there is a new one to try.</summary>
    public Task<bool> RenewAsync(int version, IOperationSink sink, CancellationToken stop) =>
        _keeper is { CanRenew: true } ? _keeper.RenewAsync(version, sink, stop) : Task.FromResult(false);

    public int Version => _keeper?.Version ?? 0;

    public void Dispose()
    {
        _keeper?.Dispose();
        _opening.Dispose();
    }

    private async Task<ICredential> OpenAsync(CancellationToken stop)
    {
        if (_credential is not null) return _credential;
        await _opening.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            return _credential ??= await _open!(stop).ConfigureAwait(false);
        }
        finally
        {
            _opening.Release();
        }
    }

    private static async Task<ICredential> ServiceAccountAsync(BigQueryConnection connection, ISecretStore secrets, Redactor redactor, CancellationToken stop)
    {
        using var secret = await secrets.ReadAsync(connection.SecretReference, stop).ConfigureAwait(false)
            ?? throw new TokenFaults(connection, BigQuerySignIn.CommandFor(connection)).Missing($"has no key in the {connection.SecretReference}");
        var key = ServiceAccountKey.Parse(SecretText.Reveal(secret), connection.Name, connection.BaseUri.IsLoopback);
        redactor.Know(key.PrivateKey);
        return CredentialFactory.FromJson<ServiceAccountCredential>(key.Json).ToGoogleCredential().CreateScoped(BigQueryConnection.Scope);
    }

    /// <summary>What gcloud, the environment or the machine offers; the library keeps what it found for the life of the process.</summary>
    private static async Task<ICredential> DefaultAsync(CancellationToken stop)
    {
        try
        {
            return (await GoogleCredential.GetApplicationDefaultAsync(stop).ConfigureAwait(false)).CreateScoped(BigQueryConnection.Scope);
        }
        catch (InvalidOperationException none)
        {
            throw new JunipeerException(new JunipeerFault("Junipeer.Authentication.SecretMissing", FaultCategory.AuthenticationError,
                $"This machine has no Application Default Credentials: {none.Message}",
                "Run 'gcloud auth application-default login', set GOOGLE_APPLICATION_CREDENTIALS to a key file, or sign in with Connect-BigQuery.") { System = "BigQuery", Cause = none });
        }
    }
}
