using System.Collections;
using System.Globalization;
using System.Reflection;
using Junipeer.Connections;
using Junipeer.Operations;

namespace Junipeer.PowerShell.Arguments;

/// <summary>Turns the hashtable of -Setting into settings; every name is one that exists, every value of its type and range.</summary>
internal static class NorceSettingInput
{
    /// <summary>Names and the values used when nothing is said.</summary>
    public static IReadOnlyList<(string Name, object Value)> Known { get; } =
        typeof(NorceSetting).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite).Select(p => (p.Name, p.GetValue(new NorceSetting())!)).ToArray();

    public static NorceSetting From(IDictionary given)
    {
        var setting = new NorceSetting();
        foreach (var (name, value) in PlainValue.Dictionary(given))
        {
            var property = typeof(NorceSetting).GetProperties().FirstOrDefault(p => p.CanWrite && p.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                ?? throw Fault("Junipeer.Norce.UnknownSetting", $"There is no setting '{name}'.", $"Settings are: {string.Join(", ", Known.Select(k => k.Name))}.", name);
            property.SetValue(setting, property.PropertyType == typeof(int) ? Number(property.Name, value) : Text(property.Name, value)); // init-only to the compiler, nobody else holds it yet
        }

        return setting;
    }

    private static int Number(string name, object? value)
    {
        var most = name switch { "JobBytes" => 100_000_000, "PageSize" or "ExpandPageSize" => 500, "ExpandDepth" => 10, _ => 100_000 };
        var least = name == "JobBytes" ? 1000 : 1;
        return int.TryParse(PlainValue.Text(value), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw Fault("Junipeer.Norce.BadSetting", $"The setting {name} takes a whole number from {least} to {most}, not '{value}'.", "Give a number in that range.", name);
    }

    private static string Text(string name, object? value)
    {
        var text = PlainValue.Text(value).Trim();
        var isSet = name.EndsWith("Set", StringComparison.Ordinal);
        var isGood = text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '/') && (!isSet || text.Split('/') is [{ Length: > 0 }, { Length: > 0 }]);
        return isGood ? text : throw Fault("Junipeer.Norce.BadSetting", $"The setting {name} takes {(isSet ? "a namespace and a set, as in Products/ProductSkus" : "a name")}, not '{text}'.", "Give it as Get-NorceResource shows it.", name);
    }

    private static JunipeerException Fault(string id, string message, string action, object target) => NorceConnectRequest.Fault(id, message, action, target);
}
