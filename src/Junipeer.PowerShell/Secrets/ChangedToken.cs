using System.Management.Automation;
using System.Runtime.InteropServices;
using System.Security;
using System.Text.Json;
using Junipeer.Connections;
using Junipeer.Operations;

namespace Junipeer.PowerShell.Secrets;

/// <summary>Renewed tokens on their way to <c>-OnTokenChanged</c>.</summary>
internal sealed class ChangedToken
{
    private readonly JunipeerConnection _connection;
    private readonly SecureString _accessToken;
    private readonly SecureString? _refreshToken;

    private ChangedToken(JunipeerConnection connection, SecureString accessToken, SecureString? refreshToken) =>
        (_connection, _accessToken, _refreshToken) = (connection, accessToken, refreshToken);

    /// <summary>The tokens in a secret; null when it only marks that a renewal begins.</summary>
    public static ChangedToken? Of(JunipeerConnection connection, SecureString secret)
    {
        using var document = JsonDocument.Parse(TextOf(secret));
        var root = document.RootElement;
        return root.TryGetProperty("pending", out _) || !root.TryGetProperty("access_token", out var access)
            ? null
            : new ChangedToken(connection, Hide(access.GetString()!), root.TryGetProperty("refresh_token", out var refresh) ? Hide(refresh.GetString()!) : null);
    }

    /// <summary>Calls the script block; its failure means that the tokens are not safe.</summary>
    public void Tell(TokenListener listener)
    {
        var token = new PSObject();
        token.Properties.Add(new PSNoteProperty("Connection", _connection.Name));
        token.Properties.Add(new PSNoteProperty("AccessToken", _accessToken));
        token.Properties.Add(new PSNoteProperty("RefreshToken", _refreshToken));
        token.Properties.Add(new PSNoteProperty("ExpiresAt", _connection.ExpiresAt));
        try
        {
            listener.Here.InvokeWithContext(null, [new PSVariable("_", token), new PSVariable("ErrorActionPreference", ActionPreference.Stop)], token);
        }
        catch (RuntimeException error)
        {
            throw new JunipeerException(new JunipeerFault(
                "Junipeer.Store.CallbackFailed",
                FaultCategory.WriteError,
                $"The script block given to -OnTokenChanged failed: {error.Message}",
                "Mend the script block; it gets one object with Connection, AccessToken, RefreshToken and ExpiresAt, and must save both tokens or throw.")
            { Target = _connection.Name, Cause = error });
        }
    }

    private static string TextOf(SecureString secret)
    {
        var memory = Marshal.SecureStringToGlobalAllocUnicode(secret);
        try
        {
            return Marshal.PtrToStringUni(memory, secret.Length);
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(memory);
        }
    }

    private static SecureString Hide(string text)
    {
        var secret = new SecureString();
        foreach (var c in text) secret.AppendChar(c);
        secret.MakeReadOnly();
        return secret;
    }
}
