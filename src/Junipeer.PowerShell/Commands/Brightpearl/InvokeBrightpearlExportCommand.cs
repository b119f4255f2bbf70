using System.Management.Automation;
using Junipeer.Export;
using Junipeer.Operations;
using Junipeer.PowerShell.Arguments;
using Junipeer.PowerShell.Common;
using Junipeer.PowerShell.Completers;
using Junipeer.Warehouse;

namespace Junipeer.PowerShell.Commands;

/// <summary>Exports resources to the pipeline, to files or to a warehouse; with -WhatIf says what that would cost.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "BrightpearlExport", DefaultParameterSetName = PipelineSet, SupportsShouldProcess = true)]
[OutputType(typeof(PSObject), ParameterSetName = [PipelineSet])]
[OutputType(typeof(ExportResult), typeof(ExportPlan), ParameterSetName = [FilesSet, WarehouseSet])]
public sealed class InvokeBrightpearlExportCommand : BrightpearlCmdlet
{
    private const string PipelineSet = "Pipeline";
    private const string FilesSet = "Files";
    private const string WarehouseSet = "Warehouse";

    private readonly List<string> _resources = [];
    private readonly ExportVerdict _verdict = new(System);

    /// <summary>Resource names, or Standard.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(ExportResourceCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Resource { get; set; } = [];

    /// <summary>The folder to write files into.</summary>
    [Parameter(Mandatory = true, ParameterSetName = FilesSet)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Write .ndjson.gz.</summary>
    [Parameter(ParameterSetName = FilesSet)]
    public SwitchParameter Compress { get; set; }

    /// <summary>The SQLite file to fill.</summary>
    [Parameter(Mandatory = true, ParameterSetName = WarehouseSet)]
    [WarehouseArgument]
    [ValidateNotNull]
    public WarehouseReference? Warehouse { get; set; }

    /// <summary>Only what changed since; leaves the bookmark alone.</summary>
    [Parameter]
    public DateTimeOffset? UpdatedAfter { get; set; }

    /// <summary>Only these ids and ranges; leaves the bookmark alone.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Id { get; set; } = [];

    /// <summary>Read everything again.</summary>
    [Parameter]
    public SwitchParameter Full { get; set; }

    /// <summary>How far the watermark is set back.</summary>
    [Parameter(ParameterSetName = FilesSet)]
    [Parameter(ParameterSetName = WarehouseSet)]
    [Duration]
    public TimeSpan LookBack { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How often resources without change dates are read whole.</summary>
    [Parameter(ParameterSetName = FilesSet)]
    [Parameter(ParameterSetName = WarehouseSet)]
    [Duration]
    public TimeSpan FullEvery { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How often recent documents are read again for silent edits.</summary>
    [Parameter(ParameterSetName = FilesSet)]
    [Parameter(ParameterSetName = WarehouseSet)]
    [Duration]
    public TimeSpan RecheckEvery { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Stop cleanly after this time.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? MaximumDuration { get; set; }

    /// <summary>Put before every table name.</summary>
    [Parameter(ParameterSetName = WarehouseSet)]
    [ValidateNotNull]
    public string TablePrefix { get; set; } = "";

    /// <summary>The most bytes BigQuery may bill for one statement.</summary>
    [Parameter(ParameterSetName = WarehouseSet)]
    [ValidateRange(1, long.MaxValue)]
    public long? MaximumBytesBilled { get; set; }

    /// <summary>Leave the untouched document out.</summary>
    [Parameter(ParameterSetName = PipelineSet)]
    [Parameter(ParameterSetName = WarehouseSet)]
    public SwitchParameter NoPayload { get; set; }

    /// <summary>Fields to keep out of everything.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(PersonalFieldCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] ExcludeField { get; set; } = [];

    /// <summary>What to do with unknown properties.</summary>
    [Parameter(ParameterSetName = WarehouseSet)]
    public SchemaPolicy SchemaPolicy { get; set; }

    /// <summary>Flag deletes however many there are.</summary>
    [Parameter(ParameterSetName = WarehouseSet)]
    public SwitchParameter AllowMassDelete { get; set; }

    /// <summary>How long runs and rejects are kept.</summary>
    [Parameter(ParameterSetName = WarehouseSet)]
    [Duration]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(90);

    /// <summary>End with a terminating error when a resource failed, after all were tried.</summary>
    [Parameter]
    public SwitchParameter FailOnError { get; set; }

    /// <inheritdoc/>
    protected override void Process() => _resources.AddRange(Resource);

    /// <inheritdoc/>
    protected override void End()
    {
        if (_resources.Count == 0) return;
        var request = Request();
        var where = request.Path ?? request.Warehouse?.Name ?? "the pipeline";
        var what = $"Export {string.Join(", ", _resources)} of account {request.Connection.Account}";
        if (ShouldProcess($"{what} to {where}", $"{what} to {where}?", "Export from Brightpearl", out var reason))
        {
            Export(request);
        }
        else if (reason.HasFlag(ShouldProcessReason.WhatIf))
        {
            Run((engine, sink, stop) => engine.PlanAsync(request, sink, stop));
        }
    }

    private protected override object? Shape(object result)
    {
        if (result is ExportResult of) _verdict.Add(of);
        return base.Shape(result);
    }

    /// <summary>
    /// With -FailOnError errors wait until all resources were tried: under $ErrorActionPreference = 'Stop' the first one
    /// written would end the export.
    /// </summary>
    private protected override void OnFault(JunipeerFault fault)
    {
        if (FailOnError) _verdict.Add(fault);
        else base.OnFault(fault);
    }

    private void Export(ExportRequest request)
    {
        try
        {
            Run((engine, sink, stop) => engine.ExportAsync(request, sink, stop));
        }
        catch (JunipeerException)
        {
            _verdict.HeldBack.ForEach(WriteFault);
            throw;
        }

        _verdict.HeldBack.ForEach(WriteFault);
        if (FailOnError) _verdict.ThrowIfFailed();
    }

    private ExportRequest Request()
    {
        var warehouse = Warehouse is null ? null : ProviderPath.Resolve(this, Warehouse, TablePrefix);
        return new ExportRequest
        {
            Connection = Target(),
            Resources = _resources,
            Target = ParameterSetName switch { FilesSet => ExportTarget.Files, WarehouseSet => ExportTarget.Warehouse, _ => ExportTarget.Pipeline },
            Path = Path is null ? warehouse?.Path : ProviderPath.Resolve(this, Path),
            Warehouse = warehouse?.Connection,
            Compress = Compress,
            UpdatedAfter = UpdatedAfter,
            Ids = Id,
            Full = Full,
            LookBack = LookBack,
            QuotaShare = QuotaShare,
            FullEvery = FullEvery,
            RecheckEvery = RecheckEvery,
            MaximumDuration = MaximumDuration,
            TablePrefix = TablePrefix,
            MaximumBytesBilled = MaximumBytesBilled,
            NoPayload = NoPayload,
            ExcludeFields = ExcludeField,
            SchemaPolicy = SchemaPolicy,
            AllowMassDelete = AllowMassDelete,
            Retention = Retention,
        };
    }
}
