using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Junipeer.Sandbox.Google.Data;
using Junipeer.Sandbox.Google.Jobs;
using Microsoft.AspNetCore.Http;

namespace Junipeer.Sandbox.Google.Admin;

/// <summary>What the Google side says about itself; never a token.</summary>
internal static class GoogleStatus
{
    public static object Describe(GoogleSandbox sandbox) => new
    {
        project = sandbox.Project,
        projects = sandbox.Projects.Select(p => new { p.Id, p.ApiEnabled, p.Billing }),
        clock = new { now = sandbox.Clock.Now, advancedSeconds = sandbox.Clock.AdvancedMs / 1000.0, skewSeconds = sandbox.Clock.SkewMs / 1000.0 },
        datasets = sandbox.Projects.SelectMany(p => sandbox.Store.Datasets(p.Id)).Select(d => new { id = $"{d.Project}:{d.Id}", d.Location }),
        tables = Tables(sandbox),
        jobs = sandbox.Jobs.All.GroupBy(j => $"{j.Type} {j.State} {j.Error?.Reason}".Trim()).ToDictionary(g => g.Key, g => g.Count()),
        uploads = new { open = sandbox.Uploads.Sessions.Count(s => s.Outcome is null && !s.Gone), discardUploads = sandbox.DiscardUploads.ToString().ToLowerInvariant() },
        jobDelay = new { pendingMs = sandbox.Runner.PendingMs, runningMs = sandbox.Runner.RunningMs },
        limits = sandbox.Limits.Describe(),
        quirks = GoogleQuirks.All.ToDictionary(q => q.Name, q => sandbox.Quirks[q.Name]),
        faults = sandbox.Faults.All.Select(f => f.Describe()),
        counters = sandbox.Counters.Describe(),
        memoryMegabytes = GC.GetTotalMemory(false) / 1_048_576,
    };

    public static IEnumerable<object> Tables(GoogleSandbox sandbox) => sandbox.Projects.SelectMany(p => sandbox.Store.Datasets(p.Id)).SelectMany(d => sandbox.Store.Tables(d.Project, d.Id))
        .Select(t => new { table = $"{t.Ref.Project}.{t.Ref.Dataset}.{t.Ref.Name}", rows = t.NumRows, columns = t.Fields.Select(f => $"{f.Name} {f.SqlType}{(f.Required ? " NOT NULL" : string.Empty)}") });

    public static IEnumerable<object> Jobs(GoogleSandbox sandbox) => sandbox.Jobs.All.OrderBy(j => j.Created).Select(j => new
    {
        id = j.Name, j.Type, state = j.State.ToString().ToUpperInvariant(), error = j.Error, j.Errors, j.Email, j.ParentId, j.Created, j.Started, j.Ended, destination = j.Destination?.ToString(), load = j.Load,
        statement = j.Result?.StatementType, dml = j.Result?.Dml, configuration = j.Configuration,
    });
}

/// <summary>The rows of a table, one JSON object a line: the sandbox's own truth.</summary>
internal static class GoogleDump
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static async Task Write(HttpContext http, GoogleSandbox sandbox, string name)
    {
        string[] parts = name.Split('.', 3);
        if (parts.Length != 3)
        {
            throw new ArgumentException("A table is named {project}.{dataset}.{table}.");
        }

        Table table = sandbox.Store.GetTable(new TableRef(parts[0], parts[1], parts[2]));
        http.Response.ContentType = "application/x-ndjson; charset=utf-8";
        http.Response.Headers["x-sandbox-count"] = table.NumRows.ToString(System.Globalization.CultureInfo.InvariantCulture);
        ArrayBufferWriter<byte> buffer = new(1 << 16);
        using Utf8JsonWriter json = new(buffer, Options);
        CellWriter cells = new(TimestampFormat.Iso8601);
        foreach (object?[] row in table.Rows.All())
        {
            Record(json, cells, table.Fields, row);
            json.Flush();
            buffer.Write("\n"u8);
            json.Reset();
            if (buffer.WrittenCount > 1 << 16)
            {
                await http.Response.Body.WriteAsync(buffer.WrittenMemory, http.RequestAborted);
                buffer.ResetWrittenCount();
            }
        }

        await http.Response.Body.WriteAsync(buffer.WrittenMemory, http.RequestAborted);
    }

    private static void Record(Utf8JsonWriter json, CellWriter cells, IReadOnlyList<Field> fields, object?[] row)
    {
        json.WriteStartObject();
        for (int i = 0; i < fields.Count; i++)
        {
            json.WritePropertyName(fields[i].Name);
            object? value = RowSet.Get(row, i);
            if (!fields[i].Repeated)
            {
                Value(json, cells, fields[i], value);
                continue;
            }

            json.WriteStartArray();
            foreach (object? item in value as IReadOnlyList<object?> ?? [])
            {
                Value(json, cells, fields[i], item);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void Value(Utf8JsonWriter json, CellWriter cells, Field field, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case JsonText text:
                json.WriteRawValue(text.Text);
                break;
            case object?[] record when field.Type == FieldType.Record:
                Record(json, cells, field.Fields, record);
                break;
            default:
                // Numbers too: nothing may be lost on the way through a double.
                json.WriteStringValue(cells.Text(field.Type, value));
                break;
        }
    }
}
