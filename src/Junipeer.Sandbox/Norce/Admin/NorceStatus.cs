using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Junipeer.Sandbox.Norce.Data;
using Junipeer.Sandbox.Norce.Query;
using Microsoft.AspNetCore.Http;

namespace Junipeer.Sandbox.Norce.Admin;

/// <summary>What the Norce side says about itself; never a token or a secret.</summary>
internal static class NorceStatus
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static object Describe(NorceSandbox sandbox) => new
    {
        slug = NorceSandbox.Slug,
        environment = sandbox.Environment,
        applications = NorceSandbox.Applications,
        accountId = NorceSandbox.AccountId,
        clock = new { now = sandbox.Clock.Now, advancedSeconds = sandbox.Clock.AdvancedMs / 1000.0, skewSeconds = sandbox.Clock.SkewMs / 1000.0 },
        tables = Tables(sandbox),
        warehouses = CatalogueSource.Warehouses.Select(w => new { w.BrightpearlId, w.Id, w.Code, standardLocationId = w.Standard }),
        priceLists = CatalogueSource.PriceLists.Select(l => new { l.BrightpearlId, l.Id, l.Code, l.Currency }),
        jobs = sandbox.Jobs.All.GroupBy(j => $"{j.Kind.Name} {j.Status}").ToDictionary(g => g.Key, g => g.Count()),
        tokensAlive = sandbox.Identity.Alive,
        limits = sandbox.Limits.Describe(),
        quirks = NorceQuirks.All.ToDictionary(q => q.Name, q => sandbox.Quirks[q.Name]),
        faults = sandbox.Faults.All.Select(f => f.Describe()),
        orderReceiver = sandbox.Push.Describe(),
        counters = sandbox.Counters.Describe(),
        memoryMegabytes = GC.GetTotalMemory(false) / 1_048_576,
    };

    public static Dictionary<string, int> Tables(NorceSandbox sandbox)
    {
        lock (sandbox.World.Gate)
        {
            return sandbox.World.Tables.ToDictionary(t => $"{t.Type.Namespace}/{t.Type.Set}", t => t.Count);
        }
    }

    /// <summary>All rows of a table, one JSON object a line: the sandbox's own truth, imported things without a column included.</summary>
    public static async Task Dump(HttpContext http, NorceSandbox sandbox, string table)
    {
        if (!Model.Types.ContainsKey(table))
        {
            throw new ArgumentException($"There is no table '{table}'. Known: {string.Join(", ", Model.Types.Keys)}.");
        }

        ArrayBufferWriter<byte> buffer = new(1 << 16);
        int count;
        lock (sandbox.World.Gate)
        {
            Row[] rows = sandbox.World[table].Sorted;
            count = rows.Length;
            using Utf8JsonWriter json = new(buffer, Options);
            foreach (Row row in rows)
            {
                Write(json, row);
                json.Flush();
                buffer.Write("\n"u8);
                json.Reset();
            }
        }

        http.Response.ContentType = "application/x-ndjson; charset=utf-8";
        http.Response.Headers["x-sandbox-count"] = count.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await http.Response.Body.WriteAsync(buffer.WrittenMemory, http.RequestAborted);
    }

    private static void Write(Utf8JsonWriter json, Row row)
    {
        json.WriteStartObject();
        foreach (Column column in row.Type.Columns)
        {
            json.WritePropertyName(column.Name);
            RowWriter.Value(json, row.Cells[column.Index]);
        }

        if (row.Extras is { Count: > 0 } extras)
        {
            json.WriteStartObject("_extras");
            foreach ((string name, string text) in extras)
            {
                json.WritePropertyName(name);
                json.WriteRawValue(text);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
