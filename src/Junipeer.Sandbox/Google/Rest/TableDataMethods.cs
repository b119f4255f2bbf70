using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Junipeer.Sandbox.Google.Data;
using Junipeer.Sandbox.Google.Front;

namespace Junipeer.Sandbox.Google.Rest;

/// <summary>tabledata.list and tabledata.insertAll.</summary>
internal sealed class TableDataMethods(GoogleSandbox sandbox)
{
    private const int MostRows = 50_000;
    private const int MostBytes = 10 * 1024 * 1024;
    private const int LongestInsertId = 128;
    private const long RememberedMs = 60_000;

    /// <summary>Insert ids of the last minute: a row that comes again is dropped.</summary>
    private readonly ConcurrentDictionary<(TableRef Table, string Id), long> _insertIds = new();

    public IEnumerable<Operation> All() =>
    [
        new("tabledata.list", "GET", "projects/{project}/datasets/{dataset}/tables/{table}/data", TokenScope.Read,
            ["maxResults", "pageToken", "startIndex", "selectedFields", "formatOptions.useInt64Timestamp", "formatOptions.timestampOutputFormat"], List),
        new("tabledata.insertAll", "POST", "projects/{project}/datasets/{dataset}/tables/{table}/insertAll", TokenScope.Insert, [], InsertAll) { Body = "InsertAll" },
    ];

    private GoogleAnswer List(GoogleCall call)
    {
        TableRef reference = TableMethods.Reference(call);
        call.Caller.NeedsTable("bigquery.tables.getData", reference);
        Table table = sandbox.Store.GetTable(reference);
        (IReadOnlyList<Field> fields, List<object?[]> page, string? next, long total) = sandbox.Paging.Rows(call, "table " + reference + call.Query("selectedFields"), table.Fields, table.Rows, call.Number("maxResults"));
        if (call.Query("selectedFields") is { } selected)
        {
            int[] columns = [.. selected.Split(',').Select(name => Field.IndexOf(fields, name) is var at and >= 0 ? at : throw GoogleException.Invalid($"Selected field {name} does not exist in the table schema", "selectedFields"))
                .Distinct().Order()];
            page = [.. page.Select(row => columns.Select(c => RowSet.Get(row, c)).ToArray())];
            fields = [.. columns.Select(c => fields[c])];
        }

        JsonObject head = new() { ["kind"] = "bigquery#tableDataList", ["etag"] = table.Etag, ["totalRows"] = Names.Text(total) };
        SchemaJson.Add(head, "pageToken", next);
        return GoogleAnswer.Rows(head, fields, page, Paging.Format(call));
    }

    private GoogleAnswer InsertAll(GoogleCall call)
    {
        TableRef reference = TableMethods.Reference(call);
        call.Caller.NeedsTable("bigquery.tables.updateData", reference);
        if (!sandbox.ProjectOf(call.Project).Billing)
        {
            throw GoogleException.Denied("Access Denied: BigQuery BigQuery: Streaming insert is not allowed in the free tier");
        }

        Table table = sandbox.Store.GetTable(reference);
        JsonElement[] rows = [.. call.Body.List("rows")];
        if (rows.Length == 0)
        {
            throw GoogleException.Invalid("No rows present in the request.");
        }

        if (rows.Length > MostRows)
        {
            throw GoogleException.Invalid($"Too many rows present in the request, limit: {MostRows} row count: {rows.Length}.");
        }

        if (call.Body.Member("templateSuffix") is not null)
        {
            throw GoogleException.NotSimulated("templateSuffix");
        }

        if (call.Body.GetRawText() is { Length: > MostBytes / 4 } text && Encoding.UTF8.GetByteCount(text) > MostBytes)
        {
            throw new GoogleException(413, "uploadTooLarge", $"Request payload size exceeds the limit: {MostBytes} bytes.");
        }

        RowReader reader = new(table.Fields, new RowReaderOptions { IgnoreUnknownValues = call.Body.Flag("ignoreUnknownValues") ?? false });
        List<(int Index, string Reason, string Location, string Message)> errors = [];
        List<(int Index, object?[] Row)> good = [];
        for (int i = 0; i < rows.Length; i++)
        {
            if (rows[i].Text("insertId") is { Length: > LongestInsertId })
            {
                throw GoogleException.Invalid($"insertId is longer than {LongestInsertId} characters.");
            }

            RowResult read = rows[i].Member("json") is { } json ? reader.ReadJson(json, i) : new RowResult(null, new RowError(i, 0, "invalid", string.Empty, "Missing row.", string.Empty));
            if (read.Row is { } row)
            {
                good.Add((i, row));
            }
            else
            {
                errors.Add((i, read.Error!.Reason, read.Error.Location, read.Error.Message));
            }
        }

        // Without skipInvalidRows one bad row stops all others.
        if (errors.Count > 0 && call.Body.Flag("skipInvalidRows") != true)
        {
            errors.AddRange(good.Select(g => (g.Index, "stopped", string.Empty, string.Empty)));
            good.Clear();
        }

        Forget();
        long now = sandbox.Clock.ElapsedMs;
        object?[][] fresh = [.. good.Where(g => rows[g.Index].Text("insertId") is not { Length: > 0 } id || _insertIds.TryAdd((reference, id), now)).Select(g => g.Row)];
        if (fresh.Length > 0)
        {
            sandbox.Store.Append(reference, fresh, streamed: true);
        }

        sandbox.Counters.Streamed(fresh.Length, good.Count - fresh.Length, errors.Count);
        JsonObject body = new() { ["kind"] = "bigquery#tableDataInsertAllResponse" };
        if (errors.Count > 0)
        {
            body["insertErrors"] = new JsonArray([.. errors.OrderBy(e => e.Index).Select(e => (JsonNode)new JsonObject
            {
                ["index"] = e.Index,
                ["errors"] = new JsonArray(new JsonObject { ["reason"] = e.Reason, ["location"] = e.Location, ["debugInfo"] = string.Empty, ["message"] = e.Message }),
            })]);
        }

        return GoogleAnswer.Json(body);
    }

    private void Forget()
    {
        long now = sandbox.Clock.ElapsedMs;
        foreach (((TableRef, string) key, long at) in _insertIds)
        {
            if (now - at > RememberedMs)
            {
                _insertIds.TryRemove(key, out _);
            }
        }
    }
}
