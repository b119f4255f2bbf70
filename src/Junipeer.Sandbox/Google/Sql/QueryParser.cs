namespace Junipeer.Sandbox.Google.Sql;

internal sealed partial class Parser
{
    private bool AtQuery()
    {
        int ahead = 0;
        while (Peek(ahead).Is("("))
        {
            ahead++;
        }

        return Peek(ahead).Is("SELECT") || Peek(ahead).Is("WITH");
    }

    private QueryNode Query()
    {
        Token start = Here;
        List<(string, QueryNode)> with = [];
        if (Accept("WITH"))
        {
            with = List(() =>
            {
                string name = Name().Text;
                Expect("AS");
                Expect("(");
                QueryNode query = Query();
                Expect(")");
                return (name, query);
            });
        }

        BodyNode body = Body();
        while (Is("UNION") || Is("EXCEPT") || Is("INTERSECT"))
        {
            Token at = Here;
            Expect("UNION");
            bool all = Accept("ALL");
            if (!all)
            {
                Expect("DISTINCT");
            }

            body = new UnionNode(at, body, Body(), all);
        }

        List<OrderItem> order = AcceptAll("ORDER", "BY") ? List(Ordering) : [];
        Expr? limit = Accept("LIMIT") ? Expression() : null;
        Expr? offset = limit is not null && Accept("OFFSET") ? Expression() : null;
        return new QueryNode(start, with, body, order, limit, offset);
    }

    private BodyNode Body()
    {
        Token start = Here;
        if (Accept("("))
        {
            QueryNode inner = Query();
            Expect(")");
            return new NestedNode(start, inner);
        }

        Expect("SELECT");
        bool distinct = Accept("DISTINCT");
        _ = !distinct && Accept("ALL");
        bool asStruct = AcceptAll("AS", "STRUCT");
        List<SelectItem> items = [Item()];
        while (Accept(",") && !Is("FROM") && Here.Kind != TokenKind.End)
        {
            items.Add(Item());
        }

        FromNode? from = Accept("FROM") ? From() : null;
        Expr? where = Accept("WHERE") ? Expression() : null;
        List<Expr>? group = AcceptAll("GROUP", "BY") ? List(Expression) : null;
        Expr? having = Accept("HAVING") ? Expression() : null;
        Expr? qualify = Accept("QUALIFY") ? Expression() : null;
        return new SelectNode(start, distinct, items, from, where) { GroupBy = group, Having = having, Qualify = qualify, AsStruct = asStruct };
    }

    private SelectItem Item()
    {
        Token start = Here;
        if (Accept("*"))
        {
            return new SelectItem(start, null, null) { Except = Except() };
        }

        Expr value = Expression();
        if (Is(".") && Peek().Is("*"))
        {
            _at += 2;
            return new SelectItem(start, null, null) { StarOf = value, Except = Except() };
        }

        return new SelectItem(start, value, Alias());
    }

    private List<string> Except() => Accept("EXCEPT") ? Parenthesised(() => Name().Text) : [];

    private FromNode From()
    {
        FromNode left = Source();
        while (true)
        {
            Token at = Here;
            if (Accept(","))
            {
                left = new JoinNode(at, "CROSS", left, Source(), null, []);
            }
            else if (AcceptAll("CROSS", "JOIN"))
            {
                left = new JoinNode(at, "CROSS", left, Source(), null, []);
            }
            else if (AcceptAll("INNER", "JOIN") || Accept("JOIN"))
            {
                left = Join(at, "INNER", left);
            }
            else if (AcceptAll("LEFT", "OUTER", "JOIN") || AcceptAll("LEFT", "JOIN"))
            {
                left = Join(at, "LEFT", left);
            }
            else if (Is("RIGHT") || Is("FULL"))
            {
                throw at.Error($"{at.Text.ToUpperInvariant()} JOIN is not supported by the simulator");
            }
            else
            {
                return left;
            }
        }
    }

    private JoinNode Join(Token at, string kind, FromNode left)
    {
        FromNode right = Source();
        if (Accept("ON"))
        {
            return new JoinNode(at, kind, left, right, Expression(), []);
        }

        if (Accept("USING"))
        {
            return new JoinNode(at, kind, left, right, null, Parenthesised(() => Name().Text));
        }

        // Unnesting a column of the left side needs no condition.
        return right is UnnestNode ? new JoinNode(at, kind, left, right, null, []) : throw Expected("ON");
    }

    private FromNode Source()
    {
        Token start = Here;
        if (Accept("UNNEST"))
        {
            Expect("(");
            Expr array = Expression();
            Expect(")");
            string? alias = Alias();
            string? offset = AcceptAll("WITH", "OFFSET") ? Alias() ?? "offset" : null;
            return new UnnestNode(start, array, alias, offset);
        }

        if (Is("("))
        {
            if (AtQuery())
            {
                _at++;
                QueryNode query = Query();
                Expect(")");
                return new SubqueryNode(start, query, Alias());
            }

            _at++;
            FromNode inner = From();
            Expect(")");
            return inner;
        }

        TablePath path = Path();
        return Is("FOR") || Is("TABLESAMPLE") ? throw Unexpected() : new TableNode(start, path, Alias());
    }
}
