using System.Globalization;
using System.Text.Json;
using Junipeer.Sandbox.Google.Data;
using Junipeer.Sandbox.Google.Front;
using Junipeer.Sandbox.Google.OAuth;
using Junipeer.Sandbox.Google.Rest;
using Junipeer.Sandbox.Google.Sql;

namespace Junipeer.Sandbox.Google.Jobs;

/// <summary>Query jobs: what may be asked, how it runs, where its result goes.</summary>
internal sealed class QueryJobs(GoogleSandbox sandbox)
{
    private const int LongestSql = 1024 * 1024;
    private static readonly string[] NotSimulated = ["createSession", "continuous", "systemVariables", "tableDefinitions", "userDefinedFunctionResources", "destinationEncryptionConfiguration", "connectionProperties", "writeIncrementalResults"];
    private static readonly string[] Dml = ["INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE_TABLE"];

    /// <summary>Refuses a query's configuration before a job is made of it.</summary>
    public static void Check(JsonElement query)
    {
        string text = query.NeededText("query");
        if (text.Length > LongestSql)
        {
            throw GoogleException.Invalid($"The query is too large. The maximum standard SQL query length is {LongestSql / 1024}.00K characters, including comments and white space characters.", "query");
        }

        if (query.Flag("useLegacySql") ?? true)
        {
            throw new GoogleException(400, "invalidQuery", "The sandbox does not run legacy SQL: useLegacySql is true unless false is sent.", "query");
        }

        if (NotSimulated.FirstOrDefault(n => query.Member(n) is { ValueKind: not JsonValueKind.False }) is { } strange)
        {
            throw GoogleException.NotSimulated(strange);
        }

        if (query.List("schemaUpdateOptions").Any())
        {
            throw GoogleException.NotSimulated("schemaUpdateOptions of a query");
        }

        if (query.Text("priority") is { Length: > 0 } priority && priority is not ("INTERACTIVE" or "BATCH"))
        {
            throw GoogleException.Invalid($"Invalid value for priority: {priority} is not a valid value");
        }

        if (query.Text("writeDisposition") is { Length: > 0 } write && write is not ("WRITE_APPEND" or "WRITE_TRUNCATE" or "WRITE_EMPTY"))
        {
            throw GoogleException.Invalid($"Invalid value for writeDisposition: {write} is not a valid value");
        }

        _ = QueryParameters.Read(query);
    }

    public SqlRequest Request(string project, JsonElement query, string? location, GoogleCaller caller, bool dryRun) => new(project, query.Text("query")!)
    {
        DefaultDataset = query.Member("defaultDataset")?.Text("datasetId"),
        Location = location,
        DryRun = dryRun,
        Parameters = QueryParameters.Read(query),
        User = caller.Principal.Email,
        MaximumBytesBilled = query.Long("maximumBytesBilled"),
        Allowed = (table, access) => caller.Principal.May(access switch
        {
            SqlAccess.Read => "bigquery.tables.getData",
            SqlAccess.Change => "bigquery.tables.updateData",
            _ => "bigquery.tables.create",
        }, table.Project, table.Dataset),
    };

    /// <summary>Where a query runs that does not say: beside its tables, else in the US.</summary>
    public string LocationOf(string project, JsonElement query, GoogleCaller caller)
    {
        if (query.Member("defaultDataset") is { } dataset && sandbox.Store.FindDataset(dataset.Text("projectId") ?? project, dataset.Text("datasetId") ?? string.Empty) is { } found)
        {
            return found.Location;
        }

        try
        {
            SqlResult dry = sandbox.Sql.Run(Request(project, query, null, caller, dryRun: true));
            return dry.ReferencedTables.Append(dry.Target).OfType<TableRef>().Select(t => sandbox.Store.FindDataset(t.Project, t.Dataset)?.Location).FirstOrDefault(l => l is not null) ?? "US";
        }
        catch (DataException)
        {
            return "US";
        }
    }

    public SqlResult DryRun(string project, JsonElement query, string? location, GoogleCaller caller)
    {
        SqlResult result = sandbox.Sql.Run(Request(project, query, location, caller, dryRun: true));
        CheckBytes(query, result);
        return result;
    }

    /// <summary>The work of the job.</summary>
    public IReadOnlyList<JobError> Run(Job job, GoogleCaller caller, CancellationToken stop)
    {
        JsonElement query = job.Query;
        SqlRequest request = Request(job.Project, query, job.Location, caller, dryRun: false);
        SqlResult? plan = Plan(request);
        if (plan is not null)
        {
            CheckBytes(query, plan);
            CheckBilling(job.Project, plan);
        }

        List<IDisposable> writing = [];
        try
        {
            foreach (TableRef target in Changed(plan))
            {
                if (sandbox.Store.FindTable(target) is { } table)
                {
                    writing.Add(sandbox.Limits.Write(target));
                    sandbox.Limits.UpdateTable(table, job: true);
                }
            }

            SqlResult result = sandbox.Sql.Run(request, stop);
            job.Result = result;
            AddChildren(job, result);
            Keep(job, query, caller, result);
            return [];
        }
        finally
        {
            writing.ForEach(w => w.Dispose());
        }
    }

    /// <summary>The tables that DML changes, one for every statement of a script.</summary>
    private static IEnumerable<TableRef> Changed(SqlResult? plan) => plan is null ? []
        : plan.Children.Append(plan).Where(r => Dml.Contains(r.StatementType)).Select(r => r.Target).OfType<TableRef>();

    /// <summary>What a statement would do; null when only running it can tell.</summary>
    private SqlResult? Plan(SqlRequest request)
    {
        try
        {
            return sandbox.Sql.Run(request with { DryRun = true });
        }
        catch (SqlException)
        {
            // The run itself says what is wrong.
            return null;
        }
    }

    private void CheckBilling(string project, SqlResult plan)
    {
        if (!sandbox.ProjectOf(project).Billing && (Dml.Contains(plan.StatementType) || plan.Children.Any(c => Dml.Contains(c.StatementType))))
        {
            throw new DataException("billingNotEnabled", "Billing has not been enabled for this project. Enable billing at https://console.cloud.google.com/billing. DML queries are not allowed in the free tier. Set up a billing account to remove this restriction.");
        }
    }

    private static void CheckBytes(JsonElement query, SqlResult plan)
    {
        if (query.Long("maximumBytesBilled") is { } most && plan.BytesBilled > most)
        {
            throw new DataException("bytesBilledLimitExceeded", $"Query exceeded limit for bytes billed: {most}. {plan.BytesBilled.ToString(CultureInfo.InvariantCulture)} or higher required.");
        }
    }

    private void AddChildren(Job job, SqlResult result)
    {
        job.Children = result.Children.Count;
        for (int i = 0; i < result.Children.Count; i++)
        {
            Job child = new()
            {
                Project = job.Project, Id = $"script_job_{job.Id}_{i}", Location = job.Location, Email = job.Email, Configuration = job.Configuration, Type = "QUERY", Created = sandbox.Clock.Now, ParentId = job.Id,
                Result = result.Children[i], Rows = RowSet.Of(result.Children[i].Rows),
            };
            child.Start(sandbox.Clock.Now);
            child.Finish(sandbox.Clock.Now, null);
            sandbox.Jobs.Add(child);
        }
    }

    /// <summary>Rows go to the table that was named, or to one that lives for a day.</summary>
    private void Keep(Job job, JsonElement query, GoogleCaller caller, SqlResult result)
    {
        job.Rows = RowSet.Of(result.Rows);
        if (result.StatementType != "SELECT")
        {
            job.Destination ??= result.Target;
            return;
        }

        if (query.Member("destinationTable") is { } given)
        {
            job.Destination = Store(job, query, caller, Names.Reference(given, job.Project), result);
            return;
        }

        string dataset = "_sandbox_results_" + job.Location.Replace('-', '_');
        TableRef table = new(job.Project, dataset, "anon" + Guid.NewGuid().ToString("N"));
        job.Destination = table;
        try
        {
            if (sandbox.Store.FindDataset(job.Project, dataset) is null)
            {
                sandbox.Store.CreateDataset(new Dataset(job.Project, dataset, job.Location));
            }

            sandbox.Store.CreateTable(new Table(table, result.Schema) { Rows = job.Rows, ExpirationTime = sandbox.Clock.Now.AddDays(1) });
            caller.Principal.Grant(job.Project, dataset, "dataViewer");
        }
        catch (DataException)
        {
            // A result whose columns no table may have (two of one name) is only there to be read once.
        }
    }

    private TableRef Store(Job job, JsonElement query, GoogleCaller caller, TableRef target, SqlResult result)
    {
        Dataset dataset = sandbox.Store.GetDataset(target.Project, target.Dataset);
        if (!Names.SameLocation(dataset.Location, job.Location))
        {
            throw new DataException("notFound", $"Not found: Dataset {target.Project}:{target.Dataset} was not found in location {job.Location}");
        }

        Table? table = sandbox.Store.FindTable(target);
        string permission = table is null ? "bigquery.tables.create" : "bigquery.tables.updateData";
        if (!caller.Principal.May(permission, target.Project, target.Dataset))
        {
            throw new DataException("accessDenied", $"Access Denied: Table {target}: Permission {permission} denied on table {target} (or it may not exist).");
        }

        sandbox.Limits.Load(target);
        string write = query.Text("writeDisposition") ?? "WRITE_EMPTY";
        if (table is null)
        {
            if (query.Text("createDisposition") == "CREATE_NEVER")
            {
                throw DataStore.NoTable(target);
            }

            sandbox.Store.CreateTable(new Table(target, result.Schema)
            {
                Rows = RowSet.Of(result.Rows), TimePartitioning = SchemaJson.TimeOf(query), RangePartitioning = SchemaJson.RangeOf(query), Clustering = SchemaJson.ClusteringOf(query),
            });
            return target;
        }

        sandbox.Limits.UpdateTable(table, job: true);
        if (write == "WRITE_TRUNCATE")
        {
            sandbox.Store.Replace(target, result.Rows, result.Schema);
        }
        else if (write == "WRITE_EMPTY" && table.NumRows > 0)
        {
            throw new DataException("duplicate", $"Already Exists: Table {target}");
        }
        else
        {
            Append(table, result);
        }

        return target;
    }

    /// <summary>Columns of an appended result go by their names.</summary>
    private void Append(Table table, SqlResult result)
    {
        int[] to = [.. result.Schema.Select(f =>
        {
            int at = Field.IndexOf(table.Fields, f.Name);
            return at < 0 || table.Fields[at].Type != f.Type || table.Fields[at].Repeated != f.Repeated
                ? throw new DataException("invalid", $"Provided Schema does not match Table {table.Ref}. {(at < 0 ? $"Cannot add fields (field: {f.Name})" : $"Field {f.Name} has changed type from {table.Fields[at].RestType} to {f.RestType}")}")
                : at;
        })];
        sandbox.Store.Append(table.Ref, [.. result.Rows.Select(row =>
        {
            object?[] wide = new object?[table.Fields.Count];
            for (int i = 0; i < to.Length; i++) wide[to[i]] = RowSet.Get(row, i);
            return wide;
        })]);
    }
}
