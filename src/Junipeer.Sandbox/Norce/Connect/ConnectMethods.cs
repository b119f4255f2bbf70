using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Junipeer.Sandbox.Norce.Front;

namespace Junipeer.Sandbox.Norce.Connect;

/// <summary>Connect: imports, which become jobs, the state of jobs, and messages about orders, which are answered at once.</summary>
internal sealed class ConnectMethods(NorceSandbox sandbox)
{
    private static readonly string[] JobOperations = ["Get", "GetLog", "List", "Ping"];

    /// <summary>What a request asks for, in the spelling of the documentation.</summary>
    public string NameOf(string[] path)
    {
        string[] rest = Below(path);
        if (rest.Length != 2)
        {
            return "connect." + string.Join('.', rest);
        }

        ImportKind? kind = Kind(rest);
        string? known = kind is not null ? $"{kind.Service}.{kind.Operation}"
            : Same(rest[0], "Job") && JobOperations.FirstOrDefault(o => Same(o, rest[1])) is { } job ? "Job." + job
            : OrderService(rest) is { } order ? "Order." + order.Operation : null;
        return "connect." + (known ?? string.Join('.', rest));
    }

    public async Task<NorceAnswer> RunAsync(NorceCall call)
    {
        string[] rest = Below(call.Rest);
        bool api = rest.Length < call.Rest.Length;
        if (rest.Length == 2 && Kind(rest) is { } kind && !api)
        {
            Verb(call, "POST");
            return await ImportAsync(call, kind);
        }

        if (OrderService(rest) is { } order && !api)
        {
            Verb(call, "POST");
            return sandbox.Orders.Run(order, Body(call, await call.ReadAsync()));
        }

        if (rest.Length == 2 && Same(rest[0], "Job") && (api ? sandbox.Quirks["jobPath"] != "plain" : sandbox.Quirks["jobPath"] != "api" || Same(rest[1], "Ping")))
        {
            switch (JobOperations.FirstOrDefault(o => Same(o, rest[1])))
            {
                case "Get": Verb(call, "GET"); return Describe(call, Job(call));
                case "GetLog": Verb(call, "GET"); return NorceAnswer.Json(Job(call).Lines());
                case "List": Verb(call, "GET"); return NorceAnswer.Json(new JsonArray([.. sandbox.Jobs.All.Reverse().Take(100).Select(j => (JsonNode)j.Describe(sandbox.Quirks["insertCounter"]))]));
                case "Ping": Verb(call, "GET"); return NorceAnswer.Json(JsonValue.Create("Pong"));
            }
        }

        throw NorceException.NotFound($"No HTTP resource was found that matches the request URI '{call.Root}{call.Target.RawPath}'.");
    }

    private async Task<NorceAnswer> ImportAsync(NorceCall call, ImportKind kind)
    {
        if (call.Target.Query.Count > 0)
        {
            throw NorceException.Bad($"{kind.Operation} has no parameters in its address.");
        }

        string? text = call.Header(ImportHeader.Name);
        ImportHeader header = ImportHeader.Read(text, kind, sandbox.Quirks);
        byte[] bytes = await call.ReadAsync(sandbox.Limits.ImportBytes);
        JsonElement body = Body(call, bytes);
        if (body.ValueKind != JsonValueKind.Array)
        {
            throw NorceException.Bad("The body must be a JSON array.");
        }

        int total = body.GetArrayLength();
        if (sandbox.Limits.ImportRows > 0 && total > sandbox.Limits.ImportRows)
        {
            throw new NorceException(413, "RequestEntityTooLarge", $"More than {sandbox.Limits.ImportRows} rows.");
        }

        List<(int, JsonElement)> rows = new(total);
        List<(int Number, string Message)> failures = [];
        int number = 0;
        foreach (JsonElement row in body.EnumerateArray())
        {
            List<string> wrong = Shapes.Check(kind.Shape, row, sandbox.Quirks, $"[{number++}].");
            if (wrong.Count == 0)
            {
                rows.Add((number, row));
            }
            else
            {
                string path = $"[{number - 1}].";
                failures.Add((number, $"Row {number}: {string.Join("; ", wrong.Select(w => w.Replace(path, string.Empty, StringComparison.Ordinal)))}"));
            }
        }

        ImportJob job = sandbox.Jobs.Start(kind, header, rows, total, call.ApplicationId ?? NorceSandbox.FirstApplication, failures, sandbox.Faults.IsEmpty ? string.Empty : $"{kind.Name} {text} {NorceCall.Utf8(bytes)}");
        return NorceAnswer.Json(new JsonObject
        {
            ["StatusCode"] = "OK",
            ["Description"] = "Job created",
            ["JobId"] = job.Id.ToString(CultureInfo.InvariantCulture),
            ["ValidationSummary"] = new JsonObject { ["NrOfItemsInTotal"] = total, ["NrOfValidationFailures"] = failures.Count, ["Messages"] = new JsonArray([.. failures.Select(f => (JsonNode)f.Message)]) },
        });
    }

    /// <summary>The body as JSON; nothing else is read here.</summary>
    private static JsonElement Body(NorceCall call, byte[] bytes)
    {
        string type = (call.Http.Request.ContentType ?? string.Empty).Split(';')[0].Trim().ToLowerInvariant();
        if (type is not ("application/json" or "text/json"))
        {
            throw new NorceException(415, "UnsupportedMediaType", "The request entity's media type is not supported; the sandbox reads application/json only.");
        }

        try
        {
            return JsonDocument.Parse(bytes).RootElement;
        }
        catch (JsonException wrong)
        {
            throw NorceException.Bad($"The body is not JSON: {wrong.Message}");
        }
    }

    private ImportJob Job(NorceCall call)
    {
        if (call.Target.Query.FirstOrDefault(q => !Same(q.Name, "id")).Name is { } strange)
        {
            throw NorceException.Bad($"There is no parameter {strange}.");
        }

        if (!int.TryParse(call.Query("id"), NumberStyles.None, CultureInfo.InvariantCulture, out int id))
        {
            throw NorceException.Bad("The parameter id must be a whole number.");
        }

        ImportJob job = sandbox.Jobs.Find(id) ?? throw NorceException.NotFound($"Job {id} does not exist.");
        return job.LostReads-- > 0 ? throw NorceException.NotFound($"Job {id} does not exist.") : job;
    }

    private NorceAnswer Describe(NorceCall call, ImportJob job)
    {
        string spelling = sandbox.Quirks["insertCounter"];
        return NorceAnswer.Json(job.Describe(call.Fault("other-spelling") is null ? spelling : spelling == "Insert" ? "Inserts" : "Insert"));
    }

    private static ImportKind? Kind(string[] path) => path.Length == 2 ? Array.Find(ImportKinds.All, k => Same(k.Service, path[0]) && Same(k.Operation, path[1])) : null;

    private Orders.OrderService? OrderService(string[] path) => path.Length == 2 && Same(path[0], "Order") ? sandbox.Orders.All.FirstOrDefault(o => Same(o.Operation, path[1])) : null;

    private static string[] Below(string[] path) => path.Length > 0 && Same(path[0], "api") ? path[1..] : path;

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private static void Verb(NorceCall call, string verb)
    {
        if (call.Method != verb)
        {
            throw new NorceException(405, "MethodNotAllowed", $"The requested resource does not support http method '{call.Method}'.");
        }
    }
}
