using Junipeer.Sandbox.Norce.Front;

namespace Junipeer.Sandbox.Norce.Connect;

/// <summary>Connect: imports, their jobs, and messages about orders.</summary>
internal sealed class ConnectMethods(NorceSandbox sandbox)
{
    public string NameOf(string[] path) => "connect." + string.Join('.', path);

    public Task<NorceAnswer> RunAsync(NorceCall call) => throw NorceException.NotFound($"No HTTP resource was found that matches the request URI 'http://{sandbox.Host}{call.Target.RawPath}'.");
}
