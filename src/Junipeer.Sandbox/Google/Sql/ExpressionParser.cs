using System.Globalization;
using System.Text;
using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

internal sealed partial class Parser
{
    private static readonly string[][] Levels = [["|"], ["^"], ["&"], ["<<", ">>"], ["+", "-"], ["*", "/", "||"]];
    private int _depth;

    private Expr Expression() => Or();

    private T Made<T>(int from, T made)
        where T : Expr => made.Spans<T>(_tokens, from, _at);

    private Expr Or()
    {
        if (++_depth > 400)
        {
            throw Here.Error("Query is too complex: expressions are nested too deeply");
        }

        int from = _at;
        Expr left = And();
        while (Accept("OR"))
        {
            Expr right = And();
            left = Made(from, new BinaryExpr("OR", left, right));
        }

        _depth--;
        return left;
    }

    private Expr And()
    {
        int from = _at;
        Expr left = Not();
        while (Accept("AND"))
        {
            Expr right = Not();
            left = Made(from, new BinaryExpr("AND", left, right));
        }

        return left;
    }

    private Expr Not()
    {
        int from = _at;
        return Accept("NOT") ? Made(from, new UnaryExpr("NOT", Not())) : Comparison();
    }

    private Expr Comparison()
    {
        int from = _at;
        Expr left = Level(0);
        foreach (string op in (ReadOnlySpan<string>)["=", "<", ">", "<=", ">=", "!=", "<>"])
        {
            if (Accept(op))
            {
                return Made(from, new BinaryExpr(op == "<>" ? "!=" : op, left, Level(0)));
            }
        }

        if (Accept("IS"))
        {
            return Made(from, Is(left));
        }

        bool not = Is("NOT") && (Peek().Is("IN") || Peek().Is("LIKE") || Peek().Is("BETWEEN")) && Accept("NOT");
        if (Accept("LIKE"))
        {
            Expr like = Made(from, new BinaryExpr("LIKE", left, Level(0)));
            return not ? Made(from, new UnaryExpr("NOT", like)) : like;
        }

        if (Accept("BETWEEN"))
        {
            Expr low = Level(0);
            Expect("AND");
            return Made(from, new BetweenExpr(left, low, Level(0), not));
        }

        return Accept("IN") ? Made(from, In(left, not)) : left;
    }

    private IsExpr Is(Expr value)
    {
        bool not = Accept("NOT");
        if (AcceptAll("DISTINCT", "FROM"))
        {
            return new IsExpr(value, "DISTINCT", not, Level(0));
        }

        return Is("NULL") || Is("TRUE") || Is("FALSE") ? new IsExpr(value, Next().Text.ToUpperInvariant(), not, null) : throw Unexpected();
    }

    private InExpr In(Expr value, bool not)
    {
        if (Accept("UNNEST"))
        {
            Expect("(");
            Expr array = Expression();
            Expect(")");
            return new InExpr(value, not) { Array = array };
        }

        Expect("(");
        bool query = AtQuery();
        InExpr made = query ? new InExpr(value, not) { Query = Query() } : new InExpr(value, not) { List = List(Expression) };
        Expect(")");
        return made;
    }

    private Expr Level(int level)
    {
        if (level == Levels.Length)
        {
            return Unary();
        }

        int from = _at;
        Expr left = Level(level + 1);
        while (Here.Kind == TokenKind.Symbol && Levels[level].Contains(Here.Text))
        {
            string op = Next().Text;
            Expr right = Level(level + 1);
            left = Made(from, new BinaryExpr(op, left, right));
        }

        return left;
    }

    private Expr Unary()
    {
        int from = _at;
        if (Is("-") && Peek().Kind is TokenKind.Integer or TokenKind.Float && Is("-"))
        {
            _at++;
            Token number = Next();
            return Postfix(from, Made(from, Literals.Number(number, negative: true)));
        }

        if (Is("-") || Is("+") || Is("~"))
        {
            string op = Next().Text;
            Expr operand = Unary();
            return op == "+" ? operand : Made(from, new UnaryExpr(op, operand));
        }

        return Postfix(from, Primary());
    }

    private Expr Postfix(int from, Expr value)
    {
        while (true)
        {
            if (Is(".") && value is not NameExpr)
            {
                _at++;
                value = Made(from, new FieldExpr(value, NameAfterDot().Text));
            }
            else if (Accept("["))
            {
                Token kind = Here;
                bool named = kind.Is("OFFSET") || kind.Is("ORDINAL") || kind.Is("SAFE_OFFSET") || kind.Is("SAFE_ORDINAL");
                if (named)
                {
                    _at++;
                    Expect("(");
                }

                Expr position = Expression();
                if (named)
                {
                    Expect(")");
                }

                Expect("]");
                value = Made(from, new IndexExpr(value, named ? kind.Text.ToUpperInvariant() : "OFFSET", position));
            }
            else
            {
                return value;
            }
        }
    }
}
