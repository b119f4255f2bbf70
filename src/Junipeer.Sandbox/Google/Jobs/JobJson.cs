using System.Text.Json.Nodes;
using Junipeer.Sandbox.Google.Data;
using Junipeer.Sandbox.Google.Rest;
using Junipeer.Sandbox.Google.Sql;

namespace Junipeer.Sandbox.Google.Jobs;

/// <summary>Jobs as the API shows them.</summary>
internal static class JobJson
{
    public static JsonObject Write(Job job, string root)
    {
        JsonObject configuration = JsonNode.Parse(job.Configuration.GetRawText())!.AsObject();
        configuration["jobType"] = job.Type;
        if (job.Destination is { } destination && configuration["query"] is JsonObject query)
        {
            query["destinationTable"] = Reference(destination);
            query["createDisposition"] ??= "CREATE_IF_NEEDED";
            query["writeDisposition"] ??= "WRITE_TRUNCATE";
        }

        JsonObject status = job.StatusJson(); // first, so that a job shown as DONE also shows what it did
        return new JsonObject
        {
            ["kind"] = "bigquery#job",
            ["etag"] = "j",
            ["id"] = job.Name,
            ["selfLink"] = $"{root}/bigquery/v2/projects/{job.Project}/jobs/{job.Id}?location={job.Location}",
            ["user_email"] = job.Email,
            ["configuration"] = configuration,
            ["jobReference"] = Reference(job),
            ["statistics"] = Statistics(job),
            ["status"] = status,
        };
    }

    public static JsonObject Reference(Job job) => new() { ["projectId"] = job.Project, ["jobId"] = job.Id, ["location"] = job.Location };

    public static JsonObject Reference(TableRef table) => new() { ["projectId"] = table.Project, ["datasetId"] = table.Dataset, ["tableId"] = table.Name };

    private static JsonObject Statistics(Job job)
    {
        JsonObject statistics = new() { ["creationTime"] = Names.Millis(job.Created) };
        SchemaJson.Add(statistics, "startTime", job.Started is { } started ? Names.Millis(started) : null);
        SchemaJson.Add(statistics, "endTime", job.Ended is { } ended ? Names.Millis(ended) : null);
        SchemaJson.Add(statistics, "parentJobId", job.ParentId);
        SchemaJson.Add(statistics, "numChildJobs", job.Children > 0 ? Names.Text(job.Children) : null);
        if (job.State == JobState.Done && job.Load is { } load)
        {
            statistics["load"] = load.Json();
        }

        if (job.State == JobState.Done && job.Result is { } result)
        {
            statistics["totalBytesProcessed"] = Names.Text(result.BytesProcessed);
            statistics["query"] = Query(result);
        }

        return statistics;
    }

    public static JsonObject Query(SqlResult result, bool dryRun = false)
    {
        JsonObject query = new()
        {
            ["totalBytesProcessed"] = Names.Text(result.BytesProcessed), ["totalBytesBilled"] = Names.Text(dryRun ? 0 : result.BytesBilled), ["cacheHit"] = false, ["statementType"] = result.StatementType,
        };
        if (!dryRun)
        {
            query["billingTier"] = 1;
            query["totalSlotMs"] = "1";
        }

        if (result.Dml is { } dml)
        {
            query["numDmlAffectedRows"] = Names.Text(dml.Affected);
            query["dmlStats"] = Dml(dml);
        }

        if (result.DdlOperation is { } operation)
        {
            query["ddlOperationPerformed"] = operation;
            if (result.Target is { } target) query["ddlTargetTable"] = Reference(target);
        }

        if (result.ReferencedTables.Count > 0)
        {
            query["referencedTables"] = new JsonArray([.. result.ReferencedTables.Select(t => (JsonNode)Reference(t))]);
        }

        if (dryRun)
        {
            query["schema"] = SchemaJson.Write(result.Schema);
            if (result.UndeclaredParameters.Count > 0)
            {
                query["undeclaredQueryParameters"] = new JsonArray([.. result.UndeclaredParameters.Select(p => (JsonNode)new JsonObject { ["name"] = p.Name, ["parameterType"] = new JsonObject { ["type"] = p.SqlType } })]);
            }
        }

        return query;
    }

    public static JsonObject Dml(DmlStats dml) => new() { ["insertedRowCount"] = Names.Text(dml.Inserted), ["updatedRowCount"] = Names.Text(dml.Updated), ["deletedRowCount"] = Names.Text(dml.Deleted) };
}
