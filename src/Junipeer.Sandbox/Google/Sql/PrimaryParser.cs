using System.Text;
using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

internal sealed partial class Parser
{
    private Expr Primary()
    {
        int from = _at;
        Token token = Here;
        switch (token.Kind)
        {
            case TokenKind.Integer or TokenKind.Float:
                return Made(from + 1, Literals.Number(Next(), negative: false), from);
            case TokenKind.Text:
                _at++;
                return Made(from, new LiteralExpr(SqlType.Text, token.Text));
            case TokenKind.Bytes:
                _at++;
                return Made(from, new LiteralExpr(SqlType.Of(FieldType.Bytes), Encoding.Latin1.GetBytes(token.Text)));
            case TokenKind.Parameter:
                _at++;
                return Made(from, new ParameterExpr(token.Text, system: false));
            case TokenKind.SystemVariable:
                _at++;
                string name = token.Text;
                while (Accept("."))
                {
                    name += "." + NameAfterDot().Text;
                }

                return Made(from, new ParameterExpr(name, system: true));
            case TokenKind.QuotedName:
                return NameOrCall();
            case TokenKind.Name:
                return Word();
            default:
                break;
        }

        if (Accept("("))
        {
            if (AtQuery())
            {
                QueryNode query = Query();
                Expect(")");
                return Made(from, new SubqueryExpr(query, "VALUE"));
            }

            Expr inner = Expression();
            if (Is(","))
            {
                List<(Expr, string?)> members = [(inner, null)];
                while (Accept(","))
                {
                    members.Add((Expression(), null));
                }

                Expect(")");
                return Made(from, new StructExpr(members));
            }

            Expect(")");
            return inner;
        }

        if (Accept("["))
        {
            List<Expr> items = Is("]") ? [] : List(Expression);
            Expect("]");
            return Made(from, new ArrayExpr(items));
        }

        throw Unexpected();
    }

    private T Made<T>(int end, T made, int from)
        where T : Expr => made.Spans<T>(_tokens, from, end);

    private Expr Word()
    {
        int from = _at;
        Token token = Here;
        string word = token.Text.ToUpperInvariant();
        switch (word)
        {
            case "TRUE" or "FALSE":
                _at++;
                return Made(from, new LiteralExpr(SqlType.Bool, word == "TRUE"));
            case "NULL":
                _at++;
                return Made(from, new LiteralExpr(SqlType.Untyped, null));
            case "DEFAULT":
                _at++;
                return Made(from, new DefaultExpr());
            case "CASE":
                _at++;
                return Made(from, Case());
            case "CAST" or "SAFE_CAST" when Peek().Is("("):
                _at += 2;
                Expr value = Expression();
                Expect("AS");
                Field type = TypeOf("x");
                Expect(")");
                return Made(from, new CastExpr(value, type, word == "SAFE_CAST"));
            case "EXISTS":
                _at++;
                Expect("(");
                QueryNode exists = Query();
                Expect(")");
                return Made(from, new SubqueryExpr(exists, "EXISTS"));
            case "ARRAY":
                _at++;
                return Made(from, Array());
            case "STRUCT":
                _at++;
                List<(Expr, string?)> members = Parenthesised(() => (Expression(), Accept("AS") ? Name().Text : null));
                return Made(from, new StructExpr(members));
            case "INTERVAL":
                _at++;
                Expr amount = Expression();
                string part = Name().Text.ToUpperInvariant();
                return Made(from, new IntervalExpr(amount, part));
            case "EXTRACT":
                _at++;
                Expect("(");
                Token what = Name();
                Expr unit = Made(_at - 1, new NameExpr([what.Text]));
                Expect("FROM");
                Expr source = Expression();
                List<Expr> args = [source, unit];
                if (AcceptAll("AT", "TIME", "ZONE"))
                {
                    args.Add(Expression());
                }

                Expect(")");
                return Made(from, new CallExpr("EXTRACT", args));
            case "TIMESTAMP" or "DATE" or "TIME" or "DATETIME" or "NUMERIC" or "DECIMAL" or "BIGNUMERIC" or "BIGDECIMAL" or "JSON" when Peek().Kind == TokenKind.Text:
                _at++;
                Token text = Next();
                return Made(from, Literals.Typed(TypeNames.Parse(word)!.Value, text));
            case "IF" or "LEFT" or "RIGHT" when Peek().Is("("):
                return Call(Next());
            default:
                return NameOrCall();
        }
    }

    private Expr Array()
    {
        if (Accept("("))
        {
            QueryNode query = Query();
            Expect(")");
            return new SubqueryExpr(query, "ARRAY");
        }

        Field? element = null;
        if (Accept("<"))
        {
            element = TypeOf("x");
            CloseAngle();
        }

        Expect("[");
        List<Expr> items = Is("]") ? [] : List(Expression);
        Expect("]");
        return element is null ? new ArrayExpr(items) : new CastExpr(new ArrayExpr(items), element with { Mode = FieldMode.Repeated }, safe: false);
    }

    private CaseExpr Case()
    {
        Expr? subject = Is("WHEN") ? null : Expression();
        List<(Expr, Expr)> branches = [];
        while (Accept("WHEN"))
        {
            Expr when = Expression();
            Expect("THEN");
            branches.Add((when, Expression()));
        }

        Expr? otherwise = Accept("ELSE") ? Expression() : null;
        Expect("END");
        return new CaseExpr(subject, branches, otherwise);
    }

    private Expr NameOrCall()
    {
        int from = _at;
        Token name = Name();
        if (Is("("))
        {
            return Call(name);
        }

        List<string> parts = [name.Text];
        while (Is(".") && !Peek().Is("*"))
        {
            _at++;
            parts.Add(NameAfterDot().Text);
            if (Is("("))
            {
                // SAFE.FUNCTION(...) and the like.
                throw _tokens[from].Error($"Function not found: {string.Join('.', parts)}");
            }
        }

        return Made(from, new NameExpr(parts));
    }

    private CallExpr Call(Token name)
    {
        int from = _at - 1;
        Expect("(");
        string function = name.Text.ToUpperInvariant();
        bool star = Is("*") && Peek().Is(")") && Accept("*");
        bool distinct = Accept("DISTINCT");
        List<Expr> args = star || Is(")") ? [] : List(Expression);
        bool ignoreNulls = AcceptAll("IGNORE", "NULLS");
        _ = AcceptAll("RESPECT", "NULLS");
        List<OrderItem> order = AcceptAll("ORDER", "BY") ? List(Ordering) : [];
        Expr? limit = Accept("LIMIT") ? Expression() : null;
        Expect(")");
        WindowSpec? over = null;
        if (Accept("OVER"))
        {
            Expect("(");
            List<Expr> partition = AcceptAll("PARTITION", "BY") ? List(Expression) : [];
            List<OrderItem> windowOrder = AcceptAll("ORDER", "BY") ? List(Ordering) : [];
            Expect(")");
            over = new WindowSpec(partition, windowOrder);
        }

        return Made(from, new CallExpr(function, args) { Star = star, Distinct = distinct, IgnoreNulls = ignoreNulls, OrderBy = order, Limit = limit, Over = over });
    }

    private OrderItem Ordering()
    {
        Expr value = Expression();
        bool descending = Accept("DESC");
        _ = !descending && Accept("ASC");
        // NULL is the smallest value, unless the query says otherwise.
        bool nullsFirst = AcceptAll("NULLS", "FIRST") || (!AcceptAll("NULLS", "LAST") && !descending);
        return new OrderItem(value, descending, nullsFirst);
    }
}
