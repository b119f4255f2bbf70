using System.Globalization;
using Junipeer.Sandbox.Norce.Data;
using Junipeer.Sandbox.Norce.Front;

namespace Junipeer.Sandbox.Norce.Query;

/// <summary>What a request, or one expanded way of it, wants to see.</summary>
internal sealed class QuerySpec
{
    /// <summary>Ways from row to row that one request may take.</summary>
    private const int Deepest = 3;

    public required EntityType Type { get; init; }

    public Expression? Filter { get; private set; }

    public List<(Func<Row, object?> Value, bool Descending)> Order { get; } = [];

    /// <summary>Whether the wanted order is the order rows are kept in.</summary>
    public bool KeyOrder { get; private set; } = true;

    public IReadOnlyList<Column> Columns { get; private set; } = [];

    public List<(Navigation Way, QuerySpec Inner)> Expand { get; } = [];

    public int? Top { get; private set; }

    public int Skip { get; private set; }

    public bool Count { get; private set; }

    public static QuerySpec Read(EntityType type, NameRules names, IEnumerable<(string Name, string Value)> options, int depth = 0)
    {
        QuerySpec spec = new() { Type = type, Columns = type.Columns };
        HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, string value) in options)
        {
            if (!seen.Add(name))
            {
                throw NorceException.Bad($"Query option '{name}' was specified more than once, but it must be specified at most once.");
            }

            switch (name.ToLowerInvariant())
            {
                case "$filter": spec.Filter = new FilterParser(value, type, names).Parse(); break;
                case "$orderby": spec.ReadOrder(value, names); break;
                case "$select": spec.ReadSelect(value, names); break;
                case "$expand": spec.ReadExpand(value, names, depth + 1); break;
                case "$top": spec.Top = Number(name, value); break;
                case "$skip": spec.Skip = Number(name, value); break;
                case "$count": spec.Count = value switch { "true" => true, "false" => false, _ => throw NorceException.Bad($"Invalid value '{value}' for $count query option found. The $count query option requires a boolean value (true or false).") }; break;
                default: throw NorceException.Bad($"The query parameter '{name}' is not supported.");
            }
        }

        return spec;
    }

    /// <summary>Splits at a character outside of brackets and quotes.</summary>
    public static IEnumerable<string> Split(string text, char at)
    {
        int depth = 0, start = 0;
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            quoted ^= text[i] == '\'';
            depth += quoted ? 0 : text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
            if (text[i] == at && depth == 0 && !quoted)
            {
                yield return text[start..i].Trim();
                start = i + 1;
            }
        }

        yield return text[start..].Trim();
    }

    private static int Number(string name, string value) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        ? number
        : throw NorceException.Bad($"Invalid value '{value}' for {name} query option found. The {name} query option requires a non-negative integer value.");

    private void ReadOrder(string value, NameRules names)
    {
        List<string> columns = [];
        foreach (string part in Split(value, ','))
        {
            string[] words = part.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length is 0 or > 2 || (words.Length == 2 && words[1] is not ("asc" or "desc")))
            {
                throw NorceException.Bad($"The query specified in the URI is not valid. Syntax error in $orderby '{value}'.");
            }

            bool descending = words is [_, "desc"];
            string[] path = words[0].Split('/');
            EntityType type = Type;
            Func<Row, Row?> reach = r => r;
            foreach (string step in path[..^1])
            {
                Navigation way = names.FindNavigation(type, step) is { Many: false } one ? one : throw names.Unknown(type, step);
                Func<Row, Row?> before = reach;
                reach = r => before(r) is { } from ? names.Follow(from, way).FirstOrDefault() : null;
                type = Model.Types[way.Target];
            }

            Column column = names.Find(type, path[^1]) ?? throw names.Unknown(type, path[^1]);
            Order.Add((r => reach(r)?.Cells[column.Index], descending));
            columns.Add(path.Length > 1 || descending ? "-" : column.Name);
        }

        KeyOrder = columns.Zip(Type.Key, (c, k) => c == k.Name).All(same => same);
    }

    private void ReadSelect(string value, NameRules names)
    {
        List<Column> columns = [];
        foreach (string name in Split(value, ','))
        {
            if (name == "*")
            {
                columns.AddRange(Type.Columns.Except(columns));
            }
            else if (names.Find(Type, name) is { } column)
            {
                if (!columns.Contains(column))
                {
                    columns.Add(column);
                }
            }
            else if (names.FindNavigation(Type, name) is null)
            {
                throw names.Unknown(Type, name);
            }
        }

        Columns = columns;
    }

    private void ReadExpand(string value, NameRules names, int depth)
    {
        foreach (string part in Split(value, ','))
        {
            int open = part.IndexOf('(', StringComparison.Ordinal);
            string name = open < 0 ? part : part[..open];
            if (open >= 0 && part[^1] != ')')
            {
                throw NorceException.Bad($"The query specified in the URI is not valid. Syntax error in $expand '{value}'.");
            }

            Navigation way = names.FindNavigation(Type, name) ?? throw NorceException.Bad(names.Find(Type, name) is null
                ? names.Unknown(Type, name).Message
                : $"The query specified in the URI is not valid. Property '{name}' on type '{Type.FullName}' is not a navigation property or complex property. Only navigation properties can be expanded.");
            if (depth > Deepest)
            {
                throw NorceException.Bad($"The query specified in the URI is not valid. The request includes a $expand path which is too deep. The maximum depth allowed is {Deepest}.");
            }

            if (Expand.Exists(e => e.Way == way))
            {
                throw NorceException.Bad($"The query specified in the URI is not valid. '{name}' is expanded twice.");
            }

            IEnumerable<(string, string)> options = open < 0 ? [] : Split(part[(open + 1)..^1], ';').Where(o => o.Length > 0).Select(o => o.IndexOf('=', StringComparison.Ordinal) is > 0 and var at
                ? (o[..at].Trim(), o[(at + 1)..].Trim())
                : throw NorceException.Bad($"The query specified in the URI is not valid. Syntax error in $expand '{value}'."));
            Expand.Add((way, Read(Model.Types[way.Target], names, options, depth)));
        }
    }
}
