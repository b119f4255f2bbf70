using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

/// <summary>An open transaction: the moment it reads, and what it has done to it.</summary>
internal sealed class Transaction(Catalog snapshot, Dictionary<string, Table> temporary)
{
    public Catalog Snapshot { get; } = snapshot;

    public Dictionary<TableRef, TableChange> Changes { get; } = [];

    public Dictionary<string, Table> TemporaryBefore { get; } = new(temporary);

    public string Id { get; } = Guid.NewGuid().ToString();
}

/// <summary>What one job knows while its statements run: variables, temporary tables, its transaction.</summary>
internal sealed class Session(DataStore store, SqlRequest request, CancellationToken stop) : IBindContext
{
    private readonly object _owner = new();
    private Catalog _catalog = store.Current;

    public DataStore Store { get; } = store;

    public SqlRequest Request { get; } = request;

    public CancellationToken Stop { get; } = stop;

    public Dictionary<string, (SqlType Type, object? Value)> Variables { get; } = new(StringComparer.OrdinalIgnoreCase);

    public Dictionary<string, Table> Temporary { get; private set; } = new(StringComparer.Ordinal);

    public Transaction? Open { get; private set; }

    public long RowCount { get; set; }

    public string? ErrorMessage { get; set; }

    public List<Field> UndeclaredParameters { get; } = [];

    public HashSet<TableRef> Referenced { get; } = [];

    public DateTimeOffset Now { get; private set; } = store.Now;

    public string User => Request.User;

    /// <summary>Each statement outside a transaction reads the newest state.</summary>
    public void StartStatement()
    {
        Stop.ThrowIfCancellationRequested();
        _catalog = Open?.Snapshot ?? Store.Current;
        Now = Store.Now;
        Referenced.Clear();
    }

    public void Begin(Token at)
    {
        if (Open is not null)
        {
            throw at.Error("Transactions cannot be nested");
        }

        Open = new Transaction(Store.Current, Temporary);
    }

    public void Commit(Token at)
    {
        Transaction transaction = Open ?? throw at.Error("Cannot COMMIT TRANSACTION: there is no active transaction");
        try
        {
            Store.Commit(transaction.Changes.Values);
            Open = null;
        }
        catch (ConflictException conflict)
        {
            Rollback();
            throw Aborted(conflict.Table, transaction);
        }

        Store.Queue.Release(_owner);
    }

    public void Rollback()
    {
        if (Open is { } transaction)
        {
            Temporary = transaction.TemporaryBefore;
            Open = null;
        }

        Store.Queue.Release(_owner);
    }

    public void Release()
    {
        if (Open is null)
        {
            Store.Queue.Release(_owner);
        }
    }

    /// <summary>Before rows of a table are updated or deleted: only one job at a time may do that.</summary>
    public void TakeForMutation(TablePath path)
    {
        Table table = Table(path);
        if (IsTemporary(path) || Request.DryRun)
        {
            return;
        }

        if (table.StreamedAt is { } streamed && Now - streamed < TimeSpan.FromMinutes(30))
        {
            throw new SqlException("invalidQuery", $"UPDATE or DELETE statement over table {table.Ref.Project}.{table.Ref.Dataset}.{table.Ref.Name} would affect rows in the streaming buffer, which is not supported");
        }

        if (Open is not { } transaction)
        {
            Store.Queue.Take(table.Ref, _owner, Stop);
            _catalog = Store.Current;
            return;
        }

        bool taken = Store.Queue.TryTake(table.Ref, _owner);
        Table? current = Store.FindTable(table.Ref);
        if (!taken || current is null || current.Identity != table.Identity || current.Mutations != table.Mutations)
        {
            Rollback();
            throw Aborted(table.Ref, transaction);
        }
    }

    /// <summary>Does a change of rows where it belongs: in the transaction, in the temporary table or at once in the store.</summary>
    public void Apply(TablePath path, Action<TableChange> change)
    {
        Table table = Table(path, SqlAccess.Change);
        if (IsTemporary(path))
        {
            TableChange direct = new(table);
            change(direct);
            Temporary[path.Parts[0]] = table with { Rows = direct.View };
            return;
        }

        if (Open is { } transaction)
        {
            TableChange own = transaction.Changes.TryGetValue(table.Ref, out TableChange? known) ? known : new TableChange(_catalog.Tables[table.Ref]);
            transaction.Changes[table.Ref] = own;
            change(own);
            return;
        }

        TableChange single = new(table);
        change(single);
        try
        {
            Store.Commit([single]);
        }
        catch (ConflictException)
        {
            throw new SqlException("invalidQuery", $"Could not serialize access to table {table.Ref} due to concurrent update");
        }
    }

    public bool IsTemporary(TablePath path) => path.Parts.Count == 1 && Temporary.ContainsKey(path.Parts[0]);

    public Table Table(TablePath path) => Table(path, SqlAccess.Read);

    public Table Table(TablePath path, SqlAccess access)
    {
        if (IsTemporary(path))
        {
            return Temporary[path.Parts[0]];
        }

        TableRef name = Ref(path);
        string place = FindDataset(name.Project, name.Dataset).Location;
        CheckAccess(name, access);
        Table table = _catalog.Table(name, Now) ?? throw new SqlException("notFound", $"Not found: Table {name} was not found in location {Request.Location ?? place}", null);
        Referenced.Add(name);
        return Open is { } transaction && transaction.Changes.TryGetValue(name, out TableChange? change) ? table with { Rows = change.View } : table;
    }

    public Dataset FindDataset(string project, string dataset) =>
        _catalog.Dataset(project, dataset) is { } found && (Request.Location is null || string.Equals(found.Location, Request.Location, StringComparison.OrdinalIgnoreCase))
            ? found
            : throw new SqlException("notFound", $"Not found: Dataset {project}:{dataset} was not found in location {Request.Location ?? "US"}", null);

    public void CheckAccess(TableRef name, SqlAccess access)
    {
        if (Request.Allowed is { } allowed && !allowed(name, access))
        {
            string what = access switch { SqlAccess.Read => "query table", SqlAccess.Change => "update table data of", _ => "create or change" };
            throw new SqlException("accessDenied", $"Access Denied: Table {name}: User does not have permission to {what} table {name}, or perhaps it does not exist.", null);
        }
    }

    /// <summary>The full name of a stored table.</summary>
    public TableRef Ref(TablePath path) => path.Parts switch
    {
        [var project, var dataset, var table] => new TableRef(project, dataset, table),
        [var dataset, var table] => new TableRef(Request.Project, dataset, table),
        [var table] when Request.DefaultDataset is { } dataset => new TableRef(Request.Project, dataset, table),
        [var table] => throw new SqlException("invalid", $"Table \"{table}\" must be qualified with a dataset (e.g. dataset.table)."),
        _ => throw path.At.Error($"Invalid table name: {path.Written}"),
    };

    public SqlParameter? Parameter(string name) =>
        Request.Parameters.FirstOrDefault(p => string.Equals(p.Key, name, StringComparison.OrdinalIgnoreCase)).Value;

    public Bound? Variable(string name) => Variables.TryGetValue(name, out (SqlType Type, object? Value) variable) ? Bound.Of(variable.Type, variable.Value) : null;

    public object? SystemVariable(string name) => name.ToLowerInvariant() switch
    {
        "row_count" => RowCount,
        "error.message" => ErrorMessage,
        _ => DBNull.Value,
    };

    public Bound Undeclared(ParameterExpr parameter)
    {
        if (!Request.DryRun)
        {
            throw parameter.At.Error($"Query parameter '{parameter.Name}' not found");
        }

        if (Field.IndexOf(UndeclaredParameters, parameter.Name) < 0)
        {
            UndeclaredParameters.Add(new Field(parameter.Name, FieldType.String));
        }

        return Bound.Of(SqlType.Untyped, null);
    }

    public IReadOnlyList<object?[]>? SchemaView(TablePath path, out IReadOnlyList<Field> fields)
    {
        fields = [];
        return path.Parts.Count >= 2 && path.Parts[^2].Equals("INFORMATION_SCHEMA", StringComparison.OrdinalIgnoreCase)
            ? InformationSchema.Read(this, _catalog, path, out fields)
            : null;
    }

    private static SqlException Aborted(TableRef table, Transaction transaction) =>
        new("invalidQuery", $"Transaction is aborted due to concurrent update against table {table}. Transaction ID: {transaction.Id}");
}
