using System.Net.Http.Headers;
using System.Text.Json;
using Google.Apis.Auth.OAuth2;
using Junipeer.Connections;

namespace Junipeer.BigQuery;

/// <summary>
/// Acts in Google Cloud as a managed identity of Azure
/// (https://cloud.google.com/iam/docs/workload-identity-federation-with-other-clouds): the identity's token is changed for
/// Google's. Where the token comes from differs by host (https://learn.microsoft.com/azure/app-service/overview-managed-identity).
/// </summary>
internal sealed class AzureFederation(string resource) : ProgrammaticExternalAccountCredential.ISubjectTokenProvider
{
    private const string TokenType = "urn:ietf:params:oauth:token-type:jwt";
    private const string Exchange = "https://sts.googleapis.com/v1/token";

    public static ICredential Open(BigQueryConnection connection)
    {
        var settings = new ProgrammaticExternalAccountCredential.Initializer(
            connection.OAuth?.TokenUri.AbsoluteUri ?? Exchange, connection.FederationAudience!, TokenType, new AzureFederation(connection.FederationResource!))
        {
            Scopes = [BigQueryConnection.Scope],
            ServiceAccountImpersonationUrl = connection.Impersonate is { } account
                ? $"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{Uri.EscapeDataString(account)}:generateAccessToken"
                : null,
        };
        return GoogleCredential.FromProgrammaticExternalAccountCredential(new ProgrammaticExternalAccountCredential(settings));
    }

    public async Task<string> GetSubjectTokenAsync(ProgrammaticExternalAccountCredential caller, CancellationToken taskCancellationToken)
    {
        // App Service, Functions and Automation name an address of their own; a virtual machine has the well-known one.
        var endpoint = Environment.GetEnvironmentVariable("IDENTITY_ENDPOINT") is { Length: > 0 } given ? given : "http://169.254.169.254/metadata/identity/oauth2/token";
        var header = Environment.GetEnvironmentVariable("IDENTITY_HEADER");
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{endpoint}?resource={Uri.EscapeDataString(resource)}&api-version={(header is null ? "2018-02-01" : "2019-08-01")}");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Add("Metadata", "true");
        if (header is not null) request.Headers.Add("X-IDENTITY-HEADER", header);
        using var answer = await http.SendAsync(request, taskCancellationToken).ConfigureAwait(false);
        answer.EnsureSuccessStatusCode();
        using var document = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(taskCancellationToken).ConfigureAwait(false));
        return document.RootElement.GetProperty("access_token").GetString()!;
    }
}
