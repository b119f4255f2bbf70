using System.Buffers;
using System.Text.Json;
using Junipeer.Operations;

namespace Junipeer.Norce.Importing;

/// <summary>
/// An import from its first row to the end of its last job. Rows that set the same fields are gathered, since a field that is
/// announced but not in a row may be emptied; full jobs are sent one after another and each is followed to its end before the
/// next, so that memory holds a few jobs and Norce sees the rows in their order.
/// </summary>
internal sealed class NorceImport : INorceImport
{
    /// <summary>Sets of fields kept open at once; of more the fullest is sent.</summary>
    private const int MostOpen = 8;

    private readonly NorceClient _client;
    private readonly NorceImportRequest _request;
    private readonly ImportBook _book;
    private readonly RowWriter _writer;
    private readonly JobHeader _header;
    private readonly ImportJournal _journal;
    private readonly ArrayBufferWriter<byte> _row = new(4096);
    private readonly Utf8JsonWriter _json;
    private readonly Dictionary<UInt128, JobBatch> _open = [];
    private readonly Dictionary<string, JobBatch> _owners = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<UInt128, NorceImportPlan> _plans = [];
    private readonly int _mostRows;
    private CodeCheck? _codes;
    private long _number;
    private long _refused;
    private bool _isReady;

    public NorceImport(NorceClient client, NorceImportRequest request)
    {
        (_client, _request) = (client, request);
        _book = ImportBook.Of(request.Kind);
        CheckRequest();
        _writer = new RowWriter(_book);
        _header = new JobHeader(_book, request);
        _journal = ImportJournal.Begin(client.Connection);
        _json = new Utf8JsonWriter(_row);
        _mostRows = request.JobRows ?? Math.Max(1, (int)(client.Connection.Setting.JobRows * _book.RowsShare));
    }

    public async ValueTask WriteAsync(IReadOnlyList<IReadOnlyDictionary<string, object?>> rows, IOperationSink sink, CancellationToken stop)
    {
        await PrepareAsync(sink, stop).ConfigureAwait(false);
        foreach (var row in rows) await AddAsync(row, sink, stop).ConfigureAwait(false);
    }

    public async ValueTask WriteFileAsync(string path, IOperationSink sink, CancellationToken stop)
    {
        await PrepareAsync(sink, stop).ConfigureAwait(false);
        await foreach (var row in RowFile.ReadAsync(path, stop).ConfigureAwait(false)) await AddAsync(row, sink, stop).ConfigureAwait(false);
    }

    public async Task CompleteAsync(IOperationSink sink, CancellationToken stop)
    {
        await PrepareAsync(sink, stop).ConfigureAwait(false);
        if (_request.FullFile && _refused > 0) throw FullFileGuard.Incomplete(_refused);
        foreach (var batch in _open.Values.OrderBy(b => b.Rows[0].Number).ToArray()) await FlushAsync(batch, sink, stop).ConfigureAwait(false);
        foreach (var plan in _plans.Values) await sink.WriteAsync(plan, stop).ConfigureAwait(false);
        _journal.Close();
    }

    public async ValueTask DisposeAsync()
    {
        _journal.Dispose(); // what is still in it is looked into by the next import
        await _json.DisposeAsync().ConfigureAwait(false);
        await _client.DisposeAsync().ConfigureAwait(false);
    }

    private async Task PrepareAsync(IOperationSink sink, CancellationToken stop)
    {
        if (_isReady) return;
        _codes = new CodeCheck(_client, _book, _request, sink);
        await _codes.PrepareAsync(stop).ConfigureAwait(false);
        if (!_request.PlanOnly) await new LeftImports(_client, _request, sink).SettleAsync(stop).ConfigureAwait(false);
        _isReady = true;
    }

    private async Task AddAsync(IReadOnlyDictionary<string, object?> given, IOperationSink sink, CancellationToken stop)
    {
        _number++;
        var row = WithKey(given);
        _row.Clear();
        _json.Reset();
        var problem = _writer.Write(_json, row, out var fields) ?? RowRules.Check(_book.Kind, row, _request.FullFile) ?? _codes!.Check(row)
            ?? (fields == 0 ? new RowProblem("Junipeer.Norce.NothingToSet", "The row has its key and nothing else, so there is nothing to set.") : null);
        await _json.FlushAsync(stop).ConfigureAwait(false);
        var entry = new JobRow(_number, RowRules.Key(_book, row), given);
        var identities = problem is null ? RowRules.Identities(_book, row).ToArray() : [];
        if (problem is null && identities.Distinct(StringComparer.OrdinalIgnoreCase).Count() < identities.Length) problem = new RowProblem("Junipeer.Norce.Duplicate", $"{identities.GroupBy(i => i, StringComparer.OrdinalIgnoreCase).First(g => g.Count() > 1).Key} is in the row twice.");
        foreach (var identity in problem is null ? identities : [])
        {
            if (!_owners.TryGetValue(identity, out var owner)) continue;
            if (owner.Fields == fields || _request.FullFile)
            {
                problem = new RowProblem("Junipeer.Norce.Duplicate", $"{identity} came before in the same job; which of the two Norce would take is not certain.");
                break;
            }

            await FlushAsync(owner, sink, stop).ConfigureAwait(false); // it sets other fields, and it came first
        }

        if (problem is not null)
        {
            await RefuseAsync(entry, problem, sink, stop).ConfigureAwait(false);
            return;
        }

        if (_request.FullFile && _open.Count > 0 && !_open.ContainsKey(fields)) throw FullFileGuard.Split($"row {_number} sets other fields than the rows before");
        if (!_open.TryGetValue(fields, out var batch))
        {
            if (_open.Count == MostOpen) await FlushAsync(_open.Values.MaxBy(b => b.Rows.Count)!, sink, stop).ConfigureAwait(false);
            _open[fields] = batch = new JobBatch(fields);
        }

        if (batch.Rows.Count > 0 && batch.Bytes + _row.WrittenCount > _client.Connection.Setting.JobBytes) batch = await NextAsync(batch, sink, stop).ConfigureAwait(false);
        batch.Add(entry, _row.WrittenSpan);
        foreach (var identity in identities)
        {
            batch.Identities.Add(identity);
            _owners[identity] = batch;
        }

        if (batch.Rows.Count >= _mostRows && !_request.FullFile) await FlushAsync(batch, sink, stop).ConfigureAwait(false);
        else if (batch.Rows.Count > _mostRows) throw FullFileGuard.Split($"there are more than {_mostRows} rows");
    }

    private async Task<JobBatch> NextAsync(JobBatch full, IOperationSink sink, CancellationToken stop)
    {
        if (_request.FullFile) throw FullFileGuard.Split($"its rows have more than {_client.Connection.Setting.JobBytes:N0} bytes");
        await FlushAsync(full, sink, stop).ConfigureAwait(false);
        return _open[full.Fields] = new JobBatch(full.Fields);
    }

    private async Task FlushAsync(JobBatch batch, IOperationSink sink, CancellationToken stop)
    {
        _open.Remove(batch.Fields);
        foreach (var identity in batch.Identities) _owners.Remove(identity);
        if (_request.CheckPartNo) batch = await WithoutUnknownAsync(batch, sink, stop).ConfigureAwait(false);
        if (batch.Rows.Count == 0) return;
        var header = _header.Line(batch.Fields);
        var gone = _request.FullFile ? await new FullFileGuard(_client, _request, _codes!, sink).CheckAsync(batch, stop).ConfigureAwait(false) : null;
        if (_request.PlanOnly) Plan(batch, header, gone);
        else await SendAsync(batch, header, sink, stop).ConfigureAwait(false);
    }

    private async Task SendAsync(JobBatch batch, string header, IOperationSink sink, CancellationToken stop)
    {
        sink.Progress(new OperationProgress($"Importing {_book.Kind}", $"{_number:N0} rows read, {_refused:N0} refused; sending {batch.Rows.Count:N0}"));
        if (await new JobSender(_client, _book, _request, _journal, sink).SendAsync(batch, header, stop).ConfigureAwait(false)) return;
        var (first, second) = batch.Split();
        sink.Verbose($"{batch.Rows.Count} rows are more than Norce takes at once; sending them as {first.Rows.Count} and {second.Rows.Count}.");
        await SendAsync(first, header, sink, stop).ConfigureAwait(false);
        await SendAsync(second, header, sink, stop).ConfigureAwait(false);
    }

    private async Task<JobBatch> WithoutUnknownAsync(JobBatch batch, IOperationSink sink, CancellationToken stop)
    {
        var unknown = await _codes!.UnknownPartsAsync(batch.Rows.SelectMany(r => RowRules.PartNumbers(_book, r.Row)).ToArray(), stop).ConfigureAwait(false);
        if (unknown.Count == 0) return batch;
        var known = new JobBatch(batch.Fields);
        using var document = JsonDocument.Parse(batch.Body());
        foreach (var (row, json) in batch.Rows.Zip(document.RootElement.EnumerateArray()))
        {
            var part = RowRules.PartNumbers(_book, row.Row).FirstOrDefault(unknown.Contains);
            if (part is null) known.Add(row, System.Text.Encoding.UTF8.GetBytes(json.GetRawText()));
            else await RefuseAsync(row, new RowProblem("Junipeer.Norce.UnknownPartNo", $"Norce has no article '{part}'; it would drop the row."), sink, stop).ConfigureAwait(false);
        }

        return _request.FullFile ? throw FullFileGuard.Incomplete(batch.Rows.Count - known.Rows.Count) : known;
    }

    private void Plan(JobBatch batch, string header, long? gone)
    {
        var plan = _plans.GetValueOrDefault(batch.Fields) ?? new NorceImportPlan { Kind = _book.Kind, Operation = _book.Operation, Rows = 0, Jobs = 0, Bytes = 0, Header = header };
        _plans[batch.Fields] = plan with { Rows = plan.Rows + batch.Rows.Count, Jobs = plan.Jobs + 1, Bytes = plan.Bytes + batch.Bytes, FullFile = _request.FullFile, WouldDeactivate = gone };
    }

    private async Task RefuseAsync(JobRow row, RowProblem problem, IOperationSink sink, CancellationToken stop)
    {
        _refused++;
        await sink.WriteAsync(new NorceRefusedRow { Kind = _book.Kind, Number = row.Number, Key = row.Key, ErrorId = problem.ErrorId, Reason = problem.Reason, Row = row.Row }, stop).ConfigureAwait(false);
    }

    /// <summary>Companies and customers must name the application by its key; rows that do not get the connection's own.</summary>
    private IReadOnlyDictionary<string, object?> WithKey(IReadOnlyDictionary<string, object?> row)
    {
        if (_codes!.ApplicationKey is not { } key || RowRules.Text(row, "ApplicationKey") is not null) return row;
        return new Dictionary<string, object?>(row, StringComparer.OrdinalIgnoreCase) { ["ApplicationKey"] = key };
    }

    private void CheckRequest()
    {
        var connection = _client.Connection;
        if (connection.AccountId <= 0)
        {
            throw Refuse("Junipeer.Norce.NoAccount", $"The connection '{connection.Name}' names no account that imports are logged on.",
                "Connect again with -AccountId: the id of the integration's user in the admin site.", connection.Name);
        }

        if (!_request.FullFile) return;
        if (!_book.TakesFullFile) throw Refuse("Junipeer.Norce.NoFullFile", $"An import of {_book.Kind} knows no full file.", "Leave -FullFile out.", _book.Kind);
        if (_request.NoWait) throw Refuse("Junipeer.Norce.NoFullFile", "A full file is always followed to its end, so -Wait:$false does not go together with it.", "Leave -Wait:$false out.", _book.Kind);
    }

    private static JunipeerException Refuse(string id, string message, string action, object target) =>
        new(new JunipeerFault(id, FaultCategory.InvalidArgument, message, action) { Target = target, System = NorceCatalogue.System });
}
