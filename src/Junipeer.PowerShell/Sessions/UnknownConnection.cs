using Junipeer.Connections;

namespace Junipeer.PowerShell.Sessions;

/// <summary>
/// Stands for a name nobody connected under. Parameter binding can only fail with its own error id; this carries the name
/// as far as the cmdlet, which then raises <c>Junipeer.Connection.NotConnected</c> with its advice.
/// </summary>
internal sealed record UnknownConnection : JunipeerConnection
{
    public override string System => "";

    public override string Account => "";

    public override string Authentication => "";

    public static UnknownConnection Named(string name) =>
        new() { Name = name, BaseUri = new Uri("about:blank"), SecretReference = new SecretReference(SecretPlace.Memory, "none") };
}
