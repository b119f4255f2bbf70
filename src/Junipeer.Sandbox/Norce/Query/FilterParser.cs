using Junipeer.Sandbox.Norce.Data;
using Junipeer.Sandbox.Norce.Front;

namespace Junipeer.Sandbox.Norce.Query;

/// <summary>
/// Reads $filter: comparisons, and/or/not, in, the common functions, any and all. Instants stand without quotes and
/// with an offset; a quoted one is text and cannot be compared with an instant.
/// </summary>
internal sealed class FilterParser(string text, EntityType type, NameRules names, string? variable = null)
{
    private static readonly string[] Operators = ["eq", "ne", "gt", "ge", "lt", "le"];
    private const int Deepest = 100;
    private int _at;
    private int _depth;

    public Expression Parse()
    {
        Expression whole = Or().Condition();
        Space();
        return _at == text.Length ? whole : throw Wrong();
    }

    private Expression Or()
    {
        Expression left = And();
        while (Word("or"))
        {
            Expression a = left.Condition(), b = And().Condition();
            left = Expression.Of(r => a.Holds(r) || b.Holds(r));
        }

        return left;
    }

    private Expression And()
    {
        Expression left = Not();
        while (Word("and"))
        {
            Expression a = left.Condition(), b = Not().Condition();
            left = Expression.Of(r => a.Holds(r) && b.Holds(r));
        }

        return left;
    }

    private Expression Not()
    {
        if (++_depth > Deepest)
        {
            throw NorceException.Bad("The query specified in the URI is not valid. The recursion limit has been exceeded.");
        }

        Expression inner = Word("not") ? Negated() : Comparison();
        _depth--;
        return inner;
    }

    private Expression Negated()
    {
        Expression inner = Not().Condition();
        return Expression.Of(r => !inner.Holds(r));
    }

    private Expression Comparison()
    {
        Expression left = Primary();
        foreach (string operation in Operators)
        {
            if (Word(operation))
            {
                return Expression.Compare(operation, left, Primary());
            }
        }

        if (!Word("in"))
        {
            return left;
        }

        Expect('(');
        List<Expression> any = [];
        do
        {
            any.Add(Expression.Compare("eq", left, Primary()));
        }
        while (Take(','));
        Expect(')');
        return Expression.Of(r => any.Exists(e => e.Holds(r)));
    }

    private Expression Primary()
    {
        Space();
        if (_at == text.Length)
        {
            throw Wrong();
        }

        if (Take('('))
        {
            Expression inner = Or();
            Expect(')');
            return inner;
        }

        if (text[_at] == '\'')
        {
            return Expression.Constant(EdmType.String, Quoted());
        }

        if (char.IsAsciiDigit(text[_at]) || text[_at] == '-')
        {
            return Literals.Read(Token());
        }

        string name = Token();
        if (name.Length == 0)
        {
            throw Wrong();
        }

        return name switch
        {
            "true" or "false" => Expression.Constant(EdmType.Boolean, Box.Of(name == "true")),
            "null" => Expression.Constant(null, null),
            _ when Guid.TryParse(name, out Guid guid) => Expression.Constant(EdmType.Guid, guid),
            _ when _at < text.Length && text[_at] == '(' && !name.Contains('/', StringComparison.Ordinal) => Function(name),
            _ => Path(name),
        };
    }

    private Expression Function(string name)
    {
        Expect('(');
        List<Expression> arguments = [];
        if (!Take(')'))
        {
            do
            {
                arguments.Add(Or());
            }
            while (Take(','));
            Expect(')');
        }

        EdmType?[] wanted = name switch
        {
            "contains" or "startswith" or "endswith" or "concat" => [EdmType.String, EdmType.String],
            "tolower" or "toupper" or "trim" or "length" => [EdmType.String],
            "year" or "month" or "day" or "hour" or "minute" => [EdmType.DateTimeOffset],
            _ => throw NorceException.Bad($"The query specified in the URI is not valid. An unknown function with name '{name}' was found. This may also be a function import or a key lookup on a navigation property, which is not allowed."),
        };
        if (arguments.Count != wanted.Length || arguments.Where((a, i) => a.Type is not null && a.Type != wanted[i]).Any())
        {
            throw NorceException.Bad($"The query specified in the URI is not valid. No function signature for the function with name '{name}' matches the specified arguments.");
        }

        Func<Row, object?> x = arguments[0].Eval, y = arguments[^1].Eval;
        return name switch
        {
            "contains" => Both((a, b) => a.Contains(b, StringComparison.OrdinalIgnoreCase)),
            "startswith" => Both((a, b) => a.StartsWith(b, StringComparison.OrdinalIgnoreCase)),
            "endswith" => Both((a, b) => a.EndsWith(b, StringComparison.OrdinalIgnoreCase)),
            "concat" => new Expression(EdmType.String, r => (string?)x(r) + (string?)y(r)),
            "tolower" => Text(t => t.ToLowerInvariant()),
            "toupper" => Text(t => t.ToUpperInvariant()),
            "trim" => Text(t => t.Trim()),
            "length" => new Expression(EdmType.Int32, r => x(r) is string t ? t.Length : null),
            "year" => Part(d => d.Year),
            "month" => Part(d => d.Month),
            "day" => Part(d => d.Day),
            "hour" => Part(d => d.Hour),
            _ => Part(d => d.Minute),
        };

        Expression Both(Func<string, string, bool> test) => Expression.Of(r => x(r) is string a && y(r) is string b && test(a, b));
        Expression Text(Func<string, string> change) => new(EdmType.String, r => x(r) is string t ? change(t) : null);
        Expression Part(Func<DateTime, int> part) => new(EdmType.Int32, r => x(r) is DateTime d ? part(d) : null);
    }

    /// <summary>A property, one behind a way to one row, or any/all over a way to many.</summary>
    private Expression Path(string path)
    {
        string[] parts = path.Split('/');
        if (variable is not null)
        {
            parts = parts[0] == variable ? parts[1..] : throw NorceException.Bad($"The query specified in the URI is not valid. Could not find a property named '{parts[0]}' on type '{type.FullName}'.");
        }

        EntityType current = type;
        Func<Row, Row?> reach = r => r;
        for (int i = 0; i < parts.Length; i++)
        {
            if (names.Find(current, parts[i]) is { } column)
            {
                return i == parts.Length - 1
                    ? new Expression(column.Type, r => reach(r)?.Cells[column.Index])
                    : throw NorceException.Bad($"The query specified in the URI is not valid. '{parts[i]}' is not an entity.");
            }

            Navigation way = names.FindNavigation(current, parts[i]) ?? throw names.Unknown(current, parts[i]);
            Func<Row, Row?> before = reach;
            if (way.Many)
            {
                return i == parts.Length - 2 && parts[^1] is "any" or "all"
                    ? Lambda(way, before, parts[^1] == "any")
                    : throw NorceException.Bad($"The query specified in the URI is not valid. The parent value for a property access of a property '{parts[^1]}' is not a single value.");
            }

            reach = r => before(r) is { } from ? names.Follow(from, way).FirstOrDefault() : null;
            current = Model.Types[way.Target];
        }

        throw NorceException.Bad($"The query specified in the URI is not valid. '{path}' is not a property with a value.");
    }

    private Expression Lambda(Navigation way, Func<Row, Row?> from, bool any)
    {
        Expect('(');
        Space();
        if (any && Take(')'))
        {
            return Expression.Of(r => from(r) is { } row && names.Follow(row, way).Count > 0);
        }

        string name = Token();
        Expect(':');
        int start = _at, depth = 1;
        for (; _at < text.Length; _at++)
        {
            if (text[_at] == '\'')
            {
                _ = Quoted();
                _at--;
                continue;
            }

            depth += text[_at] == '(' ? 1 : text[_at] == ')' ? -1 : 0;
            if (depth == 0)
            {
                break;
            }
        }

        Expression inner = new FilterParser(text[start..Math.Min(_at, text.Length)], Model.Types[way.Target], names, name).Parse();
        Expect(')');
        return Expression.Of(r => from(r) is { } row && (any ? names.Follow(row, way).Any(inner.Holds) : names.Follow(row, way).All(inner.Holds)));
    }

    private string Quoted()
    {
        System.Text.StringBuilder value = new();
        for (_at++; _at < text.Length; _at++)
        {
            if (text[_at] != '\'')
            {
                value.Append(text[_at]);
            }
            else if (_at + 1 < text.Length && text[_at + 1] == '\'')
            {
                value.Append('\'');
                _at++;
            }
            else
            {
                _at++;
                return value.ToString();
            }
        }

        throw NorceException.Bad($"The query specified in the URI is not valid. There is an unterminated string literal at position {text.Length} in '{text}'.");
    }

    private string Token()
    {
        Space();
        int start = _at;
        while (_at < text.Length && (char.IsLetterOrDigit(text[_at]) || text[_at] is '_' or '.' or '/' or '-' or '+' or '$' || (text[_at] == ':' && _at > start && char.IsAsciiDigit(text[start]))))
        {
            _at++;
        }

        return text[start.._at];
    }

    private bool Word(string word)
    {
        Space();
        if (string.CompareOrdinal(text, _at, word, 0, word.Length) != 0 || (_at + word.Length < text.Length && text[_at + word.Length] is not (' ' or '(')))
        {
            return false;
        }

        _at += word.Length;
        return true;
    }

    private bool Take(char c)
    {
        Space();
        if (_at >= text.Length || text[_at] != c)
        {
            return false;
        }

        _at++;
        return true;
    }

    private void Expect(char c)
    {
        if (!Take(c))
        {
            throw Wrong();
        }
    }

    private void Space()
    {
        while (_at < text.Length && text[_at] == ' ')
        {
            _at++;
        }
    }

    private NorceException Wrong() => NorceException.Bad($"The query specified in the URI is not valid. Syntax error at position {_at} in '{text}'.");
}
