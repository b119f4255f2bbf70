using System.Globalization;

namespace Junipeer.Sandbox.Google.Data;

/// <summary>
/// Datasets, tables and rows of all projects. Readers take a <see cref="Catalog"/> and see one moment of it for as long
/// as they like; every change is one step from a catalog to the next.
/// </summary>
internal sealed class DataStore(Func<DateTimeOffset> clock)
{
    private readonly Lock _gate = new();
    private Catalog _current = Catalog.Empty;
    private long _last;

    public Catalog Current => Volatile.Read(ref _current);

    public MutationQueue Queue { get; } = new();

    public DateTimeOffset Now => clock();

    public Dataset? FindDataset(string project, string dataset) => Current.Dataset(project, dataset);

    public Table? FindTable(TableRef table) => Current.Table(table, Now);

    public Dataset GetDataset(string project, string dataset) => FindDataset(project, dataset) ?? throw NoDataset(project, dataset);

    public Table GetTable(TableRef table)
    {
        GetDataset(table.Project, table.Dataset);
        return FindTable(table) ?? throw NoTable(table);
    }

    public IEnumerable<Dataset> Datasets(string project) => Current.Datasets.Values.Where(d => d.Project == project);

    public IEnumerable<Table> Tables(string project, string dataset) => Current.TablesOf(project, dataset, Now);

    public Dataset CreateDataset(Dataset dataset)
    {
        lock (_gate)
        {
            if (_current.Dataset(dataset.Project, dataset.Id) is not null)
            {
                throw new DataException("duplicate", $"Already Exists: Dataset {dataset.Project}:{dataset.Id}");
            }

            return Put(dataset with { Created = Now });
        }
    }

    /// <summary>Changes what describes a dataset. An etag that is not the current one is a failed precondition.</summary>
    public Dataset UpdateDataset(string project, string dataset, Func<Dataset, Dataset> change, string? etag = null)
    {
        lock (_gate)
        {
            Dataset old = GetDataset(project, dataset);
            CheckEtag(etag, old.Etag);
            return Put(change(old));
        }
    }

    public void DeleteDataset(string project, string dataset, bool deleteContents)
    {
        lock (_gate)
        {
            GetDataset(project, dataset);
            List<TableRef> inside = [.. Tables(project, dataset).Select(t => t.Ref)];
            if (inside.Count > 0 && !deleteContents)
            {
                throw new DataException("resourceInUse", $"Dataset {project}:{dataset} is still in use");
            }

            _current = _current with { Datasets = _current.Datasets.Remove((project, dataset)), Tables = _current.Tables.RemoveRange(inside) };
        }
    }

    /// <summary>Creates a table, with the rows it may bring.</summary>
    public Table CreateTable(Table table)
    {
        lock (_gate)
        {
            Dataset dataset = GetDataset(table.Ref.Project, table.Ref.Dataset);
            if (FindTable(table.Ref) is not null)
            {
                throw new DataException("duplicate", $"Already Exists: Table {table.Ref}");
            }

            SchemaRules.Check(table);
            DateTimeOffset? expires = dataset.DefaultTableExpirationMs is { } life ? Now.AddMilliseconds(life) : null;
            return Put(table with { Created = Now, Identity = ++_last, ExpirationTime = table.ExpirationTime ?? expires });
        }
    }

    /// <summary>Changes what describes a table; its schema may only grow, and its partitioning stays.</summary>
    public Table UpdateTable(TableRef table, Func<Table, Table> change, string? etag = null)
    {
        lock (_gate)
        {
            Table old = GetTable(table);
            CheckEtag(etag, old.Etag);
            Table next = change(old);
            SchemaRules.CheckChange(table, old.Fields, next.Fields);
            if (next.TimePartitioning?.Type != old.TimePartitioning?.Type || next.PartitionField != old.PartitionField)
            {
                throw new DataException("invalid", $"Cannot change partitioning spec for table {table}");
            }

            next = next with { Fields = SchemaRules.Merge(old.Fields, next.Fields), Rows = old.Rows };
            SchemaRules.Check(next);
            return Put(next);
        }
    }

    public void DeleteTable(TableRef table)
    {
        lock (_gate)
        {
            GetTable(table);
            _current = _current with { Tables = _current.Tables.Remove(table) };
        }
    }

    /// <summary>Appends rows that fit the table's schema. Streamed rows cannot be changed for a while.</summary>
    public Table Append(TableRef table, IReadOnlyList<object?[]> rows, bool streamed = false)
    {
        lock (_gate)
        {
            Table old = GetTable(table);
            return Put(old with { Rows = old.Rows.Append(rows), StreamedAt = streamed ? Now : old.StreamedAt });
        }
    }

    /// <summary>Replaces all rows, and the schema too if one is given.</summary>
    public Table Replace(TableRef table, IReadOnlyList<object?[]> rows, IReadOnlyList<Field>? fields = null)
    {
        lock (_gate)
        {
            Table old = GetTable(table);
            Table next = old with { Rows = RowSet.Of(rows), Fields = fields ?? old.Fields, Mutations = old.Mutations + 1 };
            SchemaRules.Check(next);
            return Put(next);
        }
    }

    /// <summary>Replaces the rows of one partition; the new rows must all belong to it.</summary>
    public Table ReplacePartition(TableRef table, string partition, IReadOnlyList<object?[]> rows)
    {
        lock (_gate)
        {
            Table old = GetTable(table);
            if (old.PartitionField is null)
            {
                throw new DataException("invalid", $"Cannot load into partition {partition} of {table}: the table is not partitioned by a column");
            }

            if (rows.FirstOrDefault(r => Partitions.IdOf(old, r) != partition) is { } stray)
            {
                throw new DataException("invalid", $"Some rows belong to different partitions rather than destination partition {partition}: {Partitions.IdOf(old, stray)}");
            }

            object?[][] kept = [.. old.Rows.All().Where(r => Partitions.IdOf(old, r) != partition)];
            return Put(old with { Rows = RowSet.Of(kept).Append(rows), Mutations = old.Mutations + 1 });
        }
    }

    /// <summary>Makes all changes visible together, or none: a table whose old rows others changed since is a conflict.</summary>
    public void Commit(IEnumerable<TableChange> changes)
    {
        lock (_gate)
        {
            List<Table> next = [];
            foreach (TableChange change in changes.Where(c => c.Mutated || c.Appended.Count > 0))
            {
                TableRef name = change.Basis.Ref;
                Table? current = FindTable(name);
                if (current is null || current.Identity != change.Basis.Identity || (change.Mutated && current.Mutations != change.Basis.Mutations))
                {
                    throw new ConflictException(name);
                }

                next.Add(current with { Rows = change.ApplyTo(current), Mutations = current.Mutations + (change.Mutated ? 1 : 0) });
            }

            next.ForEach(t => Put(t));
        }
    }

    public static DataException NoDataset(string project, string dataset) => new("notFound", $"Not found: Dataset {project}:{dataset}");

    public static DataException NoTable(TableRef table) => new("notFound", $"Not found: Table {table}");

    private static void CheckEtag(string? asked, string current)
    {
        if (asked is not null && asked != current)
        {
            throw new DataException("conditionNotMet", "Precondition Failed");
        }
    }

    private Dataset Put(Dataset dataset)
    {
        dataset = dataset with { Etag = NextEtag(), Modified = Now };
        _current = _current with { Datasets = _current.Datasets.SetItem((dataset.Project, dataset.Id), dataset) };
        return dataset;
    }

    private Table Put(Table table)
    {
        table = table with { Etag = NextEtag(), Modified = Now };
        _current = _current with { Tables = _current.Tables.SetItem(table.Ref, table) };
        return table;
    }

    private string NextEtag() => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes((++_last).ToString("x16", CultureInfo.InvariantCulture)));
}
