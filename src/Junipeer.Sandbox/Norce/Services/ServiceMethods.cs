using Junipeer.Sandbox.Norce.Front;

namespace Junipeer.Sandbox.Norce.Services;

/// <summary>The few operations of the shop runtime that an integration asks.</summary>
internal sealed class ServiceMethods(NorceSandbox sandbox)
{
    public NorceAnswer Run(NorceCall call) => throw NorceException.NotFound($"There is no operation {call.Rest[^1]} on {sandbox.Host}.");
}
