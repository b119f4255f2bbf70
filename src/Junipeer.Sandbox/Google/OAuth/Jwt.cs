using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Junipeer.Sandbox.Google.Rest;

namespace Junipeer.Sandbox.Google.OAuth;

/// <summary>Reads and makes JSON web tokens signed with RS256.</summary>
internal static class Jwt
{
    /// <summary>Header and claims of a token, unverified; null when it is none.</summary>
    public static (JsonElement Header, JsonElement Claims)? Read(string token)
    {
        string[] parts = token.Split('.');
        if (parts.Length != 3)
        {
            return null;
        }

        try
        {
            JsonElement header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0])).RootElement;
            JsonElement claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1])).RootElement;
            return header.ValueKind == JsonValueKind.Object && claims.ValueKind == JsonValueKind.Object ? (header, claims) : null;
        }
        catch (Exception wrong) when (wrong is FormatException or JsonException)
        {
            return null;
        }
    }

    public static bool Verify(string token, RSA key)
    {
        int dot = token.LastIndexOf('.');
        try
        {
            return Read(token) is { } read && read.Header.Member("alg") is { ValueKind: JsonValueKind.String } alg && alg.GetString() == "RS256"
                && key.VerifyData(Encoding.ASCII.GetBytes(token[..dot]), Base64Url.DecodeFromChars(token.AsSpan(dot + 1)), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    public static string Make(RSA key, string keyId, Dictionary<string, object> claims)
    {
        string head = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(new { alg = "RS256", typ = "JWT", kid = keyId }));
        string text = head + "." + Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims));
        return text + "." + Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    /// <summary>A claim that is text; null when it is missing or something else.</summary>
    public static string? Claim(this JsonElement claims, string name) => claims.Member(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    public static long? Time(this JsonElement claims, string name) => claims.Member(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetDouble(out double seconds) ? (long)seconds : null;
}
