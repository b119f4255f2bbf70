using System.Management.Automation;
using Junipeer.Connections;

namespace Junipeer.PowerShell.Sessions;

/// <summary>Lets a connection parameter take the connection's name as well as the connection.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ConnectionArgumentAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        inputData is object[] several ? Array.ConvertAll(several, One) : One(inputData);

    private static object One(object input) => Unwrap(input) switch
    {
        string name => Session.Current.Find(name) ?? UnknownConnection.Named(name),
        var other => other,
    };

    private static object Unwrap(object input) => input is PSObject wrapped ? wrapped.BaseObject : input;
}
