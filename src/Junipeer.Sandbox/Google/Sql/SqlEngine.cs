using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

/// <summary>Runs GoogleSQL against a store.</summary>
internal sealed class SqlEngine(DataStore store)
{
    /// <summary>Runs to the end on the calling thread. Throws <see cref="SqlException"/>.</summary>
    public SqlResult Run(SqlRequest request, CancellationToken stop = default)
    {
        _ = store.Now;
        stop.ThrowIfCancellationRequested();
        throw new SqlException("invalidQuery", $"Syntax error: Unexpected statement at [1:1]: {request.Query}");
    }
}
