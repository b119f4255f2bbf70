using System.Management.Automation;
using Junipeer.Connections;
using Junipeer.PowerShell.Sessions;
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
            // The name of a connection looks like no file: it has neither an ending nor a folder, and no such file exists.
            string name when name.IndexOfAny(['.', '/', '\\', ':']) < 0 && !File.Exists(name) && Session.Current.Find(name) is BigQueryConnection found => new WarehouseReference { Connection = found },
            string path => new WarehouseReference { Path = path },
            FileInfo file => new WarehouseReference { Path = file.FullName },
            JunipeerConnection connection => new WarehouseReference { Connection = connection },
            var other => other,
        };
}
