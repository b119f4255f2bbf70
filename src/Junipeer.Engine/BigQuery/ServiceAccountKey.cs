using System.Text.Json;
using Junipeer.Operations;

namespace Junipeer.BigQuery;

/// <summary>
/// The JSON key of a service account. Such a file comes from outside and says where its secret is sent, so only Google's own
/// hosts are let through, and only this kind of file.
/// </summary>
internal sealed record ServiceAccountKey(string Json, string Email, string PrivateKey, string? Project)
{
    public static ServiceAccountKey Parse(string json, string target, bool allowLoopback)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (Text(root, "type") is not "service_account") throw Bad(target, $"its type is '{Text(root, "type") ?? "not told"}', not 'service_account'");
            if (Text(root, "client_email") is not { } email || Text(root, "private_key") is not { } key) throw Bad(target, "it has no client_email or no private_key");
            if (Text(root, "token_uri") is { } uri && !IsGoogle(uri, allowLoopback)) throw Bad(target, $"its token_uri leads to {uri}, which is not Google's");
            return new ServiceAccountKey(json, email, key, Text(root, "project_id"));
        }
        catch (JsonException error)
        {
            throw Bad(target, $"it is not JSON ({error.Message})");
        }
    }

    private static bool IsGoogle(string uri, bool allowLoopback) =>
        Uri.TryCreate(uri, UriKind.Absolute, out var address)
        && ((address.Scheme == Uri.UriSchemeHttps && (address.Host.EndsWith(".googleapis.com", StringComparison.OrdinalIgnoreCase) || address.Host.Equals("accounts.google.com", StringComparison.OrdinalIgnoreCase)))
            || (allowLoopback && address.IsLoopback));

    private static string? Text(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JunipeerException Bad(string target, string why) => new(new JunipeerFault(
        "Junipeer.BigQuery.KeyInvalid", FaultCategory.InvalidArgument, $"What was given for '{target}' is no key of a service account: {why}.",
        "Make a JSON key in Google Cloud's console (IAM, Service accounts, Keys) and give the file to -KeyFile.") { Target = target, System = "BigQuery" });
}
