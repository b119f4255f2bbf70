using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

internal sealed partial class Parser
{
    /// <summary>The statements of a query text; more than one make a script.</summary>
    public List<Statement> Script()
    {
        List<Statement> statements = Statements();
        return Here.Kind != TokenKind.End ? throw Unexpected()
            : statements.Count > 0 ? statements
            : throw Here.Error("Syntax error: Unexpected end of script");
    }

    private List<Statement> Statements(params ReadOnlySpan<string> until)
    {
        List<Statement> statements = [];
        while (true)
        {
            while (Accept(";"))
            {
            }

            if (Here.Kind == TokenKind.End)
            {
                return statements;
            }

            foreach (string word in until)
            {
                if (Is(word))
                {
                    return statements;
                }
            }

            if (Is("DECLARE") && statements.Exists(s => s is not DeclareStatement))
            {
                throw Here.Error("Variable declarations are allowed only at the start of a block or script");
            }

            statements.Add(One());
            if (Here.Kind != TokenKind.End && !Is(";"))
            {
                throw Here.Error($"Syntax error: Expected end of input but got {Described(Here)}");
            }
        }
    }

    private Statement One()
    {
        Token at = Here;
        if (AtQuery())
        {
            return new SelectStatement(at, Query());
        }

        _at++;
        switch (at.Kind == TokenKind.Name ? at.Text.ToUpperInvariant() : string.Empty)
        {
            case "INSERT":
                return Insert(at);
            case "UPDATE":
                return Update(at);
            case "DELETE":
                _ = Accept("FROM");
                return new DeleteStatement(at, Path(), Alias(), Accept("WHERE") ? Expression() : null);
            case "TRUNCATE":
                Expect("TABLE");
                return new TruncateStatement(at, Path());
            case "MERGE":
                return Merge(at);
            case "CREATE":
                return Create(at);
            case "DROP":
                bool schema = Accept("SCHEMA");
                if (!schema)
                {
                    Expect("TABLE");
                }

                bool ifExists = AcceptAll("IF", "EXISTS");
                return new DropStatement(at, Path(), ifExists, schema, Accept("CASCADE"));
            case "ALTER":
                return Alter(at);
            case "DECLARE":
                return Declare(at);
            case "SET":
                List<Token> names = Is("(") ? Parenthesised(Name) : [Name()];
                Expect("=");
                return new SetStatement(at, names, Expression());
            case "ASSERT":
                Expr condition = Expression();
                return new AssertStatement(at, condition, Accept("AS") ? TextLiteral() : null);
            case "BEGIN":
                return Begin(at);
            case "COMMIT" or "ROLLBACK":
                _ = Accept("TRANSACTION");
                return new TransactionStatement(at, at.Text.ToUpperInvariant());
            case "IF":
                return If(at);
            case "RAISE":
                if (!AcceptAll("USING", "MESSAGE"))
                {
                    return new RaiseStatement(at, null);
                }

                Expect("=");
                return new RaiseStatement(at, Expression());
            default:
                _at--;
                throw Unexpected();
        }
    }

    private string TextLiteral() => Here.Kind == TokenKind.Text ? Next().Text : throw Unexpected();

    private InsertStatement Insert(Token at)
    {
        _ = Accept("INTO");
        TablePath table = Path();
        List<Token> columns = Is("(") && !AtQuery() ? Parenthesised(Name) : [];
        if (!Accept("VALUES"))
        {
            return new InsertStatement(at, table, columns) { Query = Query() };
        }

        List<(Token, IReadOnlyList<Expr>)> rows = List<(Token, IReadOnlyList<Expr>)>(() => (Here, Parenthesised(Expression)));
        return new InsertStatement(at, table, columns) { Rows = rows };
    }

    private UpdateStatement Update(Token at)
    {
        TablePath table = Path();
        string? alias = Alias();
        Expect("SET");
        List<Assignment> set = List(Assign);
        FromNode? from = Accept("FROM") ? From() : null;
        return new UpdateStatement(at, table, alias, set, from, Accept("WHERE") ? Expression() : null);
    }

    private Assignment Assign()
    {
        Token at = Name();
        List<string> path = [at.Text];
        while (Accept("."))
        {
            path.Add(NameAfterDot().Text);
        }

        Expect("=");
        return new Assignment(at, path, Expression());
    }

    private MergeStatement Merge(Token at)
    {
        _ = Accept("INTO");
        TablePath table = Path();
        string? alias = Alias();
        Expect("USING");
        FromNode source = Source();
        Expect("ON");
        Expr on = Expression();
        List<MergeBranch> branches = [];
        while (Is("WHEN"))
        {
            branches.Add(Branch(Next()));
        }

        return branches.Count > 0 ? new MergeStatement(at, table, alias, source, on, branches) : throw Expected("WHEN");
    }

    private MergeBranch Branch(Token at)
    {
        MergeMatch match = MergeMatch.Matched;
        if (Accept("NOT"))
        {
            Expect("MATCHED");
            match = AcceptAll("BY", "SOURCE") ? MergeMatch.NotMatchedBySource : MergeMatch.NotMatchedByTarget;
            _ = AcceptAll("BY", "TARGET");
        }
        else
        {
            Expect("MATCHED");
        }

        Expr? condition = Accept("AND") ? Expression() : null;
        Expect("THEN");
        if (match == MergeMatch.NotMatchedByTarget)
        {
            Expect("INSERT");
            if (Accept("ROW"))
            {
                return new MergeBranch(at, match, condition, "INSERT");
            }

            List<Token> columns = Is("(") ? Parenthesised(Name) : [];
            if (Accept("ROW"))
            {
                return new MergeBranch(at, match, condition, "INSERT") { Columns = columns };
            }

            Expect("VALUES");
            return new MergeBranch(at, match, condition, "INSERT") { Columns = columns, Values = Parenthesised(Expression) };
        }

        if (Accept("DELETE"))
        {
            return new MergeBranch(at, match, condition, "DELETE");
        }

        Expect("UPDATE");
        Expect("SET");
        return new MergeBranch(at, match, condition, "UPDATE") { Set = List(Assign) };
    }

    private DeclareStatement Declare(Token at)
    {
        List<Token> names = List(Name);
        Field? type = Is("DEFAULT") ? null : TypeOf("x");
        return new DeclareStatement(at, names, type, Accept("DEFAULT") ? Expression() : null);
    }

    private Statement Begin(Token at)
    {
        if (Accept("TRANSACTION") || Is(";") || Here.Kind == TokenKind.End)
        {
            return new TransactionStatement(at, "BEGIN");
        }

        List<Statement> body = Statements("END", "EXCEPTION");
        List<Statement>? handler = null;
        if (AcceptAll("EXCEPTION", "WHEN", "ERROR", "THEN"))
        {
            handler = Statements("END");
        }

        Expect("END");
        return new BlockStatement(at, body, handler);
    }

    private IfStatement If(Token at)
    {
        List<(Expr, IReadOnlyList<Statement>)> branches = [];
        do
        {
            Expr condition = Expression();
            Expect("THEN");
            branches.Add((condition, Statements("ELSEIF", "ELSE", "END")));
        }
        while (Accept("ELSEIF"));
        List<Statement> otherwise = Accept("ELSE") ? Statements("END") : [];
        Expect("END");
        Expect("IF");
        return new IfStatement(at, branches, otherwise);
    }
}
