using System.Runtime.InteropServices;
using System.Security;

namespace Junipeer.PowerShell.Arguments;

/// <summary>Looks at a secret without ever making a string of it.</summary>
internal static class SecretText
{
    /// <summary>True when nothing but white space is in it.</summary>
    public static bool IsBlank(SecureString secret) => All(secret, char.IsWhiteSpace);

    /// <summary>True when every character may stand in a header; white space around it does not count.</summary>
    public static bool IsPrintable(SecureString secret) => All(secret, c => c is >= ' ' and <= '~' or '\r' or '\n' or '\t');

    private static bool All(SecureString secret, Func<char, bool> holds)
    {
        var memory = Marshal.SecureStringToGlobalAllocUnicode(secret);
        try
        {
            for (var i = 0; i < secret.Length; i++)
            {
                if (!holds((char)Marshal.ReadInt16(memory, i * sizeof(char)))) return false;
            }

            return true;
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(memory);
        }
    }
}
