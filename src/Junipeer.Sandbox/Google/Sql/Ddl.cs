using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

/// <summary>CREATE, DROP and ALTER. Inside a transaction only temporary tables may be made or dropped.</summary>
internal sealed class Ddl(Session session)
{
    public SqlResult CreateTable(CreateTableStatement statement)
    {
        Binder binder = new(session);
        BoundQuery? query = statement.Query is { } node ? binder.Query(node, null) : null;
        TableRef name = statement.Temporary ? new TableRef(session.Request.Project, "_temp", statement.Table.Parts[0]) : session.Ref(statement.Table);
        if (statement.Temporary && (statement.Table.Parts.Count > 1 || session.IsTemporary(statement.Table)))
        {
            throw statement.At.Error(statement.Table.Parts.Count > 1 ? "Temporary tables cannot be qualified with a dataset" : $"Already Exists: Table {statement.Table.Written}");
        }

        Table table = Described(new Table(name, statement.Columns ?? FieldsOf(query!, statement.Query!)), statement);
        SqlResult result = Billing.Add(new SqlResult(statement.Type, [], []) { Target = name, DdlOperation = "CREATE" }, session, binder.Scans);
        if (!statement.Temporary)
        {
            NotInTransaction(statement);
            session.FindDataset(name.Project, name.Dataset);
            session.CheckAccess(name, SqlAccess.Create);
            if (session.Store.FindTable(name) is not null && !statement.OrReplace)
            {
                return statement.IfNotExists ? result with { DdlOperation = "SKIP" } : throw new SqlException("duplicate", $"Already Exists: Table {name}", null);
            }
        }

        if (session.Request.DryRun)
        {
            return result with { Schema = table.Fields };
        }

        table = query is null ? table : table with { Rows = RowSet.Of(Filled(table, query, statement, binder)) };
        Checked(statement.At, () => SchemaRules.Check(table));
        if (statement.Temporary)
        {
            session.Temporary[statement.Table.Parts[0]] = table;
            return result;
        }

        if (statement.OrReplace && session.Store.FindTable(name) is not null)
        {
            session.Store.DeleteTable(name);
            result = result with { DdlOperation = "REPLACE" };
        }

        Checked(statement.At, () => session.Store.CreateTable(table));
        return result;
    }

    public SqlResult Drop(DropStatement statement)
    {
        SqlResult done = new(statement.Type, [], []) { DdlOperation = "DROP" };
        if (!statement.Schema && session.IsTemporary(statement.Path))
        {
            session.Temporary.Remove(statement.Path.Parts[0]);
            return done;
        }

        NotInTransaction(statement);
        if (statement.Schema)
        {
            (string project, string dataset) = SchemaName(statement.Path);
            return Dropped(statement, done, session.Store.FindDataset(project, dataset) is not null, () => session.Store.DeleteDataset(project, dataset, statement.Cascade), $"Dataset {project}:{dataset}");
        }

        TableRef name = session.Ref(statement.Path);
        session.FindDataset(name.Project, name.Dataset);
        session.CheckAccess(name, SqlAccess.Create);
        return Dropped(statement, done with { Target = name }, session.Store.FindTable(name) is not null, () => session.Store.DeleteTable(name), $"Table {name}");
    }

    public SqlResult Alter(AlterTableStatement statement)
    {
        NotInTransaction(statement);
        TableRef name = session.Table(statement.Table, SqlAccess.Create).Ref;
        SqlResult done = new(statement.Type, [], []) { DdlOperation = "ALTER", Target = name };
        if (session.Request.DryRun)
        {
            return done;
        }

        Checked(statement.At, () => session.Store.UpdateTable(name, table =>
        {
            List<Field> fields = [.. table.Fields];
            foreach ((Field column, bool ifNotExists) in statement.Add)
            {
                bool known = Field.IndexOf(fields, column.Name) >= 0;
                if (known && !ifNotExists)
                {
                    throw statement.At.Error($"Column already exists: {column.Name}");
                }

                if (!known)
                {
                    fields.Add(column.Required ? throw statement.At.Error($"Cannot add required field {column.Name} to an existing table") : column);
                }
            }

            return WithOptions(table with { Fields = fields }, statement.Options);
        }));
        return done;
    }

    public SqlResult CreateSchema(CreateSchemaStatement statement)
    {
        NotInTransaction(statement);
        (string project, string dataset) = SchemaName(statement.Path);
        SqlResult done = new(statement.Type, [], []) { DdlOperation = "CREATE" };
        if (session.Store.FindDataset(project, dataset) is not null)
        {
            return statement.IfNotExists ? done with { DdlOperation = "SKIP" } : throw new SqlException("duplicate", $"Already Exists: Dataset {project}:{dataset}", null);
        }

        string location = session.Request.Location ?? "US";
        string? description = null;
        foreach (TableOption option in statement.Options)
        {
            object? value = Constant(option.Value);
            (location, description) = option.Name switch
            {
                "location" => ((string)value!, description),
                "description" => (location, (string?)value),
                _ => throw option.At.Error($"Unknown option: {option.Name}"),
            };
        }

        if (!session.Request.DryRun)
        {
            session.Store.CreateDataset(new Dataset(project, dataset, location) { Description = description });
        }

        return done;
    }

    private static void Checked(Token at, Action change)
    {
        try
        {
            change();
        }
        catch (DataException error) when (error is not SqlException)
        {
            throw error.Reason == "invalid" ? at.Error(error.Message) : new SqlException(error.Reason, error.Message, error.Location);
        }
    }

    private static Field[] FieldsOf(BoundQuery query, QueryNode node)
    {
        int unnamed = query.Columns.ToList().FindIndex(c => c.Name is null);
        return unnamed >= 0
            ? throw node.At.Error($"CREATE TABLE columns must be named, but column {unnamed + 1} has no name")
            : [.. query.Columns.Select(c => c.Type.ToField(c.Name!))];
    }

    private static object?[][] Filled(Table table, BoundQuery query, CreateTableStatement statement, Binder binder)
    {
        if (query.Columns.Count != table.Fields.Count)
        {
            throw statement.At.Error($"The number of columns in the column definition list does not match the number of columns produced by the query at {statement.Query!.At.Place}");
        }

        Func<Env, object?[]> make = new RowMaker(table, binder).Insert(
            [.. Enumerable.Range(0, table.Fields.Count)],
            [.. query.Columns.Select((c, i) => ((Bound?)new Bound(c.Type, env => env.Tuple[0]![i]), statement.Query!.At))],
            "Query");
        Env env = new(null);
        return [.. query.Rows(null).Select(row =>
        {
            env.Tuple = [row];
            return make(env);
        })];
    }

    private SqlResult Dropped(DropStatement statement, SqlResult done, bool exists, Action drop, string what)
    {
        if (!exists)
        {
            return statement.IfExists ? done with { DdlOperation = "SKIP" } : throw new SqlException("notFound", $"Not found: {what}", null);
        }

        if (!session.Request.DryRun)
        {
            Checked(statement.At, drop);
        }

        return done;
    }

    private (string Project, string Dataset) SchemaName(TablePath path) => path.Parts switch
    {
        [var dataset] => (session.Request.Project, dataset),
        [var project, var dataset] => (project, dataset),
        _ => throw path.At.Error($"Invalid dataset name: {path.Written}"),
    };

    private void NotInTransaction(Statement statement)
    {
        if (session.Open is not null)
        {
            throw statement.At.Error($"Statement {statement.Type} on a permanent entity is not supported inside a transaction");
        }
    }

    private Table Described(Table table, CreateTableStatement statement)
    {
        table = WithOptions(Partitioned(table, statement.PartitionBy), statement.Options);
        return table with { Clustering = statement.ClusterBy, PrimaryKey = statement.PrimaryKey };
    }

    private Table Partitioned(Table table, Expr? by)
    {
        switch (by)
        {
            case null:
                return table;
            case NameExpr { Parts: [var column] } when !column.StartsWith("_PARTITION", StringComparison.OrdinalIgnoreCase):
                int at = Field.IndexOf(table.Fields, column);
                return at >= 0 && table.Fields[at].Type != FieldType.Date
                    ? throw by.At.Error($"PARTITION BY expression must be DATE(<timestamp_column>), DATE(<datetime_column>), DATETIME_TRUNC(<datetime_column>, DAY/HOUR/MONTH/YEAR), a DATE column, TIMESTAMP_TRUNC(<timestamp_column>, DAY/HOUR/MONTH/YEAR), DATE_TRUNC(<date_column>, MONTH/YEAR), or RANGE_BUCKET(<int64_column>, GENERATE_ARRAY(<int64_value>, <int64_value>[, <int64_value>]))")
                    : table with { TimePartitioning = new TimePartitioning("DAY", column) };
            case NameExpr:
                return table with { TimePartitioning = new TimePartitioning("DAY") };
            case CallExpr { Name: "DATE", Args: [NameExpr { Parts: [var column] }] }:
                return table with { TimePartitioning = new TimePartitioning("DAY", column) };
            case CallExpr { Name: "TIMESTAMP_TRUNC" or "DATETIME_TRUNC" or "DATE_TRUNC", Args: [NameExpr { Parts: [var column] }, NameExpr { Parts: [var part] }] }:
                return table with { TimePartitioning = new TimePartitioning(part.ToUpperInvariant(), column) };
            case CallExpr { Name: "RANGE_BUCKET", Args: [NameExpr { Parts: [var column] }, CallExpr { Name: "GENERATE_ARRAY", Args: { Count: >= 2 } range }] }:
                long[] numbers = [.. range.Select(r => Constant(r) as long? ?? throw r.At.Error("RANGE_BUCKET expects integers"))];
                return table with { RangePartitioning = new RangePartitioning(column, numbers[0], numbers[1], numbers.Length > 2 ? numbers[2] : 1) };
            default:
                throw by.At.Error("Unsupported PARTITION BY expression");
        }
    }

    private Table WithOptions(Table table, IReadOnlyList<TableOption> options)
    {
        foreach (TableOption option in options)
        {
            object? value = Constant(option.Value);
            table = option.Name switch
            {
                "description" => table with { Description = (string?)value },
                "friendly_name" => table with { FriendlyName = (string?)value },
                "require_partition_filter" => table with { RequirePartitionFilter = value is true },
                "expiration_timestamp" => table with { ExpirationTime = value is Instant instant ? new DateTimeOffset(instant.Utc, TimeSpan.Zero) : null },
                "partition_expiration_days" when table.TimePartitioning is { } partitioning => table with
                {
                    TimePartitioning = partitioning with { ExpirationMs = value is null ? null : (long)((double)Casts.Convert(value, FieldType.Float)! * 86_400_000) },
                },
                "labels" when value is IReadOnlyList<object?> pairs => table with { Labels = pairs.Cast<object?[]>().ToDictionary(p => (string)p[0]!, p => (string)p[1]!) },
                _ => throw option.At.Error($"Unknown option: {option.Name}"),
            };
        }

        return table;
    }

    private object? Constant(Expr expression)
    {
        Bound value = new Binder(session).Bind(expression, new Scope(null));
        return value.Constant ? value.Eval(Env.None) : throw expression.At.Error("Option value must be a constant");
    }
}
