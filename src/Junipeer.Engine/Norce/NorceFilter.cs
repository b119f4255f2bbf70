using System.Collections;
using System.Globalization;
using Junipeer.Operations;
using Junipeer.Records;

namespace Junipeer.Norce;

/// <summary>
/// Writes OData filters in the literals Query takes: instants unquoted and in UTC, text in single quotes with each quote
/// doubled (https://docs.norce.io/api-reference/query/querygeneral).
/// </summary>
internal static class NorceFilter
{
    /// <summary>Properties and their values as one filter; null when there is none.</summary>
    public static string? Of(NorceSet set, IReadOnlyDictionary<string, object?> values)
    {
        var parts = values.Select(pair => One(Require(set, pair.Key), pair.Value)).ToArray();
        return parts.Length == 0 ? null : string.Join(" and ", parts);
    }

    /// <summary>Changed since, or made since and never changed: <c>Updated</c> is null until the first change.</summary>
    public static string Since(NorceSet set, DateTimeOffset since)
    {
        if (!set.ShowsChanges)
        {
            throw new JunipeerException(new JunipeerFault("Junipeer.Norce.NoChangeDate", FaultCategory.InvalidArgument,
                $"'{set.Name}' shows no change dates, so what changed cannot be told.", "Leave -UpdatedAfter out and read all of it.") { Target = set.Name, System = NorceCatalogue.System });
        }

        var (updated, created, at) = (Require(set, "Updated").Name, Require(set, "Created").Name, Literal(null, since));
        return $"({updated} ge {at} or ({updated} eq null and {created} ge {at}))";
    }

    /// <summary>What comes after a record in the order of the key.</summary>
    public static string After(IReadOnlyList<NorceProperty> key, IReadOnlyList<object> last)
    {
        var parts = new List<string>();
        for (var i = 0; i < key.Count; i++)
        {
            var same = Enumerable.Range(0, i).Select(j => $"{key[j].Name} eq {Literal(key[j], last[j])}");
            parts.Add(string.Join(" and ", same.Append($"{key[i].Name} gt {Literal(key[i], last[i])}")));
        }

        return parts.Count == 1 ? parts[0] : "(" + string.Join(" or ", parts.Select((p, i) => i == 0 ? p : $"({p})")) + ")";
    }

    /// <summary>A key as it stands in a path: <c>'A-100'</c>, or <c>PartNo='A-100',WarehouseId=3</c>.</summary>
    public static string Key(IReadOnlyList<NorceProperty> key, IReadOnlyList<object> values) =>
        key.Count == 1 ? Literal(key[0], values[0]) : string.Join(',', key.Select((k, i) => $"{k.Name}={Literal(k, values[i])}"));

    /// <summary>Filters joined by and; those that hold an "or" of their own in brackets.</summary>
    public static string? Join(params string?[] filters)
    {
        var parts = filters.Where(f => !string.IsNullOrWhiteSpace(f)).ToArray();
        return parts.Length switch
        {
            0 => null,
            1 => parts[0],
            _ => string.Join(" and ", parts.Select(p => $"({p})")),
        };
    }

    /// <summary>The property of a name, however it is written.</summary>
    public static NorceProperty Require(NorceSet set, string name) => set.Find(name) ?? throw new JunipeerException(new JunipeerFault(
        "Junipeer.Norce.UnknownProperty", FaultCategory.InvalidArgument,
        $"'{set.Name}' has no property '{name}'. Close to it: {string.Join(", ", set.Properties.Select(p => p.Name).OrderBy(p => NorceCatalogue.Distance(name.ToLowerInvariant(), p.ToLowerInvariant())).Take(3))}.",
        $"Run (Get-NorceResource {set.Name}).SearchColumns to see the properties.") { Target = name, System = NorceCatalogue.System });

    /// <summary>A value as OData writes it, in the property's type where that is known.</summary>
    public static string Literal(NorceProperty? property, object? value)
    {
        switch (value)
        {
            case null:
                return "null";
            case bool flag:
                return flag ? "true" : "false";
            case DateTimeOffset instant:
                return property?.Type == "Date" ? instant.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : Instants.ToIso(instant.ToUniversalTime());
            case DateTime time:
                return Literal(property, new DateTimeOffset(time));
            case DateOnly date:
                return date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + (property?.Type is "DateTimeOffset" ? "T00:00:00Z" : string.Empty);
        }

        var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;
        return property?.Type switch
        {
            "String" => Quote(text),
            "Int16" or "Int32" or "Int64" or "Byte" => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole.ToString(CultureInfo.InvariantCulture) : throw NotA(property, text, "a whole number"),
            "Decimal" or "Double" or "Single" => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number.ToString(CultureInfo.InvariantCulture) : throw NotA(property, text, "a number"),
            "Boolean" => bool.TryParse(text, out var flag) ? (flag ? "true" : "false") : throw NotA(property, text, "true or false"),
            "Guid" => Guid.TryParse(text, out var id) ? id.ToString() : throw NotA(property, text, "a GUID"),
            "DateTimeOffset" or "DateTime" => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? Instants.ToIso(at.ToUniversalTime()) : throw NotA(property, text, "a time"),
            _ => value is string ? Quote(text) : text,
        };
    }

    private static string One(NorceProperty property, object? value)
    {
        if (value is string or not IEnumerable) return $"{property.Name} eq {Literal(property, value)}";
        var several = ((IEnumerable)value).Cast<object?>().Select(v => $"{property.Name} eq {Literal(property, v)}").ToArray();
        return several.Length == 0 ? "false" : $"({string.Join(" or ", several)})";
    }

    private static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static JunipeerException NotA(NorceProperty property, string text, string what) => new(new JunipeerFault(
        "Junipeer.Norce.BadValue", FaultCategory.InvalidArgument, $"'{property.Name}' is of type {property.Type} and takes {what}, not '{text}'.",
        "Give a value of that type.") { Target = property.Name, System = NorceCatalogue.System });
}
