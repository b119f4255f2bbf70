using System.Buffers;
using System.Runtime.CompilerServices;
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

    /// <summary>Memory that may be taken before the collector is sent through it at the end of a job.</summary>
    private const long SweepBytes = 8 * 1024 * 1024;

    private readonly NorceClient _client;
    private readonly NorceImportRequest _request;
    private readonly ImportBook _book;
    private readonly RowWriter _writer;
    private readonly JobHeader _header;
    private readonly ImportJournal _journal;
    private readonly ArrayBufferWriter<byte> _row = new(4096);
    private readonly Utf8JsonWriter _json;
    private readonly List<string> _identities = [];
    private readonly List<JobBatch> _open = [];
    private readonly Dictionary<UInt128, NorceImportPlan> _plans = [];
    private readonly int _mostRows;
    private readonly int _mostBytes;
    private CodeCheck? _codes;
    private JobBatch? _spare;
    private UInt128 _fields;
    private long _number;
    private long _refused;
    private long _swept;
    private bool _isReady;

    public NorceImport(NorceClient client, NorceImportRequest request)
    {
        (_client, _request) = (client, request);
        _book = ImportBook.Of(request.Kind);
        CheckRequest();
        _writer = new RowWriter(_book);
        _header = new JobHeader(_book, request);
        _journal = ImportJournal.Begin(client.Connection);
        _json = new Utf8JsonWriter(_row, new JsonWriterOptions { SkipValidation = true }); // what is written is ours to get right
        _mostBytes = client.Connection.Setting.JobBytes;
        _mostRows = request.JobRows ?? Math.Max(1, (int)(client.Connection.Setting.JobRows * _book.RowsShare));
    }

    public async ValueTask WriteAsync(IReadOnlyList<IReadOnlyDictionary<string, object?>> rows, IOperationSink sink, CancellationToken stop)
    {
        await PrepareAsync(sink, stop).ConfigureAwait(false);
        var all = rows as IReadOnlyDictionary<string, object?>[] ?? rows.ToArray();
        for (var i = 0; i < all.Length; i++)
        {
            if (!Add(all[i], out var problem)) await AddSlowlyAsync(all[i], problem, sink, stop).ConfigureAwait(false);
        }
    }

    public async ValueTask WriteFileAsync(string path, IOperationSink sink, CancellationToken stop)
    {
        await PrepareAsync(sink, stop).ConfigureAwait(false);
        await foreach (var row in RowFile.ReadAsync(path, stop).ConfigureAwait(false))
        {
            if (!Add(row, out var problem)) await AddSlowlyAsync(row, problem, sink, stop).ConfigureAwait(false);
        }
    }

    public async Task CompleteAsync(IOperationSink sink, CancellationToken stop)
    {
        await PrepareAsync(sink, stop).ConfigureAwait(false);
        if (_request.FullFile && _refused > 0) throw FullFileGuard.Incomplete(_refused);
        foreach (var batch in _open.OrderBy(b => b.Rows[0].Number).ToArray()) await FlushAsync(batch, sink, stop).ConfigureAwait(false);
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

    /// <summary>Most rows need nothing but their place in an open job; false for the others, which have to wait for something.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Add(IReadOnlyDictionary<string, object?> row, out RowProblem? problem)
    {
        _number++;
        problem = Check(row);
        if (problem is not null || Find(_fields) is not { } batch || IsFull(batch) || batch.Rows.Count + 1 >= _mostRows || OwnerOfAny() is not null) return false;
        batch.Add(_number, row, _row.WrittenSpan, _identities);
        return true;
    }

    private async Task AddSlowlyAsync(IReadOnlyDictionary<string, object?> row, RowProblem? problem, IOperationSink sink, CancellationToken stop)
    {
        while (problem is null && OwnerOfAny() is { } owner)
        {
            if (owner.Fields == _fields || _request.FullFile) problem = new RowProblem("Junipeer.Norce.Duplicate", $"{_identities.First(owner.Holds)} came before in the same job; which of the two Norce would take is not certain.");
            else await FlushAsync(owner, sink, stop).ConfigureAwait(false); // it sets other fields, and it came first
        }

        if (problem is not null)
        {
            await RefuseAsync(_number, row, problem, sink, stop).ConfigureAwait(false);
            return;
        }

        var batch = Find(_fields);
        if (_request.FullFile && _open.Count > 0 && batch is null) throw FullFileGuard.Split($"row {_number} sets other fields than the rows before");
        if (batch is not null && IsFull(batch))
        {
            if (_request.FullFile) throw FullFileGuard.Split($"its rows have more than {_mostBytes:N0} bytes");
            await FlushAsync(batch, sink, stop).ConfigureAwait(false);
            batch = null;
        }

        if (batch is null)
        {
            if (_open.Count == MostOpen) await FlushAsync(_open.MaxBy(b => b.Rows.Count)!, sink, stop).ConfigureAwait(false);
            batch = Open();
        }

        batch.Add(_number, row, _row.WrittenSpan, _identities);
        if (batch.Rows.Count >= _mostRows && !_request.FullFile) await FlushAsync(batch, sink, stop).ConfigureAwait(false);
        else if (batch.Rows.Count > _mostRows) throw FullFileGuard.Split($"there are more than {_mostRows} rows");
    }

    /// <summary>Writes a row as it is sent, finds out what it sets and what it is, and what is wrong with it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private RowProblem? Check(IReadOnlyDictionary<string, object?> given)
    {
        var row = WithKey(given);
        _identities.Clear();
        _row.ResetWrittenCount();
        _json.Reset();
        var problem = _writer.Write(_json, row, out _fields) ?? RowRules.Check(_book.Kind, row, _request.FullFile) ?? _codes!.Check(row)
            ?? (_fields == 0 ? new RowProblem("Junipeer.Norce.NothingToSet", "The row has its key and nothing else, so there is nothing to set.") : null);
        _json.Flush();
        if (problem is not null) return problem;
        RowRules.Identities(_book, row, _writer.Key, _identities);
        if (_identities.Count == 1) return null;
        var twice = _identities.GroupBy(i => i, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1);
        return twice is null ? null : new RowProblem("Junipeer.Norce.Duplicate", $"{twice.Key} is in the row twice.");
    }

    private JobBatch? Find(UInt128 fields)
    {
        foreach (var batch in _open)
        {
            if (batch.Fields == fields) return batch;
        }

        return null;
    }

    /// <summary>The open job that has something the row at hand is, too.</summary>
    private JobBatch? OwnerOfAny()
    {
        foreach (var identity in _identities)
        {
            foreach (var batch in _open)
            {
                if (batch.Holds(identity)) return batch;
            }
        }

        return null;
    }

    private bool IsFull(JobBatch batch) => batch.Rows.Count > 0 && batch.Bytes + _row.WrittenCount > _mostBytes;

    private JobBatch Open()
    {
        var batch = _spare ?? new JobBatch(_fields);
        _spare = null;
        batch.Clear(_fields);
        _open.Add(batch);
        return batch;
    }

    private async Task FlushAsync(JobBatch batch, IOperationSink sink, CancellationToken stop)
    {
        _open.Remove(batch);
        await EndAsync(batch, sink, stop).ConfigureAwait(false);
        if (batch.IsLent) return;
        batch.Clear(0); // what was given is not kept beyond its job
        _spare = batch;
        Sweep();
    }

    /// <summary>
    /// The rows of a job are garbage all at once when it has ended. The collector would look only after a budget that goes by
    /// the processor's cache, 80 MB on a large machine; now there is next to nothing left to look at.
    /// </summary>
    private void Sweep()
    {
        var allocated = GC.GetTotalAllocatedBytes();
        if (allocated - _swept < SweepBytes) return;
        _swept = allocated;
        GC.Collect(1, GCCollectionMode.Forced, blocking: true);
    }

    private async Task EndAsync(JobBatch batch, IOperationSink sink, CancellationToken stop)
    {
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
        foreach (var row in batch.Rows)
        {
            var part = RowRules.PartNumbers(_book, row.Row).FirstOrDefault(unknown.Contains);
            if (part is null) known.Add(row.Number, row.Row, batch.Json(row));
            else await RefuseAsync(row.Number, row.Row, new RowProblem("Junipeer.Norce.UnknownPartNo", $"Norce has no article '{part}'; it would drop the row."), sink, stop).ConfigureAwait(false);
        }

        return _request.FullFile ? throw FullFileGuard.Incomplete(batch.Rows.Count - known.Rows.Count) : known;
    }

    private void Plan(JobBatch batch, string header, long? gone)
    {
        var plan = _plans.GetValueOrDefault(batch.Fields) ?? new NorceImportPlan { Kind = _book.Kind, Operation = _book.Operation, Rows = 0, Jobs = 0, Bytes = 0, Header = header };
        _plans[batch.Fields] = plan with { Rows = plan.Rows + batch.Rows.Count, Jobs = plan.Jobs + 1, Bytes = plan.Bytes + batch.Bytes, FullFile = _request.FullFile, WouldDeactivate = gone };
    }

    private async Task RefuseAsync(long number, IReadOnlyDictionary<string, object?> row, RowProblem problem, IOperationSink sink, CancellationToken stop)
    {
        _refused++;
        await sink.WriteAsync(new NorceRefusedRow { Kind = _book.Kind, Number = number, Key = RowRules.Key(_book, row), ErrorId = problem.ErrorId, Reason = problem.Reason, Row = row }, stop).ConfigureAwait(false);
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
