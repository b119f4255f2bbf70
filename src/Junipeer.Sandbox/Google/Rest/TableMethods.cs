using System.Text.Json;
using System.Text.Json.Nodes;
using Junipeer.Sandbox.Google.Data;
using Junipeer.Sandbox.Google.Front;

namespace Junipeer.Sandbox.Google.Rest;

/// <summary>The methods of tables.</summary>
internal sealed class TableMethods(GoogleSandbox sandbox)
{
    private const string One = "projects/{project}/datasets/{dataset}/tables/{table}";
    private static readonly string[] NotSimulated = ["view", "materializedView", "externalDataConfiguration", "biglakeConfiguration", "snapshotDefinition", "cloneDefinition", "encryptionConfiguration", "model", "tableReplicationInfo", "externalCatalogTableOptions", "resourceTags", "defaultCollation", "defaultRoundingMode", "maxStaleness", "restrictions", "partitionDefinition"];

    public IEnumerable<Operation> All() =>
    [
        new("tables.list", "GET", "projects/{project}/datasets/{dataset}/tables", TokenScope.Read, ["maxResults", "pageToken"], List),
        new("tables.get", "GET", One, TokenScope.Read, ["selectedFields", "view"], Get),
        new("tables.insert", "POST", "projects/{project}/datasets/{dataset}/tables", TokenScope.Write, [], Insert) { Body = "Table" },
        new("tables.patch", "PATCH", One, TokenScope.Write, ["autodetect_schema"], c => Update(c, whole: false)) { Body = "Table" },
        new("tables.update", "PUT", One, TokenScope.Write, ["autodetect_schema"], c => Update(c, whole: true)) { Body = "Table" },
        new("tables.delete", "DELETE", One, TokenScope.Write, [], Delete),
        new("tables.testIamPermissions", "POST", One + ":testIamPermissions", TokenScope.Read, [], TestPermissions) { Body = "TestIam" },
    ];

    internal static TableRef Reference(GoogleCall call) => new(call.Project, call.Path["dataset"], call.Path["table"]);

    private GoogleAnswer List(GoogleCall call)
    {
        string dataset = call.Path["dataset"];
        call.Caller.NeedsDataset("bigquery.tables.list", call.Project, dataset);
        sandbox.Store.GetDataset(call.Project, dataset);
        Table[] all = [.. sandbox.Store.Tables(call.Project, dataset)];
        (List<Table> page, string? next) = sandbox.Paging.List(call, all, t => t.Ref.Name);
        JsonObject body = new() { ["kind"] = "bigquery#tableList", ["etag"] = "t" };
        SchemaJson.Add(body, "nextPageToken", next);
        body["tables"] = new JsonArray([.. page.Select(t => (JsonNode)Head(t, "bigquery#table"))]);
        body["totalItems"] = all.Length;
        return GoogleAnswer.Json(body);
    }

    private GoogleAnswer Get(GoogleCall call)
    {
        TableRef reference = Reference(call);
        call.Caller.NeedsTable("bigquery.tables.get", reference);
        if (call.Query("view") is { } view && view is not ("BASIC" or "STORAGE_STATS" or "FULL" or "TABLE_METADATA_VIEW_UNSPECIFIED"))
        {
            throw GoogleException.Bad($"Invalid value at 'view' (type.googleapis.com/TableMetadataView), \"{view}\"");
        }

        if (call.Query("selectedFields") is not null)
        {
            throw GoogleException.NotSimulated("selectedFields of tables.get");
        }

        return Answer(call, sandbox.Store.GetTable(reference));
    }

    private GoogleAnswer Insert(GoogleCall call)
    {
        string dataset = call.Path["dataset"];
        call.Caller.NeedsDataset("bigquery.tables.create", call.Project, dataset);
        JsonElement given = call.Body.Member("tableReference") ?? throw new GoogleException(400, "required", "Required parameter is missing: tableReference");
        DatasetMethods.SameProject(given, call.Project);
        if ((given.Text("datasetId") ?? dataset) != dataset)
        {
            throw GoogleException.Invalid("The dataset ID of the body is not the one of the path.");
        }

        string name = Names.Table(given.NeededText("tableId"));
        Refuse(call.Body);
        sandbox.Limits.InsertTable(call.Caller.Principal.Email);
        Table table = new(new TableRef(call.Project, dataset, name), call.Body.Member("schema") is { } schema ? SchemaJson.Read(schema) : [])
        {
            TimePartitioning = SchemaJson.TimeOf(call.Body),
            RangePartitioning = SchemaJson.RangeOf(call.Body),
            Clustering = SchemaJson.ClusteringOf(call.Body),
            PrimaryKey = SchemaJson.PrimaryKeyOf(call.Body),
            RequirePartitionFilter = PartitionFilter(call.Body) ?? false,
            FriendlyName = call.Body.Text("friendlyName"),
            Description = call.Body.Text("description"),
            Labels = Names.Labels(call.Body, new Dictionary<string, string>()),
            ExpirationTime = Expiration(call.Body),
        };
        if (table is { TimePartitioning: not null, RangePartitioning: not null })
        {
            throw GoogleException.Invalid("Only one of timePartitioning and rangePartitioning should be specified.");
        }

        SchemaJson.CheckPrimaryKey(table.PrimaryKey, table.Fields);
        return Answer(call, sandbox.Store.CreateTable(table));
    }

    private GoogleAnswer Update(GoogleCall call, bool whole)
    {
        TableRef reference = Reference(call);
        call.Caller.NeedsTable("bigquery.tables.update", reference);
        Refuse(call.Body);
        if (call.Flag("autodetect_schema"))
        {
            throw GoogleException.NotSimulated("autodetect_schema");
        }

        if (call.Body.Member("tableReference") is { } given && (Names.Reference(given, call.Project) != reference))
        {
            throw GoogleException.Invalid("The table reference of the body is not the one of the path.");
        }

        Table now = sandbox.Store.GetTable(reference);
        sandbox.Limits.UpdateTable(now, job: false);
        bool Given(string name) => whole || call.Body.Has(name);
        return Answer(call, sandbox.Store.UpdateTable(reference, t => Checked(t with
        {
            Fields = call.Body.Member("schema") is { } schema ? SchemaJson.Read(schema) : t.Fields,
            TimePartitioning = Given("timePartitioning") ? SchemaJson.TimeOf(call.Body) : t.TimePartitioning,
            RangePartitioning = Given("rangePartitioning") ? SchemaJson.RangeOf(call.Body) : t.RangePartitioning,
            Clustering = Given("clustering") ? SchemaJson.ClusteringOf(call.Body) : t.Clustering,
            PrimaryKey = Given("tableConstraints") ? SchemaJson.PrimaryKeyOf(call.Body) : t.PrimaryKey,
            RequirePartitionFilter = PartitionFilter(call.Body) ?? (!whole && t.RequirePartitionFilter),
            FriendlyName = Given("friendlyName") ? call.Body.Text("friendlyName") : t.FriendlyName,
            Description = Given("description") ? call.Body.Text("description") : t.Description,
            Labels = Names.Labels(call.Body, whole ? new Dictionary<string, string>() : t.Labels),
            ExpirationTime = Given("expirationTime") ? Expiration(call.Body) : t.ExpirationTime,
        }), call.IfMatch));
    }

    private static Table Checked(Table table)
    {
        SchemaJson.CheckPrimaryKey(table.PrimaryKey, table.Fields);
        return table;
    }

    private GoogleAnswer Delete(GoogleCall call)
    {
        TableRef reference = Reference(call);
        call.Caller.NeedsTable("bigquery.tables.delete", reference);
        sandbox.Store.DeleteTable(reference);
        return GoogleAnswer.Empty(204);
    }

    private GoogleAnswer TestPermissions(GoogleCall call)
    {
        TableRef reference = Reference(call);
        IReadOnlyList<string> asked = call.Body.Texts("permissions");
        if (asked.FirstOrDefault(p => !p.StartsWith("bigquery.tables.", StringComparison.Ordinal)) is { } strange)
        {
            throw GoogleException.Bad($"Permission {strange} is not valid for this resource.");
        }

        if (sandbox.Store.FindTable(reference) is null)
        {
            throw DataStore.NoTable(reference);
        }

        string[] granted = [.. asked.Where(p => call.Caller.Principal.May(p, reference.Project, reference.Dataset))];
        return GoogleAnswer.Json(granted.Length == 0 ? [] : new JsonObject { ["permissions"] = new JsonArray([.. granted.Select(p => JsonValue.Create(p))]) });
    }

    private static bool? PartitionFilter(JsonElement body) => body.Flag("requirePartitionFilter") ?? body.Member("timePartitioning")?.Flag("requirePartitionFilter");

    private DateTimeOffset? Expiration(JsonElement body)
    {
        if (body.Long("expirationTime") is not { } millis || millis == 0)
        {
            return null;
        }

        DateTimeOffset at = DateTimeOffset.FromUnixTimeMilliseconds(millis);
        return at > sandbox.Clock.Now ? at : throw GoogleException.Invalid($"Invalid value for expirationTime: {millis} is in the past.");
    }

    private static void Refuse(JsonElement body)
    {
        if (NotSimulated.FirstOrDefault(n => body.Member(n) is not null) is { } name)
        {
            throw GoogleException.NotSimulated($"{name} of a table");
        }
    }

    private static JsonObject Head(Table table, string kind)
    {
        JsonObject body = new()
        {
            ["kind"] = kind, ["id"] = table.Ref.ToString(),
            ["tableReference"] = new JsonObject { ["projectId"] = table.Ref.Project, ["datasetId"] = table.Ref.Dataset, ["tableId"] = table.Ref.Name },
            ["type"] = "TABLE", ["creationTime"] = Names.Millis(table.Created),
        };
        SchemaJson.Add(body, "friendlyName", table.FriendlyName);
        SchemaJson.Add(body, "expirationTime", table.ExpirationTime is { } ends ? Names.Millis(ends) : null);
        if (table.Labels.Count > 0) body["labels"] = DatasetMethods.Labels(table.Labels);
        if (table.TimePartitioning is { } time) body["timePartitioning"] = SchemaJson.Write(time);
        if (table.RangePartitioning is { } range) body["rangePartitioning"] = SchemaJson.Write(range);
        if (table.Clustering.Count > 0) body["clustering"] = new JsonObject { ["fields"] = new JsonArray([.. table.Clustering.Select(c => JsonValue.Create(c))]) };
        if (table.RequirePartitionFilter) body["requirePartitionFilter"] = true;
        return body;
    }

    private GoogleAnswer Answer(GoogleCall call, Table table)
    {
        JsonObject body = Head(table, "bigquery#table");
        body["etag"] = table.Etag;
        body["selfLink"] = $"{call.Root}/bigquery/v2/projects/{table.Ref.Project}/datasets/{table.Ref.Dataset}/tables/{table.Ref.Name}";
        if (table.Fields.Count > 0) body["schema"] = SchemaJson.Write(table.Fields);
        SchemaJson.Add(body, "description", table.Description);
        if (table.PrimaryKey.Count > 0)
        {
            body["tableConstraints"] = new JsonObject { ["primaryKey"] = new JsonObject { ["columns"] = new JsonArray([.. table.PrimaryKey.Select(c => JsonValue.Create(c))]) } };
        }

        body["location"] = sandbox.Store.GetDataset(table.Ref.Project, table.Ref.Dataset).Location;
        body["lastModifiedTime"] = Names.Text(table.Modified.ToUnixTimeMilliseconds());
        (string rows, string bytes) = (Names.Text(table.NumRows), Names.Text(table.NumBytes));
        body["numRows"] = rows;
        body["numBytes"] = bytes;
        body["numLongTermBytes"] = "0";
        if (call.Query("view") != "BASIC") body["numTotalLogicalBytes"] = bytes;
        if (table.StreamedAt is { } at && sandbox.Clock.Now - at < TimeSpan.FromMinutes(30))
        {
            body["streamingBuffer"] = new JsonObject { ["estimatedRows"] = rows, ["estimatedBytes"] = bytes, ["oldestEntryTime"] = Names.Millis(at) };
        }

        GoogleAnswer answer = GoogleAnswer.Json(body);
        answer.Headers["ETag"] = table.Etag;
        return answer;
    }
}
