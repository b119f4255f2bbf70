using System.Text.Json;
using System.Text.Json.Nodes;
using Junipeer.Sandbox.Google.Data;
using Junipeer.Sandbox.Google.Front;

namespace Junipeer.Sandbox.Google.Rest;

/// <summary>projects.list and the methods of datasets.</summary>
internal sealed class DatasetMethods(GoogleSandbox sandbox)
{
    private static readonly string[] NotSimulated = ["defaultEncryptionConfiguration", "linkedDatasetSource", "externalDatasetReference", "externalCatalogDatasetOptions", "resourceTags", "defaultCollation", "defaultRoundingMode", "defaultPartitionExpirationMs", "storageBillingModel", "maxTimeTravelHours", "restrictions", "tags"];

    public IEnumerable<Operation> All() =>
    [
        new("projects.list", "GET", "projects", TokenScope.Read, ["maxResults", "pageToken"], Projects),
        new("datasets.list", "GET", "projects/{project}/datasets", TokenScope.Read, ["all", "filter", "maxResults", "pageToken"], List),
        new("datasets.get", "GET", "projects/{project}/datasets/{dataset}", TokenScope.Read, ["datasetView", "accessPolicyVersion"], Get),
        new("datasets.insert", "POST", "projects/{project}/datasets", TokenScope.Write, ["accessPolicyVersion"], Insert) { Body = "Dataset" },
        new("datasets.patch", "PATCH", "projects/{project}/datasets/{dataset}", TokenScope.Write, ["accessPolicyVersion", "updateMode"], c => Update(c, whole: false)) { Body = "Dataset" },
        new("datasets.update", "PUT", "projects/{project}/datasets/{dataset}", TokenScope.Write, ["accessPolicyVersion", "updateMode"], c => Update(c, whole: true)) { Body = "Dataset" },
        new("datasets.delete", "DELETE", "projects/{project}/datasets/{dataset}", TokenScope.Write, ["deleteContents"], Delete),
    ];

    private GoogleAnswer Projects(GoogleCall call)
    {
        // Projects without the API are left out, and nobody sees projects he has no role in.
        string[] seen = sandbox.Projects.Where(p => p.ApiEnabled && call.Caller.Principal.May("resourcemanager.projects.get", p.Id)).Select(p => p.Id).ToArray();
        (List<string> page, string? next) = sandbox.Paging.List(call, seen, p => p, most: 50);
        JsonObject body = new()
        {
            ["kind"] = "bigquery#projectList",
            ["etag"] = "p",
            ["projects"] = new JsonArray([.. page.Select(p => (JsonNode)new JsonObject
            {
                ["kind"] = "bigquery#project", ["id"] = p, ["numericId"] = sandbox.Projects.First(x => x.Id == p).Number, ["projectReference"] = new JsonObject { ["projectId"] = p }, ["friendlyName"] = p,
            })]),
            ["totalItems"] = seen.Length,
        };
        SchemaJson.Add(body, "nextPageToken", next);
        return GoogleAnswer.Json(body);
    }

    private GoogleAnswer List(GoogleCall call)
    {
        string? filter = call.Query("filter");
        IEnumerable<Dataset> shown = sandbox.Store.Datasets(call.Project)
            .Where(d => (call.Flag("all") || !d.Id.StartsWith('_')) && call.Caller.Principal.May("bigquery.datasets.get", d.Project, d.Id) && Fits(filter, d.Labels));
        (List<Dataset> page, string? next) = sandbox.Paging.List(call, shown, d => d.Id);
        JsonObject body = new() { ["kind"] = "bigquery#datasetList", ["etag"] = "d" };
        SchemaJson.Add(body, "nextPageToken", next);
        body["datasets"] = new JsonArray([.. page.Select(d => (JsonNode)new JsonObject
        {
            ["kind"] = "bigquery#dataset", ["id"] = $"{d.Project}:{d.Id}", ["datasetReference"] = Reference(d), ["location"] = d.Location, ["type"] = "DEFAULT", ["labels"] = Labels(d.Labels),
        })]);
        return GoogleAnswer.Json(body);
    }

    /// <summary>labels.key or labels.key:value, several with spaces between them.</summary>
    private static bool Fits(string? filter, IReadOnlyDictionary<string, string> labels)
    {
        foreach (string term in (filter ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!term.StartsWith("labels.", StringComparison.Ordinal))
            {
                throw GoogleException.Invalid($"Invalid filter: {filter}", "filter");
            }

            string[] pair = term["labels.".Length..].Split(':', 2);
            if (!labels.TryGetValue(pair[0], out string? value) || (pair.Length == 2 && pair[1] != "*" && pair[1] != value))
            {
                return false;
            }
        }

        return true;
    }

    private GoogleAnswer Get(GoogleCall call)
    {
        call.Caller.NeedsDataset("bigquery.datasets.get", call.Project, call.Path["dataset"]);
        return Answer(call, sandbox.Store.GetDataset(call.Project, call.Path["dataset"]));
    }

    private GoogleAnswer Insert(GoogleCall call)
    {
        call.Caller.NeedsProject("bigquery.datasets.create", call.Project);
        JsonElement reference = call.Body.Member("datasetReference") ?? throw new GoogleException(400, "required", "Required parameter is missing: datasetReference");
        string id = Names.Dataset(reference.NeededText("datasetId"));
        SameProject(reference, call.Project);
        Refuse(call.Body);
        sandbox.Limits.UpdateDataset(call.Project, id);
        Dataset made = sandbox.Store.CreateDataset(new Dataset(call.Project, id, Names.Location(call.Body.Text("location") ?? "US"))
        {
            FriendlyName = call.Body.Text("friendlyName"),
            Description = call.Body.Text("description"),
            Labels = Names.Labels(call.Body, new Dictionary<string, string>()),
            DefaultTableExpirationMs = Expiration(call.Body),
            IsCaseInsensitive = call.Body.Flag("isCaseInsensitive") ?? false,
        });
        call.Caller.Principal.Grant(call.Project, id, "dataOwner");
        return Answer(call, made);
    }

    private GoogleAnswer Update(GoogleCall call, bool whole)
    {
        string id = call.Path["dataset"];
        call.Caller.NeedsDataset("bigquery.datasets.update", call.Project, id);
        Refuse(call.Body);
        if (call.Body.Member("datasetReference") is { } reference && (reference.Text("datasetId") ?? id) != id)
        {
            throw GoogleException.Invalid("The dataset ID of the body is not the one of the path.");
        }

        Dataset now = sandbox.Store.GetDataset(call.Project, id);
        if (call.Body.Text("location") is { } location && !Names.SameLocation(location, now.Location))
        {
            throw GoogleException.Invalid("Cannot change the location of a dataset.", "location");
        }

        sandbox.Limits.UpdateDataset(call.Project, id);
        return Answer(call, sandbox.Store.UpdateDataset(call.Project, id, d => d with
        {
            FriendlyName = whole || call.Body.Has("friendlyName") ? call.Body.Text("friendlyName") : d.FriendlyName,
            Description = whole || call.Body.Has("description") ? call.Body.Text("description") : d.Description,
            Labels = Names.Labels(call.Body, whole ? new Dictionary<string, string>() : d.Labels),
            DefaultTableExpirationMs = whole || call.Body.Has("defaultTableExpirationMs") ? Expiration(call.Body) : d.DefaultTableExpirationMs,
        }, call.IfMatch));
    }

    private GoogleAnswer Delete(GoogleCall call)
    {
        string id = call.Path["dataset"];
        call.Caller.NeedsDataset("bigquery.datasets.delete", call.Project, id);
        sandbox.Store.DeleteDataset(call.Project, id, call.Flag("deleteContents"));
        return GoogleAnswer.Empty(204);
    }

    private static long? Expiration(JsonElement body) => body.Long("defaultTableExpirationMs") is not { } life ? null
        : life >= 3_600_000 ? life : throw GoogleException.Invalid("The minimum value of defaultTableExpirationMs is 3600000 (one hour).");

    private static void Refuse(JsonElement body)
    {
        if (NotSimulated.FirstOrDefault(n => body.Member(n) is not null) is { } name)
        {
            throw GoogleException.NotSimulated($"{name} of a dataset");
        }
    }

    internal static void SameProject(JsonElement reference, string project)
    {
        if (reference.Text("projectId") is { } other && other != project)
        {
            throw GoogleException.Invalid($"The project ID {other} of the body is not {project}, the one of the path.");
        }
    }

    private static JsonObject Reference(Dataset dataset) => new() { ["datasetId"] = dataset.Id, ["projectId"] = dataset.Project };

    internal static JsonObject Labels(IReadOnlyDictionary<string, string> labels) => new(labels.Select(l => KeyValuePair.Create(l.Key, (JsonNode?)JsonValue.Create(l.Value))));

    private static GoogleAnswer Answer(GoogleCall call, Dataset dataset)
    {
        JsonObject body = new()
        {
            ["kind"] = "bigquery#dataset", ["etag"] = dataset.Etag, ["id"] = $"{dataset.Project}:{dataset.Id}",
            ["selfLink"] = $"{call.Root}/bigquery/v2/projects/{dataset.Project}/datasets/{dataset.Id}",
            ["datasetReference"] = Reference(dataset), ["location"] = dataset.Location, ["type"] = "DEFAULT",
            ["creationTime"] = Names.Millis(dataset.Created), ["lastModifiedTime"] = Names.Millis(dataset.Modified), ["maxTimeTravelHours"] = "168",
        };
        SchemaJson.Add(body, "friendlyName", dataset.FriendlyName);
        SchemaJson.Add(body, "description", dataset.Description);
        SchemaJson.Add(body, "defaultTableExpirationMs", dataset.DefaultTableExpirationMs is { } life ? Names.Text(life) : null);
        if (dataset.Labels.Count > 0) body["labels"] = Labels(dataset.Labels);
        if (dataset.IsCaseInsensitive) body["isCaseInsensitive"] = true;
        GoogleAnswer answer = GoogleAnswer.Json(body);
        answer.Headers["ETag"] = dataset.Etag;
        return answer;
    }
}
