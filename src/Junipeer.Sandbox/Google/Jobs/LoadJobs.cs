using System.Text.Json;
using Junipeer.Sandbox.Google.Data;
using Junipeer.Sandbox.Google.Front;
using Junipeer.Sandbox.Google.OAuth;
using Junipeer.Sandbox.Google.Rest;
using Junipeer.Sandbox.Google.Uploads;

namespace Junipeer.Sandbox.Google.Jobs;

/// <summary>Load jobs with the data sent along.</summary>
internal sealed class LoadJobs(GoogleSandbox sandbox)
{
    private static readonly string[] NotSimulated =
    [
        "schemaInline", "schemaInlineFormat", "columnNameCharacterMap", "timeZone", "dateFormat", "datetimeFormat", "timeFormat", "timestampFormat", "jsonExtension", "fileSetSpecType", "referenceFileSchemaUri", "sourceColumnMatch",
        "nullMarkers", "projectionFields", "decimalTargetTypes", "useAvroLogicalTypes", "createSession", "destinationEncryptionConfiguration", "hivePartitioningOptions", "parquetOptions", "connectionProperties",
        "timestampTargetPrecision", "destinationTableProperties", "quote", "preserveAsciiControlCharacters", "copyFilesOnly",
    ];

    /// <summary>Refuses what can be refused before the data has come.</summary>
    public static void Check(JsonElement load, bool media)
    {
        JsonElement table = load.Member("destinationTable") ?? throw new GoogleException(400, "required", "Required parameter is missing: configuration.load.destinationTable");
        Names.Dataset(table.NeededText("datasetId"));
        (string name, string? partition) = Decorated(table.NeededText("tableId"));
        Names.Table(name);
        if (load.List("sourceUris").Any())
        {
            throw media ? GoogleException.Invalid("A load job cannot have both sourceUris and media.") : GoogleException.NotSimulated("loading from sourceUris");
        }

        if (!media)
        {
            throw GoogleException.Invalid("Load configuration must specify at least one source URI");
        }

        OneOf(load, "sourceFormat", "CSV", "NEWLINE_DELIMITED_JSON");
        OneOf(load, "createDisposition", "CREATE_IF_NEEDED", "CREATE_NEVER");
        OneOf(load, "writeDisposition", "WRITE_APPEND", "WRITE_TRUNCATE", "WRITE_TRUNCATE_DATA", "WRITE_EMPTY");
        OneOf(load, "encoding", "UTF-8");
        foreach (string option in load.Texts("schemaUpdateOptions"))
        {
            if (option is not ("ALLOW_FIELD_ADDITION" or "ALLOW_FIELD_RELAXATION"))
            {
                throw GoogleException.Invalid($"Invalid value for schemaUpdateOptions: {option} is not a valid value");
            }

            if ((load.Text("writeDisposition") ?? "WRITE_APPEND") is not ("WRITE_APPEND" or "WRITE_TRUNCATE_DATA") && !(load.Text("writeDisposition") == "WRITE_TRUNCATE" && partition is not null))
            {
                throw GoogleException.Invalid("Schema update options should only be specified with WRITE_APPEND disposition, or with WRITE_TRUNCATE disposition on a table partition.");
            }
        }

        if (load.Flag("autodetect") == true)
        {
            throw GoogleException.NotSimulated("autodetect");
        }

        if (load.Flag("allowQuotedNewlines") == true)
        {
            throw GoogleException.NotSimulated("allowQuotedNewlines");
        }

        if (NotSimulated.FirstOrDefault(n => load.Member(n) is not null and not { ValueKind: JsonValueKind.False }) is { } strange)
        {
            throw GoogleException.NotSimulated(strange);
        }
    }

    /// <summary>The destination without and with its partition: orders$20260131.</summary>
    public static (string Name, string? Partition) Decorated(string table)
    {
        string[] parts = table.Split('$', 2);
        return (parts[0], parts.Length == 2 ? parts[1] : null);
    }

    public static TableRef Destination(JsonElement load, string project)
    {
        JsonElement table = load.Member("destinationTable")!.Value;
        return new TableRef(table.Text("projectId") ?? project, table.Text("datasetId")!, Decorated(table.Text("tableId")!).Name);
    }

    /// <summary>The work of the job; the data is let go of when it is over.</summary>
    public IReadOnlyList<JobError> Run(Job job, GoogleCaller caller, Spool data, CancellationToken stop)
    {
        using (data)
        {
            JsonElement load = job.Configuration.Member("load")!.Value;
            TableRef target = Destination(load, job.Project);
            using IDisposable writing = sandbox.Limits.Write(target);
            return Load(job, load, target, caller, data, stop);
        }
    }

    private List<JobError> Load(Job job, JsonElement load, TableRef target, GoogleCaller caller, Spool data, CancellationToken stop)
    {
        Dataset dataset = sandbox.Store.GetDataset(target.Project, target.Dataset);
        if (!Names.SameLocation(dataset.Location, job.Location))
        {
            throw new DataException("notFound", $"Not found: Dataset {target.Project}:{target.Dataset} was not found in location {job.Location}");
        }

        sandbox.Limits.Load(target);
        Table? table = sandbox.Store.FindTable(target);
        Need(caller, table is null ? "bigquery.tables.create" : "bigquery.tables.updateData", target);
        bool create = table is null;
        table ??= Made(load, target);
        if (!create)
        {
            sandbox.Limits.UpdateTable(table, job: true);
        }

        string write = load.Text("writeDisposition") ?? "WRITE_APPEND";
        if (write == "WRITE_EMPTY" && table.NumRows > 0)
        {
            throw new DataException("duplicate", $"Already Exists: Table {target}");
        }

        string? partition = Decorated(load.Member("destinationTable")!.Value.Text("tableId")!).Partition;
        IReadOnlyList<Field> fields = create ? table.Fields : Target(load, table, write, partition);
        if (fields.Count == 0)
        {
            throw new DataException("invalid", "No schema specified on job or table.");
        }

        LoadedRows read = LoadedRows.Read(load, fields, data, sandbox.Limits.GzipBytes, stop);
        long bad = read.Bad;
        if (read.Rows.Count > 0 && table.PartitionField is not null)
        {
            Table shape = table with { Fields = fields };
            sandbox.Limits.Partitions(table, read.Rows.Select(r => Partitions.IdOf(shape, r)).Distinct().Count());
        }

        if (create)
        {
            table = sandbox.Store.CreateTable(table with { Rows = RowSet.Of(read.Rows) });
        }
        else
        {
            Put(table, fields, write, partition, read.Rows, load.Member("schema") is not null);
        }

        job.Load = new LoadStatistics(data.Length, read.Rows.Count, RowSet.Of(read.Rows).Bytes(fields), bad);
        sandbox.Counters.Loaded(read.Rows.Count, bad);
        return read.Errors;
    }

    private static Table Made(JsonElement load, TableRef target)
    {
        if (load.Text("createDisposition") == "CREATE_NEVER")
        {
            throw DataStore.NoTable(target);
        }

        return new Table(target, load.Member("schema") is { } schema ? SchemaJson.Read(schema) : [])
        {
            TimePartitioning = SchemaJson.TimeOf(load), RangePartitioning = SchemaJson.RangeOf(load), Clustering = SchemaJson.ClusteringOf(load),
        };
    }

    /// <summary>The schema that rows are read with, and that the table will have.</summary>
    private static IReadOnlyList<Field> Target(JsonElement load, Table table, string write, string? partition)
    {
        if (SchemaJson.TimeOf(load) is { } time && (time.Type != table.TimePartitioning?.Type || time.Field != table.TimePartitioning?.Field) && !(write == "WRITE_TRUNCATE" && partition is null))
        {
            throw new DataException("invalid", $"Incompatible table partitioning specification. Expects partitioning specification {table.TimePartitioning?.Type ?? "none"}, but input partitioning specification is {time.Type}");
        }

        if (load.Member("schema") is not { } given)
        {
            return table.Fields;
        }

        IReadOnlyList<Field> fields = SchemaJson.Read(given);
        if ((write == "WRITE_TRUNCATE" && partition is null) || table.Fields.Count == 0)
        {
            return fields;
        }

        SchemaRules.CheckChange(table.Ref, table.Fields, fields);
        IReadOnlyList<string> options = load.Texts("schemaUpdateOptions");
        CheckAllowed(table.Ref, table.Fields, fields, options.Contains("ALLOW_FIELD_ADDITION"), options.Contains("ALLOW_FIELD_RELAXATION"), string.Empty);
        return SchemaRules.Merge(table.Fields, fields);
    }

    private static void CheckAllowed(TableRef table, IReadOnlyList<Field> from, IReadOnlyList<Field> to, bool add, bool relax, string path)
    {
        foreach (Field field in to)
        {
            int at = Field.IndexOf(from, field.Name);
            if (at < 0)
            {
                if (!add)
                {
                    throw new DataException("invalid", $"Provided Schema does not match Table {table}. Cannot add fields (field: {path}{field.Name})");
                }

                continue;
            }

            if (from[at].Required && !field.Required && !relax)
            {
                throw new DataException("invalid", $"Provided Schema does not match Table {table}. Field {path}{field.Name} has changed mode from REQUIRED to NULLABLE");
            }

            CheckAllowed(table, from[at].Fields, field.Fields, add, relax, path + field.Name + ".");
        }
    }

    private void Put(Table table, IReadOnlyList<Field> fields, string write, string? partition, IReadOnlyList<object?[]> rows, bool newSchema)
    {
        if (partition is not null)
        {
            Grow(table, fields);
            if (write == "WRITE_APPEND")
            {
                if (rows.FirstOrDefault(r => Partitions.IdOf(table with { Fields = fields }, r) != partition) is not null)
                {
                    throw new DataException("invalid", $"Some rows belong to different partitions rather than destination partition {partition}");
                }

                sandbox.Store.Append(table.Ref, rows);
            }
            else
            {
                sandbox.Store.ReplacePartition(table.Ref, partition, rows);
            }
        }
        else if (write == "WRITE_TRUNCATE")
        {
            sandbox.Store.Replace(table.Ref, rows, newSchema ? fields : null);
            if (table.PrimaryKey.Count > 0)
            {
                // Overwriting drops the constraints too.
                sandbox.Store.UpdateTable(table.Ref, t => t with { PrimaryKey = [] });
            }
        }
        else
        {
            Grow(table, fields);
            if (write == "WRITE_TRUNCATE_DATA")
            {
                sandbox.Store.Replace(table.Ref, rows);
            }
            else
            {
                sandbox.Store.Append(table.Ref, rows);
            }
        }
    }

    private void Grow(Table table, IReadOnlyList<Field> fields)
    {
        if (!ReferenceEquals(table.Fields, fields))
        {
            sandbox.Store.UpdateTable(table.Ref, t => t with { Fields = SchemaRules.Merge(t.Fields, [.. fields, .. t.Fields.Where(f => Field.IndexOf(fields, f.Name) < 0)]) });
        }
    }

    private static void Need(GoogleCaller caller, string permission, TableRef table)
    {
        if (!caller.Principal.May(permission, table.Project, table.Dataset))
        {
            throw new DataException("accessDenied", $"Access Denied: Table {table}: Permission {permission} denied on table {table} (or it may not exist).");
        }
    }

    private static void OneOf(JsonElement load, string name, params string[] values)
    {
        if (load.Text(name) is { Length: > 0 } value && !values.Contains(value))
        {
            throw name is "sourceFormat" or "encoding" ? GoogleException.NotSimulated($"{name} {value}") : GoogleException.Invalid($"Invalid value for {name}: {value} is not a valid value");
        }
    }
}
