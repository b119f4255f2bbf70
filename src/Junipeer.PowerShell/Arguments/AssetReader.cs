using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Security;
using Junipeer.Operations;

namespace Junipeer.PowerShell.Arguments;

/// <summary>
/// Reads what <c>Get-AutomationConnection</c> (a hashtable) or <c>Get-AutomationPSCredential</c> returns. The field names are
/// those of Connect-Brightpearl's parameters, in any case, with or without <c>_</c> and <c>-</c>.
/// </summary>
internal sealed class AssetReader
{
    private readonly Dictionary<string, object?> _fields = new(StringComparer.OrdinalIgnoreCase);

    public AssetReader(object asset)
    {
        switch (asset is PSObject wrapped ? wrapped.BaseObject : asset)
        {
            case PSCredential credential:
                _fields["AppReference"] = credential.UserName;
                _fields["StaffToken"] = credential.Password;
                break;
            case IDictionary table:
                foreach (DictionaryEntry entry in table)
                    _fields[Plain(PlainValue.Text(entry.Key))] = entry.Value is PSObject value ? value.BaseObject : entry.Value;
                break;
            case var other:
                throw new JunipeerException(new JunipeerFault("Junipeer.Connection.BadAsset", FaultCategory.InvalidArgument,
                    $"A {other.GetType().Name} is neither a connection asset nor a credential.",
                    "Give what Get-AutomationConnection or Get-AutomationPSCredential returns, for example -Asset (Get-AutomationConnection -Name Brightpearl)."));
        }
    }

    /// <summary>A field as text, by the first of the names that is there; null when none is.</summary>
    public string? Text(params string[] names) => Find(names) switch
    {
        null => null,
        var value => PlainValue.Text(value).Trim() is { Length: > 0 } text ? text : null,
    };

    /// <summary>A field as a secret.</summary>
    public SecureString? Secret(params string[] names) => Find(names) switch
    {
        SecureString secret => secret,
        PSCredential credential => credential.Password,
        string text when text.Trim().Length > 0 => Hide(text.Trim()),
        _ => null,
    };

    /// <summary>A field as an instant; text without an offset is UTC, as everything in Azure Automation.</summary>
    public DateTimeOffset? Instant(params string[] names) => Find(names) switch
    {
        DateTimeOffset instant => instant,
        DateTime time => new DateTimeOffset(time.Kind == DateTimeKind.Unspecified ? DateTime.SpecifyKind(time, DateTimeKind.Utc) : time),
        { } other when DateTimeOffset.TryParse(PlainValue.Text(other), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant) => instant,
        _ => null,
    };

    private object? Find(string[] names) => names.Select(n => _fields.GetValueOrDefault(n)).FirstOrDefault(v => v is not null);

    private static string Plain(string name) => name.Replace("_", string.Empty, StringComparison.Ordinal).Replace("-", string.Empty, StringComparison.Ordinal);

    private static SecureString Hide(string text)
    {
        var secret = new SecureString();
        foreach (var c in text) secret.AppendChar(c);
        secret.MakeReadOnly();
        return secret;
    }
}
