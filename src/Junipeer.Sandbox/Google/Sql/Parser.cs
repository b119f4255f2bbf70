using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

/// <summary>Reads GoogleSQL into trees. This part has the words, names and types that all other parts use.</summary>
internal sealed partial class Parser
{
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "ALL", "AND", "ANY", "ARRAY", "AS", "ASC", "ASSERT_ROWS_MODIFIED", "AT", "BETWEEN", "BY", "CASE", "CAST", "COLLATE", "CONTAINS", "CREATE", "CROSS", "CUBE",
        "CURRENT", "DEFAULT", "DEFINE", "DESC", "DISTINCT", "ELSE", "END", "ENUM", "ESCAPE", "EXCEPT", "EXCLUDE", "EXISTS", "EXTRACT", "FALSE", "FETCH", "FOLLOWING",
        "FOR", "FROM", "FULL", "GROUP", "GROUPING", "GROUPS", "HASH", "HAVING", "IF", "IGNORE", "IN", "INNER", "INTERSECT", "INTERVAL", "INTO", "IS", "JOIN",
        "LATERAL", "LEFT", "LIKE", "LIMIT", "LOOKUP", "MERGE", "NATURAL", "NEW", "NO", "NOT", "NULL", "NULLS", "OF", "ON", "OR", "ORDER", "OUTER", "OVER",
        "PARTITION", "PRECEDING", "PROTO", "QUALIFY", "RANGE", "RECURSIVE", "RESPECT", "RIGHT", "ROLLUP", "ROWS", "SELECT", "SET", "SOME", "STRUCT", "TABLESAMPLE",
        "THEN", "TO", "TREAT", "TRUE", "UNBOUNDED", "UNION", "UNNEST", "USING", "WHEN", "WHERE", "WINDOW", "WITH", "WITHIN",
    };

    private readonly List<Token> _tokens;
    private int _at;

    public Parser(string sql) => _tokens = Lexer.Read(sql);

    private Token Here => _tokens[_at];

    /// <summary>An expression that stands alone, such as a column's default.</summary>
    public static Expr ParseExpression(string text)
    {
        Parser parser = new(text);
        Expr value = parser.Expression();
        return parser.Here.Kind == TokenKind.End ? value : throw parser.Unexpected();
    }

    private Token Peek(int ahead = 1) => _tokens[Math.Min(_at + ahead, _tokens.Count - 1)];

    private Token Next() => _tokens[_at++];

    private bool Is(string word) => Here.Is(word);

    private bool Accept(string word)
    {
        if (!Here.Is(word))
        {
            return false;
        }

        _at++;
        return true;
    }

    /// <summary>Takes several words if all of them are there.</summary>
    private bool AcceptAll(params ReadOnlySpan<string> words)
    {
        for (int i = 0; i < words.Length; i++)
        {
            if (!Peek(i).Is(words[i]))
            {
                return false;
            }
        }

        _at += words.Length;
        return true;
    }

    private Token Expect(string word) => Here.Is(word) ? Next() : throw Expected(word);

    private SqlException Expected(string what) => Here.Error(
        $"Syntax error: Expected {(what.Length > 0 && char.IsLetter(what[0]) ? "keyword " + what : $"\"{what}\"")} but got {Described(Here)}");

    private SqlException Unexpected() => Here.Error($"Syntax error: Unexpected {Described(Here)}");

    private static string Described(Token token) => token.Kind switch
    {
        TokenKind.End => "end of script",
        TokenKind.Name => Reserved.Contains(token.Text) ? "keyword " + token.Text.ToUpperInvariant() : $"identifier \"{token.Text}\"",
        TokenKind.QuotedName => $"identifier `{token.Text}`",
        TokenKind.Text => $"string literal \"{token.Text}\"",
        TokenKind.Integer => $"integer literal \"{token.Text}\"",
        TokenKind.Float => $"floating point literal \"{token.Text}\"",
        TokenKind.Parameter => $"\"@{token.Text}\"",
        _ => $"\"{token.Text}\"",
    };

    private bool AtName => Here.Kind == TokenKind.QuotedName || (Here.Kind == TokenKind.Name && !Reserved.Contains(Here.Text));

    private Token Name() => AtName ? Next() : throw Unexpected();

    /// <summary>After a dot every word is a name.</summary>
    private Token NameAfterDot() => Here.Kind is TokenKind.Name or TokenKind.QuotedName ? Next() : throw Unexpected();

    private string? Alias()
    {
        if (Accept("AS"))
        {
            return Name().Text;
        }

        return AtName ? Next().Text : null;
    }

    /// <summary>p.d.t in any quoting: the parts of a quoted name count too, and a project may hold dashes without quotes.</summary>
    private TablePath Path()
    {
        Token start = Here;
        List<string> parts = [];
        do
        {
            Token token = parts.Count == 0 ? Name() : NameAfterDot();
            string text = token.Text;
            while (token.Kind == TokenKind.Name && Is("-") && Adjacent())
            {
                _at++;
                text += "-" + Next().Text;
            }

            if (token.Kind == TokenKind.QuotedName)
            {
                parts.AddRange(text.Split('.'));
            }
            else
            {
                parts.Add(text);
            }
        }
        while (Accept("."));
        return new TablePath(start, parts);
    }

    private bool Adjacent() => _at > 0 && _tokens[_at - 1].Offset + _tokens[_at - 1].Length == Here.Offset
        && Peek().Kind is TokenKind.Name or TokenKind.Integer && Here.Offset + 1 == Peek().Offset;

    private List<T> List<T>(Func<T> item)
    {
        List<T> items = [];
        do
        {
            items.Add(item());
        }
        while (Accept(","));
        return items;
    }

    private List<T> Parenthesised<T>(Func<T> item)
    {
        Expect("(");
        List<T> items = List(item);
        Expect(")");
        return items;
    }

    /// <summary>A type as in CAST and column lists: NUMERIC(20, 4), ARRAY&lt;STRUCT&lt;sku STRING&gt;&gt;.</summary>
    private Field TypeOf(string name)
    {
        Token token = Here;
        if (Accept("ARRAY"))
        {
            Expect("<");
            Field element = TypeOf(name);
            CloseAngle();
            return element.Repeated ? throw token.Error("Arrays of arrays are not supported") : element with { Mode = FieldMode.Repeated };
        }

        if (Accept("STRUCT"))
        {
            Expect("<");
            List<Field> members = List(() => ColumnDefinition());
            CloseAngle();
            return new Field(name, FieldType.Record) { Fields = members };
        }

        token = Name();
        FieldType kind = TypeNames.Parse(token.Text) ?? throw token.Error($"Type not found: {token.Text}");
        Field field = new(name, kind);
        if (!Is("("))
        {
            return field;
        }

        List<int> numbers = Parenthesised(() => Here.Kind == TokenKind.Integer ? int.Parse(Next().Text, System.Globalization.CultureInfo.InvariantCulture) : throw Unexpected());
        return kind is FieldType.Numeric or FieldType.BigNumeric
            ? field with { Precision = numbers[0], Scale = numbers.Count > 1 ? numbers[1] : null }
            : field with { MaxLength = numbers[0] };
    }

    // ">>" closes two.
    private void CloseAngle()
    {
        if (Is(">>"))
        {
            _tokens[_at] = Here with { Text = ">", Offset = Here.Offset + 1, Column = Here.Column + 1, Length = 1 };
            return;
        }

        Expect(">");
    }

    /// <summary>name type [DEFAULT x] [NOT NULL] [OPTIONS (description = '...')].</summary>
    private Field ColumnDefinition()
    {
        string name = Name().Text;
        Field field = TypeOf(name);
        while (true)
        {
            if (Accept("DEFAULT"))
            {
                int from = Here.Offset;
                Expression();
                field = field with { DefaultValueExpression = Source(from, Here.Offset) };
            }
            else if (AcceptAll("NOT", "NULL"))
            {
                field = field with { Mode = field.Repeated ? throw Here.Error($"NOT NULL cannot be specified for ARRAY column {name}") : FieldMode.Required };
            }
            else if (Is("OPTIONS"))
            {
                foreach (TableOption option in Options())
                {
                    field = option is { Name: "description", Value: LiteralExpr { Value: string text } } ? field with { Description = text }
                        : option is { Name: "rounding_mode", Value: LiteralExpr { Value: string mode } } ? field with { RoundingMode = mode }
                        : throw option.At.Error($"Unknown option: {option.Name}");
                }
            }
            else
            {
                return field;
            }
        }
    }

    private List<TableOption> Options()
    {
        Expect("OPTIONS");
        if (AcceptAll("(", ")"))
        {
            return [];
        }

        return Parenthesised(() =>
        {
            Token name = Name();
            Expect("=");
            return new TableOption(name, name.Text.ToLowerInvariant(), Expression());
        });
    }

    private string Source(int from, int to) =>
        string.Join(' ', _tokens.Where(t => t.Offset >= from && t.Offset < to).Select(t => t.Kind == TokenKind.Text ? Literals.Quote(t.Text) : t.Text));
}
