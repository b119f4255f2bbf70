using System.Collections;
using System.Management.Automation;
using Junipeer.Norce;
using Junipeer.Operations;
using Junipeer.PowerShell.Arguments;
using Junipeer.PowerShell.Common;
using Junipeer.PowerShell.Secrets;

namespace Junipeer.PowerShell.Commands;

/// <summary>Brings rows into Norce by import jobs, and says of each job and each refused row what became of it.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "NorceImport", DefaultParameterSetName = RowsSet, SupportsShouldProcess = true)]
[OutputType(typeof(NorceJob), typeof(NorceRefusedRow), typeof(NorceImportPlan))]
public sealed class InvokeNorceImportCommand : NorceCmdlet
{
    private const string RowsSet = "Rows";
    private const string FilesSet = "Files";
    private const int BatchRows = 500;

    private readonly List<IReadOnlyDictionary<string, object?>> _rows = [];
    private readonly ImportVerdict _verdict = new();
    private INorceImport? _import;
    private bool _isOff;

    /// <summary>What is imported.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public NorceImportKind Kind { get; set; }

    /// <summary>The rows: objects or hashtables with Connect's field names.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = RowsSet)]
    public PSObject? InputObject { get; set; }

    /// <summary>Files of NDJSON, JSON or CSV, also gzip.</summary>
    [Parameter(Mandatory = true, ParameterSetName = FilesSet)]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Fields to set only where the import makes the thing.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] CreateOnly { get; set; } = [];

    /// <summary>Further members of the import's header.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary Header { get; set; } = new Hashtable();

    /// <summary>Look up part numbers before sending.</summary>
    [Parameter]
    public SwitchParameter CheckPartNo { get; set; }

    /// <summary>Do not look up warehouse and price list codes before sending.</summary>
    [Parameter]
    public SwitchParameter SkipCodeCheck { get; set; }

    /// <summary>Rows of one job.</summary>
    [Parameter]
    [ValidateRange(1, 100_000)]
    public int? JobRows { get; set; }

    /// <summary>Follow each job to its end; -Wait:$false returns as soon as all are sent.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; } = true;

    /// <summary>How long one job may take.</summary>
    [Parameter]
    [Duration]
    public TimeSpan JobTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>The rows are all there is: what is not among them is deactivated.</summary>
    [Parameter]
    public SwitchParameter FullFile { get; set; }

    /// <summary>The largest share of active rows a full file may deactivate.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    public double MaximumDeactivation { get; set; } = 0.2;

    /// <summary>What to do with an import that an earlier command left unsettled.</summary>
    [Parameter]
    public NorceUnfinished Unfinished { get; set; }

    /// <summary>Do not ask before a full file.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>End with a terminating error when a row was refused or a job failed, after all were tried.</summary>
    [Parameter]
    public SwitchParameter FailOnError { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        if (_isOff || !Begin()) return;
        foreach (var path in Path) Load(path);
        if (InputObject is null) return;
        _rows.Add(RowValue.Row(InputObject));
        if (_rows.Count == BatchRows) Send();
    }

    /// <inheritdoc/>
    protected override void End()
    {
        if (_import is null) return;
        Send();
        Do((import, sink, stop) => import.CompleteAsync(sink, stop));
        Close();
        if (FailOnError) _verdict.ThrowIfFailed();
    }

    private protected override object? Shape(object result)
    {
        _verdict.Add(result);
        return base.Shape(result is NorceRefusedRow row ? row with { Row = RowValue.ToObject(row.Row) } : result);
    }

    private bool Begin()
    {
        if (_import is not null) return true;
        var target = Target();
        var what = FullFile ? $"Import {Kind} as a full file: what is not in it is deactivated" : $"Import {Kind}";
        var where = $"tenant {target.Tenant} ({target.Environment})";
        var isPlan = false;
        if (!ShouldProcess($"{what} into {where}", $"{what} into {where}?", "Import into Norce", out var reason))
        {
            isPlan = reason.HasFlag(ShouldProcessReason.WhatIf);
            _isOff = !isPlan;
        }
        else if (FullFile && !Force)
        {
            _isOff = !IsAgreed(where);
        }

        if (_isOff) return false;
        _import = Engine.Norce.BeginImport(new NorceImportRequest
        {
            Connection = target,
            Kind = Kind,
            FullFile = FullFile,
            MaximumDeactivation = MaximumDeactivation,
            CreateOnly = CreateOnly,
            Header = (IReadOnlyDictionary<string, object?>)RowValue.Of(Header)!,
            CheckPartNo = CheckPartNo,
            SkipCodeCheck = SkipCodeCheck,
            JobRows = JobRows,
            NoWait = !Wait,
            JobTimeout = JobTimeout,
            Unfinished = Unfinished,
            PlanOnly = isPlan,
        });
        return true;
    }

    /// <summary>Asks before a full file, whatever $ConfirmPreference says; where nobody can answer, that is an error.</summary>
    private bool IsAgreed(string where)
    {
        if (Surroundings.NoPrompt is { } why)
        {
            throw new JunipeerException(new JunipeerFault("Junipeer.Norce.NeedsForce", FaultCategory.InvalidOperation,
                $"A full file deactivates what it does not hold, and nobody can be asked whether that is meant: {why}.", "Add -Force when it is.") { Target = Kind, System = System });
        }

        return ShouldContinue($"Every active row of the warehouses, price lists or groups in it that is not among the rows is deactivated in {where}. Go on?", $"Full file of {Kind}");
    }

    private void Load(string path)
    {
        var full = ProviderPath.Resolve(this, path);
        Do((import, sink, stop) => import.WriteFileAsync(full, sink, stop).AsTask());
    }

    private void Send()
    {
        if (_rows.Count == 0) return;
        var rows = _rows.ToArray();
        _rows.Clear();
        Do((import, sink, stop) => import.WriteAsync(rows, sink, stop).AsTask());
    }

    private void Do(Func<INorceImport, IOperationSink, CancellationToken, Task> work)
    {
        try
        {
            Run((_, sink, stop) => work(_import!, sink, stop));
        }
        catch
        {
            Close(); // what was interrupted is written down, and the next import looks into it
            throw;
        }
    }

    private void Close()
    {
        _import?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _import = null;
        _isOff = true;
    }
}
