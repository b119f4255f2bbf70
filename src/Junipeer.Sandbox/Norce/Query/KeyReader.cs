using System.Globalization;
using Junipeer.Sandbox.Norce.Data;
using Junipeer.Sandbox.Norce.Front;

namespace Junipeer.Sandbox.Norce.Query;

/// <summary>Reads the key of a single entity: <c>('A-100')</c>, <c>(12)</c>, or <c>(PartNo='A-100',PriceListId=12,QtyBreak=1)</c>.</summary>
internal static class KeyReader
{
    public static object?[] Read(EntityType type, string text, NameRules names)
    {
        if (text.Length < 3 || text[^1] != ')')
        {
            throw Wrong(text);
        }

        string[] parts = [.. QuerySpec.Split(text[1..^1], ',')];
        if (parts.Length != type.Key.Count)
        {
            throw Wrong(text);
        }

        object?[] key = new object?[parts.Length];
        foreach (string part in parts)
        {
            int at = part.IndexOf('=', StringComparison.Ordinal), quote = part.IndexOf('\'', StringComparison.Ordinal);
            bool named = at > 0 && (quote < 0 || at < quote);
            Column column = named ? names.Find(type, part[..at].Trim()) ?? throw names.Unknown(type, part[..at]) : parts.Length == 1 ? type.Key[0] : throw Wrong(text);
            int place = type.Key.ToList().IndexOf(column);
            key[place >= 0 ? place : throw Wrong(text)] = Value(column, named ? part[(at + 1)..].Trim() : part, text);
        }

        return key.Contains(null) ? throw Wrong(text) : key;
    }

    private static object Value(Column column, string text, string whole) => column.Type switch
    {
        EdmType.String when text.Length >= 2 && text[0] == '\'' && text[^1] == '\'' => text[1..^1].Replace("''", "'", StringComparison.Ordinal),
        EdmType.Int32 when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) => number,
        EdmType.Int64 when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => number,
        EdmType.Decimal when decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out decimal number) => number,
        _ => throw Wrong(whole),
    };

    private static NorceException Wrong(string text) => NorceException.Bad($"The key in the URI is not valid: '{text}'.");
}
