using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

/// <summary>Runs GoogleSQL against a store.</summary>
internal sealed class SqlEngine(DataStore store)
{
    private const int MaxQueryLength = 1024 * 1024;

    /// <summary>
    /// Runs to the end on the calling thread; a statement that must wait for another job's changes waits here.
    /// Throws <see cref="SqlException"/> for whatever the query did wrong.
    /// </summary>
    public SqlResult Run(SqlRequest request, CancellationToken stop = default)
    {
        if (request.Query.Length > MaxQueryLength)
        {
            throw new SqlException("invalidQuery", $"The query is too large. The maximum standard SQL query length is {MaxQueryLength / 1024}.00K characters, including comments and white space characters.");
        }

        List<Statement> statements = new Parser(request.Query).Script();
        Session session = new(store, request, stop);
        try
        {
            return Run(session, statements);
        }
        catch (DataException error) when (error is not SqlException)
        {
            throw new SqlException(error.Reason, error.Message, error.Location);
        }
        catch (OverflowException)
        {
            throw new SqlException("invalidQuery", "int64 overflow");
        }
        finally
        {
            // A transaction that was not committed leaves nothing behind.
            session.Rollback();
        }
    }

    private static SqlResult Run(Session session, List<Statement> statements)
    {
        ScriptRun run = new(session);
        bool alone = statements.Count == 1 && statements[0] is not (DeclareStatement or SetStatement or IfStatement or BlockStatement or RaiseStatement or TransactionStatement);
        if (alone && statements[0] is CreateTableStatement { Temporary: true })
        {
            throw statements[0].At.Error("Use of CREATE TEMPORARY TABLE requires a script or session");
        }

        if (alone)
        {
            return run.One(statements[0]) with { UndeclaredParameters = session.UndeclaredParameters };
        }

        if (session.Request.DryRun)
        {
            run.Plan(statements);
        }
        else
        {
            run.Run(statements);
        }

        SqlResult? last = run.Children.Count > 0 ? run.Children[^1] : null;
        return new SqlResult("SCRIPT", last?.Schema ?? [], last?.Rows ?? [])
        {
            UndeclaredParameters = session.UndeclaredParameters,
            Children = run.Children,
            BytesProcessed = run.Children.Sum(c => c.BytesProcessed),
            BytesBilled = run.Children.Sum(c => c.BytesBilled),
            ReferencedTables = [.. run.Children.SelectMany(c => c.ReferencedTables).Distinct()],
        };
    }
}
