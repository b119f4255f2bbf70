using System.Security;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Junipeer.Connections;

/// <summary>
/// What is kept for a connection, as one secret. A token that stands for itself and was put there by hand is kept bare;
/// everything else is JSON with a version, so that a later release can read what an earlier one wrote.
/// </summary>
internal sealed record SecretDocument
{
    /// <summary>The version this release writes, and the newest it reads.</summary>
    public const int CurrentVersion = 1;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public int Version { get; init; } = CurrentVersion;

    /// <summary>A token that stands for itself.</summary>
    public string? Token { get; init; }

    public string? AccessToken { get; init; }

    public string? RefreshToken { get; init; }

    public string? ClientSecret { get; init; }

    /// <summary>When the access token was received, by this machine's clock.</summary>
    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>When the access token ends.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>
    /// True when a token renewed early ends no later than the one before (Brightpearl hands out one whose clock already runs):
    /// renewing before the end gains nothing then.
    /// </summary>
    public bool? ClockRuns { get; init; }

    /// <summary>A refresh that was begun and whose result is not kept yet.</summary>
    public PendingRefresh? Pending { get; init; }

    /// <summary>Fingerprint of the read-only secret this grew out of; says whether what is kept is newer than its source.</summary>
    public string? Origin { get; init; }

    /// <summary>The token that opens the system now.</summary>
    [JsonIgnore]
    public string? Current => AccessToken ?? Token;

    /// <summary>Reads a secret; null when it is JSON that is no document of ours.</summary>
    public static SecretDocument? Parse(SecureString secret)
    {
        var text = SecretText.Reveal(secret);
        if (!text.StartsWith('{')) return new SecretDocument { Token = text };
        try
        {
            return JsonSerializer.Deserialize<SecretDocument>(text, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The secret to keep. A bare token stays bare, so that people can read and replace it in their vault.</summary>
    public SecureString Hide() =>
        SecretText.Hide(Token is not null && this == new SecretDocument { Token = Token } ? Token : JsonSerializer.Serialize(this, Json));

    /// <summary>A fingerprint of a secret that gives nothing of it away.</summary>
    public static string OriginOf(params string?[] secrets) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', secrets))))[..32];

    /// <summary>Everything in here that must not be shown.</summary>
    public IEnumerable<string> Secrets() => new[] { Token, AccessToken, RefreshToken, ClientSecret }.OfType<string>();

    /// <summary>Nothing: a record's text would show the tokens.</summary>
    public override string ToString() => nameof(SecretDocument);
}

/// <summary>Who began a refresh, and when.</summary>
internal sealed record PendingRefresh(DateTimeOffset StartedAt, string Machine, int Process);
