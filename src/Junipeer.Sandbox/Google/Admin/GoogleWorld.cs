using System.Text.Json;
using Junipeer.Sandbox.Google.Data;
using Junipeer.Sandbox.Google.Rest;

namespace Junipeer.Sandbox.Google.Admin;

/// <summary>Changes that somebody else makes: the same from the admin API and from a fault in the middle of a run.</summary>
internal static class GoogleWorld
{
    public static readonly string[] Names = ["create-dataset", "delete-dataset", "create-table", "delete-table", "insert-rows", "truncate-table"];

    public static List<object> Apply(GoogleSandbox sandbox, JsonElement actions)
    {
        List<object> results = [];
        foreach (JsonElement action in actions.EnumerateArray())
        {
            results.Add(One(sandbox, action));
        }

        return results;
    }

    private static object One(GoogleSandbox sandbox, JsonElement action)
    {
        string project = action.Text("project") ?? sandbox.Project;
        string dataset = action.Text("dataset") ?? throw new ArgumentException("An action needs \"dataset\".");
        TableRef Table() => new(project, dataset, action.Text("table") ?? throw new ArgumentException("This action needs \"table\"."));
        switch (action.Text("do"))
        {
            case "create-dataset":
                Dataset made = sandbox.Store.CreateDataset(new Dataset(project, Rest.Names.Dataset(dataset), Rest.Names.Location(action.Text("location") ?? "US")));
                return new { dataset = made.Id, location = made.Location };
            case "delete-dataset":
                sandbox.Store.DeleteDataset(project, dataset, deleteContents: true);
                return new { deleted = dataset };
            case "create-table":
                JsonElement schema = action.Member("schema") ?? throw new ArgumentException("create-table needs \"schema\": {\"fields\":[...]}.");
                Shapes.Check("Schema", schema);
                Table table = sandbox.Store.CreateTable(new Table(Table(), SchemaJson.Read(schema)) { TimePartitioning = SchemaJson.TimeOf(action), Clustering = SchemaJson.ClusteringOf(action) });
                Insert(sandbox, table, action);
                return new { table = table.Ref.ToString() };
            case "delete-table":
                sandbox.Store.DeleteTable(Table());
                return new { deleted = Table().ToString() };
            case "insert-rows":
                return new { inserted = Insert(sandbox, sandbox.Store.GetTable(Table()), action) };
            case "truncate-table":
                sandbox.Store.Replace(Table(), []);
                return new { truncated = Table().ToString() };
            default:
                throw new ArgumentException($"There is no action '{action.Text("do")}'. Known: {string.Join(", ", Names)}.");
        }
    }

    private static int Insert(GoogleSandbox sandbox, Table table, JsonElement action)
    {
        RowReader reader = new(table.Fields, new RowReaderOptions());
        object?[][] rows = [.. action.List("rows").Select((row, i) => reader.ReadJson(row, i) is { Error: null } read ? read.Row! : throw new ArgumentException($"Row {i} does not fit the table."))];
        if (rows.Length > 0)
        {
            sandbox.Store.Append(table.Ref, rows);
        }

        return rows.Length;
    }
}
