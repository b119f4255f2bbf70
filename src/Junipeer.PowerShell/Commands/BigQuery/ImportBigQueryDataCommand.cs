using System.Management.Automation;
using Junipeer.BigQuery;
using Junipeer.PowerShell.Arguments;
using Junipeer.PowerShell.Common;

namespace Junipeer.PowerShell.Commands;

/// <summary>Brings objects from the pipeline, or files, into a table.</summary>
[Cmdlet(VerbsData.Import, "BigQueryData", SupportsShouldProcess = true, DefaultParameterSetName = Objects)]
[OutputType(typeof(BigQueryImportResult))]
public sealed class ImportBigQueryDataCommand : BigQueryCmdlet
{
    private const string Objects = "Objects";
    private const string Files = "Files";
    private const int BatchRows = 500;

    private readonly List<IReadOnlyDictionary<string, object?>> _rows = [];
    private IBigQueryImport? _import;
    private bool _isOff;

    /// <summary>The table; it is made when it is not there.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Table { get; set; } = "";

    /// <summary>The objects, one row each.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = Objects)]
    public PSObject? InputObject { get; set; }

    /// <summary>Files of NDJSON or CSV, also gzip.</summary>
    [Parameter(Mandatory = true, ParameterSetName = Files)]
    [ValidateNotNullOrEmpty]
    public string[]? Path { get; set; }

    /// <summary>Send files as they are, on a line faster than the compressor.</summary>
    [Parameter(ParameterSetName = Files)]
    public SwitchParameter NoCompression { get; set; }

    /// <summary>The dataset; the connection's own when left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Dataset { get; set; }

    /// <summary>Columns that identify a row: rows with known keys are updated.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Key { get; set; } = [];

    /// <summary>Columns and their types, name:TYPE; told by the values when left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Schema { get; set; } = [];

    /// <inheritdoc/>
    protected override void Process()
    {
        if (_isOff || !Begin()) return;
        foreach (var path in Path ?? []) Load(path);
        if (InputObject is null) return;
        _rows.Add(Row(InputObject));
        if (_rows.Count == BatchRows) Send();
    }

    /// <inheritdoc/>
    protected override void End()
    {
        if (_import is null) return;
        Send();
        Run((_, sink, stop) => CompleteAsync(sink, stop));
    }

    private bool Begin()
    {
        if (_import is not null) return true;
        var connection = Target();
        if (Dataset is null && Table.Split('.') is [var dataset, var table]) (Dataset, Table) = (dataset, table);
        var name = $"{connection.Project}.{Dataset ?? connection.Dataset}.{Table}";
        if (!ShouldProcess(name, Key.Length == 0 ? "Add rows" : $"Add rows, and update those with a known {string.Join(", ", Key)}"))
        {
            _isOff = true;
            return false;
        }

        _import = Engine.BeginImport(new BigQueryImportRequest { Connection = connection, Dataset = Dataset, Table = Table, Key = Key, Schema = Schema, NoCompression = NoCompression });
        return true;
    }

    private void Load(string path)
    {
        var full = ProviderPath.Resolve(this, path);
        Run((_, sink, stop) => _import!.WriteFileAsync(full, sink, stop).AsTask());
    }

    private void Send()
    {
        if (_rows.Count == 0) return;
        var rows = _rows.ToArray();
        _rows.Clear();
        Run((_, sink, stop) => _import!.WriteAsync(rows, sink, stop).AsTask());
    }

    private async Task CompleteAsync(Operations.IOperationSink sink, CancellationToken stop)
    {
        await using var import = _import!;
        await sink.WriteAsync(await import.CompleteAsync(sink, stop).ConfigureAwait(false), stop).ConfigureAwait(false);
    }

    private static Dictionary<string, object?> Row(PSObject item)
    {
        if (item.BaseObject is System.Collections.IDictionary table) return PlainValue.Dictionary(table).ToDictionary(p => p.Key, p => p.Value);
        var row = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in item.Properties) row[property.Name] = PlainValue.Of(property.Value);
        return row;
    }
}
