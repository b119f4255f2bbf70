using System.Text.Json;

namespace Junipeer.Sandbox.Norce.Admin;

/// <summary>Changes that somebody else makes: the same from the admin API and from a fault in the middle of a run.</summary>
internal sealed class NorceChanges(NorceSandbox sandbox)
{
    public List<object> Apply(JsonElement actions) => throw new ArgumentException($"Nothing can be changed at {sandbox.Clock.Now:O}; {actions.GetArrayLength()} actions were given.");
}
