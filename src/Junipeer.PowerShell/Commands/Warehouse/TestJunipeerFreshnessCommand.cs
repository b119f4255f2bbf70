using System.Management.Automation;
using Junipeer.PowerShell.Arguments;
using Junipeer.PowerShell.Common;
using Junipeer.PowerShell.Completers;
using Junipeer.Warehouse;

namespace Junipeer.PowerShell.Commands;

/// <summary>
/// Tells whether a warehouse is up to date, for monitors. Stale data is an answer, not an error: a monitor reads IsFresh,
/// and an error then always means that the question could not be answered.
/// </summary>
[Cmdlet(VerbsDiagnostic.Test, "JunipeerFreshness")]
[OutputType(typeof(FreshnessInfo), typeof(bool))]
public sealed class TestJunipeerFreshnessCommand : WarehouseCmdlet
{
    private readonly List<FreshnessInfo> _found = [];
    private NameFilter? _names;

    /// <summary>The age that is still fresh.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [Duration]
    public TimeSpan MaximumAge { get; set; }

    /// <summary>Only these resources, with wildcards; one named in full must be there.</summary>
    [Parameter(Position = 2)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ResourceCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Resource { get; set; }

    /// <summary>Write one boolean for all: true when there is data and all of it is fresh.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void End()
    {
        _names = new NameFilter(Resource);
        var warehouse = Target();
        Run((engine, sink, stop) => engine.TestFreshnessAsync(warehouse, MaximumAge, sink, stop));
        foreach (var missing in _names.Missing(_found.Select(f => f.Resource)).ToArray())
            _found.Add(new FreshnessInfo { Resource = missing, IsFresh = false, MaximumAge = MaximumAge, Detail = "The warehouse has never been asked to hold it." });

        if (Quiet) WriteObject(_found.Count > 0 && _found.TrueForAll(f => f.IsFresh));
        else _found.ForEach(WriteObject);
    }

    private protected override object? Shape(object result)
    {
        if (result is FreshnessInfo info && _names!.Matches(info.Resource)) _found.Add(info);
        return null;
    }
}
