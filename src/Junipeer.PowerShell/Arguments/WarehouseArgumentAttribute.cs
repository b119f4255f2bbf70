using System.Management.Automation;
using Junipeer.Connections;
using Junipeer.Warehouse;

namespace Junipeer.PowerShell.Arguments;

/// <summary>Lets a warehouse parameter take the path of a SQLite file, or a connection.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class WarehouseArgumentAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            string path => new WarehouseReference { Path = path },
            FileInfo file => new WarehouseReference { Path = file.FullName },
            JunipeerConnection connection => new WarehouseReference { Connection = connection },
            var other => other,
        };
}
