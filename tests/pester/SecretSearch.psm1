# Looks for secrets in files: whole or in pieces of twelve characters, plain or in any of the usual encodings.
Add-Type -TypeDefinition @'
using System;
using System.Collections.Generic;

public sealed class JunipeerPieces
{
    private const int Length = 12;
    private readonly HashSet<string> _pieces = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
    private readonly bool[] _begins = new bool[1 << 16];

    public void Add(string form)
    {
        for (int i = 0; i + Length <= form.Length; i++)
        {
            string piece = form.Substring(i, Length);
            _pieces.Add(piece);
            foreach (char a in new[] { char.ToLowerInvariant(piece[0]), char.ToUpperInvariant(piece[0]) })
                foreach (char b in new[] { char.ToLowerInvariant(piece[1]), char.ToUpperInvariant(piece[1]) })
                    _begins[(a & 255) << 8 | b & 255] = true;
        }
    }

    public string Find(string text)
    {
        for (int i = 0; i + Length <= text.Length; i++)
            if (_begins[(text[i] & 255) << 8 | text[i + 1] & 255] && _pieces.Contains(text.Substring(i, Length)))
                return text.Substring(Math.Max(0, i - 60), Math.Min(120, text.Length - Math.Max(0, i - 60)));
        return null;
    }
}
'@

# Every form a secret may be written in. Base64 depends on where in the encoded text the secret begins, so there are three of each.
function Get-SecretForm {
    param([Parameter(Mandatory)] [string] $Secret)
    $Secret
    [uri]::EscapeDataString($Secret)
    [Net.WebUtility]::UrlEncode($Secret)
    [Net.WebUtility]::HtmlEncode($Secret)
    $Secret.Replace('/', '\/')
    [Text.Json.JsonSerializer]::Serialize($Secret, [string]).Trim('"')
    foreach ($encoding in [Text.Encoding]::UTF8, [Text.Encoding]::Unicode) {
        $bytes = $encoding.GetBytes($Secret)
        # So does ConvertFrom-SecureString where the operating system has no protection to offer.
        [Convert]::ToHexString($bytes)
        foreach ($before in 0..2) {
            $base64 = [Convert]::ToBase64String([byte[]]::new($before) + $bytes)
            $base64 = $base64.Substring($before ? 4 : 0).TrimEnd('=')
            $base64 = $base64.Substring(0, $base64.Length - 1)
            $base64
            $base64.Replace('+', '-').Replace('/', '_')
        }
    }
}

function New-SecretSearch {
    param([Parameter(Mandatory)] [string[]] $Secret)
    $pieces = [JunipeerPieces]::new()
    foreach ($one in $Secret | Select-Object -Unique) {
        if ($one.Length -lt 16) { throw 'Too short a secret would be found by chance.' }
        foreach ($form in Get-SecretForm $one) { $pieces.Add($form) }
    }
    , $pieces
}

# The files that hold a piece of a secret, each with what surrounds it.
function Find-Secret {
    param([Parameter(Mandatory)] $Search, [Parameter(Mandatory)] [string[]] $Path)
    foreach ($file in Get-ChildItem $Path -Recurse -File -Force) {
        $text = [Text.Encoding]::Latin1.GetString([IO.File]::ReadAllBytes($file.FullName))
        $found = $Search.Find($text) ?? $Search.Find($text.Replace("`0", '')) ?? $Search.Find(($text -replace '[\r\n]+ *'))
        $found = $found ?? $Search.Find($file.FullName)
        if ($found) { [pscustomobject]@{ Path = $file.FullName; Around = $found } }
    }
}

Export-ModuleMember -Function *
