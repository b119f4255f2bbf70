using Junipeer.Sandbox.Norce.Front;

namespace Junipeer.Sandbox.Norce.Query;

/// <summary>Query: the read-only window on the database.</summary>
internal sealed class QueryMethods(NorceSandbox sandbox)
{
    public string NameOf(string[] path) => "query." + string.Join('.', path);

    public NorceAnswer Run(NorceCall call) => throw NorceException.NotFound($"Resource not found for {sandbox.Host}/{string.Join('/', call.Rest)}.");
}
