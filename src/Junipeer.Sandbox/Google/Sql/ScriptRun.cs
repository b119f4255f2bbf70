using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

/// <summary>Runs the statements of one job in order.</summary>
internal sealed class ScriptRun(Session session)
{
    private readonly List<SqlResult> _children = [];

    /// <summary>The results of the statements that ran.</summary>
    public IReadOnlyList<SqlResult> Children => _children;

    public void Run(IReadOnlyList<Statement> statements)
    {
        foreach (Statement statement in statements)
        {
            try
            {
                Step(statement);
            }
            catch (SqlException error) when (!error.Message.StartsWith("Query error: ", StringComparison.Ordinal))
            {
                string message = error.Message.Contains(" at [", StringComparison.Ordinal) ? error.Message : $"{error.Message} at {statement.At.Place}";
                throw new SqlException(error.Reason, "Query error: " + message, error.Location);
            }
        }
    }

    /// <summary>Goes through a script without running it: what its statements would read and cost, as far as that can be told.</summary>
    public void Plan(IEnumerable<Statement> statements)
    {
        foreach (Statement statement in statements)
        {
            if (statement is SelectStatement or InsertStatement or UpdateStatement or DeleteStatement or TruncateStatement or MergeStatement or AssertStatement)
            {
                try
                {
                    _children.Add(One(statement));
                }
                catch (DataException)
                {
                    // It may use what statements before it would have made.
                }
            }
        }
    }

    /// <summary>A statement that stands alone, or one of a script.</summary>
    public SqlResult One(Statement statement)
    {
        session.StartStatement();
        try
        {
            return statement switch
            {
                SelectStatement select => Select(select.Query),
                InsertStatement insert => new Dml(session).Insert(insert),
                UpdateStatement update => new Dml(session).Update(update),
                DeleteStatement delete => new Dml(session).Delete(delete),
                TruncateStatement truncate => new Dml(session).Truncate(truncate),
                MergeStatement merge => new Dml(session).Merge(merge),
                CreateTableStatement create => new Ddl(session).CreateTable(create),
                DropStatement drop => new Ddl(session).Drop(drop),
                AlterTableStatement alter => new Ddl(session).Alter(alter),
                CreateSchemaStatement create => new Ddl(session).CreateSchema(create),
                AssertStatement assert => Assert(assert),
                TransactionStatement transaction => Transact(transaction),
                _ => throw statement.At.Error("Unsupported statement"),
            };
        }
        finally
        {
            session.Release();
        }
    }

    private void Step(Statement statement)
    {
        switch (statement)
        {
            case DeclareStatement declare:
                Declare(declare);
                break;
            case SetStatement set:
                Set(set);
                break;
            case IfStatement branch:
                IReadOnlyList<Statement> chosen = branch.Otherwise;
                foreach ((Expr condition, IReadOnlyList<Statement> body) in branch.Branches)
                {
                    if (Evaluate(condition, "IF condition") is true)
                    {
                        chosen = body;
                        break;
                    }
                }

                Run(chosen);
                break;
            case BlockStatement block:
                Block(block);
                break;
            case RaiseStatement raise:
                throw new SqlException("invalidQuery", raise.Message is { } message ? ValueText.Of(Evaluate(message, null)) : session.ErrorMessage ?? "Cannot re-raise without an active exception");
            default:
                _children.Add(One(statement));
                break;
        }
    }

    private void Block(BlockStatement block)
    {
        try
        {
            Run(block.Body);
        }
        catch (SqlException error) when (block.Handler is not null)
        {
            string? before = session.ErrorMessage;
            session.ErrorMessage = error.Message;
            Run(block.Handler);
            session.ErrorMessage = before;
        }
    }

    private void Declare(DeclareStatement declare)
    {
        session.StartStatement();
        Bound? value = declare.Default is { } expression ? new Binder(session).Bind(expression, new Scope(null)) : null;
        SqlType type = declare.VariableType is { } field ? SqlType.Of(field) : value?.Type ?? throw declare.At.Error("DECLARE needs a type or a DEFAULT");
        foreach (Token name in declare.Names)
        {
            Bound? fitted = value is null ? null : Binder.Coerce(value, type) ?? throw name.Error($"Cannot coerce expression of type {value.Type} to type {type}");
            if (!session.Variables.TryAdd(name.Text, (type, fitted?.Eval(Env.None))))
            {
                throw name.Error($"Variable '{name.Text}' is already declared");
            }
        }
    }

    private void Set(SetStatement set)
    {
        session.StartStatement();
        Bound value = new Binder(session).Bind(set.Value, new Scope(null));
        for (int i = 0; i < set.Names.Count; i++)
        {
            Token name = set.Names[i];
            if (!session.Variables.TryGetValue(name.Text, out (SqlType Type, object? Value) variable))
            {
                throw name.Error($"Undeclared variable: {name.Text}");
            }

            Bound one = value;
            if (set.Names.Count > 1)
            {
                int at = i;
                one = value.Type.Kind == FieldType.Record && value.Type.Fields.Count == set.Names.Count
                    ? new Bound(SqlType.Of(value.Type.Fields[at]), env => value.Eval(env) is object?[] record ? record[at] : null)
                    : throw name.Error($"SET needs a STRUCT of {set.Names.Count} values");
            }

            Bound fitted = Binder.Coerce(one, variable.Type) ?? throw set.Value.At.Error($"Cannot coerce expression of type {one.Type} to type {variable.Type}");
            session.Variables[name.Text] = (variable.Type, fitted.Eval(Env.None));
        }
    }

    private object? Evaluate(Expr expression, string? condition)
    {
        session.StartStatement();
        Binder binder = new(session);
        Bound bound = condition is null ? binder.Bind(expression, new Scope(null)) : binder.Condition(expression, new Scope(null), condition);
        return bound.Eval(Env.None);
    }

    private SqlResult Select(QueryNode node)
    {
        Binder binder = new(session);
        BoundQuery query = binder.Query(node, null);
        int unnamed = 0;
        Field[] schema = [.. query.Columns.Select(c => c.Type.ToField(c.Name ?? $"f{unnamed++}_"))];
        string[] twice = [.. schema.GroupBy(f => f.Name, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1).Select(g => g.Key)];
        if (twice.Length > 0)
        {
            throw node.At.Error($"Duplicate column names in the result are not supported when a destination table is present. Found duplicate(s): {string.Join(", ", twice)}");
        }

        SqlResult result = Billing.Add(new SqlResult("SELECT", schema, []), session, binder.Scans);
        return session.Request.DryRun ? result : result with { Rows = Rows(query) };
    }

    private List<object?[]> Rows(BoundQuery query)
    {
        List<object?[]> rows = [];
        foreach (object?[] row in query.Rows(null))
        {
            session.Stop.ThrowIfCancellationRequested();

            // A result has a width of its own: rows of a table may be older than its last columns.
            rows.Add(row.Length == query.Columns.Count ? row : [.. Enumerable.Range(0, query.Columns.Count).Select(i => RowSet.Get(row, i))]);
        }

        return rows;
    }

    private SqlResult Assert(AssertStatement assert)
    {
        Binder binder = new(session);
        Bound condition = binder.Condition(assert.Condition, new Scope(null), "ASSERT expression");
        SqlResult result = Billing.Add(new SqlResult("ASSERT", [], []), session, binder.Scans);
        return session.Request.DryRun || condition.IsTrue(Env.None)
            ? result
            : throw new SqlException("invalidQuery", assert.Message ?? "Assertion failed");
    }

    private SqlResult Transact(TransactionStatement statement)
    {
        switch (statement.Verb)
        {
            case "BEGIN":
                session.Begin(statement.At);
                break;
            case "COMMIT":
                session.Commit(statement.At);
                break;
            default:
                if (session.Open is null)
                {
                    throw statement.At.Error("Cannot ROLLBACK TRANSACTION: there is no active transaction");
                }

                session.Rollback();
                break;
        }

        return new SqlResult(statement.Type, [], []);
    }
}
