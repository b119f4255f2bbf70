using System.Collections;
using System.Management.Automation;

namespace Junipeer.PowerShell.Arguments;

/// <summary>Lets a filter be text or a hashtable, and nothing else.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NorceFilterArgumentAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            string text => text,
            IDictionary table => table,
            var other => throw new ArgumentTransformationMetadataException($"'{other}' is no filter. Write OData text such as \"StatusId eq 1\", or a hashtable such as @{{ StatusId = 1 }}."),
        };
}
