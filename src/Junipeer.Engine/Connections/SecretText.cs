using System.Runtime.InteropServices;
using System.Security;

namespace Junipeer.Connections;

/// <summary>From secret to text and back; the text is to be dropped at once.</summary>
internal static class SecretText
{
    /// <summary>The secret without white space around it.</summary>
    public static string Reveal(SecureString secret)
    {
        var memory = Marshal.SecureStringToGlobalAllocUnicode(secret);
        try
        {
            return Marshal.PtrToStringUni(memory, secret.Length).Trim();
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(memory);
        }
    }

    public static SecureString Hide(string text)
    {
        var secret = new SecureString();
        foreach (var c in text) secret.AppendChar(c);
        secret.MakeReadOnly();
        return secret;
    }
}
