using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Junipeer.Sandbox.Norce.Data;
using Junipeer.Sandbox.Norce.Front;

namespace Junipeer.Sandbox.Norce.Query;

/// <summary>Query: the read-only window on the database, OData v4, a namespace at a time.</summary>
internal sealed class QueryMethods(NorceSandbox sandbox)
{
    /// <summary>No page is longer, whatever is asked.</summary>
    public const int LongestPage = 500;
    private const string ODataJson = "application/json; odata.metadata=minimal; odata.streaming=true; charset=utf-8";
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>What a request asks for, without its keys and in the spelling of the model.</summary>
    public string NameOf(string[] path)
    {
        string ns = Model.Namespaces.FirstOrDefault(n => string.Equals(n, path[0], StringComparison.OrdinalIgnoreCase)) ?? path[0];
        if (path.Length < 2)
        {
            return "query." + ns;
        }

        string set = path[1].Split('(')[0];
        string name = $"query.{ns}.{FindSet(ns, set)?.Set ?? set}";
        return path.Length > 2 && path[2].Contains("GetDelta", StringComparison.OrdinalIgnoreCase) ? name + ".delta" : name;
    }

    public NorceAnswer Run(NorceCall call)
    {
        if (call.Method != "GET")
        {
            throw new NorceException(405, "MethodNotAllowed", $"The requested resource does not support http method '{call.Method}'.");
        }

        string form = call.Version == "3.0" ? sandbox.Quirks["query30"] : "pascal";
        if (form == "off")
        {
            return NorceAnswer.Text(404, "404 page not found\n");
        }

        string? ns = Model.Namespaces.FirstOrDefault(n => string.Equals(n, call.Rest[0], StringComparison.OrdinalIgnoreCase));
        if (ns is null)
        {
            // A namespace that exists and has never answered anything else.
            throw string.Equals(call.Rest[0], "Reporting", StringComparison.OrdinalIgnoreCase) ? new NorceException(500, "InternalServerError", "An error has occurred.") : NotThere(call);
        }

        NorceWorld world = sandbox.World;
        NameRules names = new(world, form == "camel", sandbox.Quirks["propertyCase"] == "ignore");
        NorceAnswer answer;
        lock (world.Gate)
        {
            answer = Answer(call, ns, world, names);
        }

        answer.Headers["OData-Version"] = "4.0";
        return answer;
    }

    private NorceAnswer Answer(NorceCall call, string ns, NorceWorld world, NameRules names)
    {
        string context = $"{call.Root}/commerce/query/{call.Version}/{ns}/$metadata";
        if (call.Rest.Length == 1)
        {
            return NorceAnswer.Json(new JsonObject
            {
                ["@odata.context"] = context,
                ["value"] = new JsonArray([.. Model.Types.Values.Where(t => t.Namespace == ns && t.Exposed).Select(t => (JsonNode)new JsonObject { ["name"] = SetName(t), ["kind"] = "EntitySet", ["url"] = SetName(t) })]),
            }, 200, ODataJson);
        }

        if (call.Rest is [_, "$metadata"])
        {
            return NorceAnswer.Text(200, Metadata.Write(ns, names, SetName), "application/xml; charset=utf-8");
        }

        int open = call.Rest[1].IndexOf('(', StringComparison.Ordinal);
        EntityType type = FindSet(ns, open < 0 ? call.Rest[1] : call.Rest[1][..open]) ?? throw NotThere(call);
        RowTable table = world[$"{ns}/{type.Set}"];
        QuerySpec spec = QuerySpec.Read(type, names, SystemOptions(call));
        if (open >= 0)
        {
            return call.Rest.Length == 2 ? One(call, table, call.Rest[1][open..], spec, names) : throw NotThere(call);
        }

        IReadOnlyList<Row> rows = table.Sorted;
        if (call.Rest.Length == 3 && call.Rest[2] == "$count")
        {
            return NorceAnswer.Text(200, rows.Count(r => spec.Filter?.Holds(r) ?? true).ToString(CultureInfo.InvariantCulture));
        }

        if (call.Rest.Length == 3 && type.Set == "ProductSkus" && (call.Version == "3.0" || sandbox.Quirks.On("deltaFunction")))
        {
            rows = Delta(call, rows, world.Now);
        }
        else if (call.Rest.Length > 2)
        {
            throw NotThere(call);
        }

        return List(call, spec, rows, names, $"{context}#{SetName(type)}");
    }

    private NorceAnswer List(NorceCall call, QuerySpec spec, IReadOnlyList<Row> rows, NameRules names, string context)
    {
        int most = Math.Min(spec.Top ?? LongestPage, LongestPage);
        if (spec.Skip >= 10_000 && sandbox.Quirks["deepSkip"] == "fail")
        {
            throw new NorceException(500, "InternalServerError", "An error has occurred.");
        }

        if (spec.Type.Set == "Products" && spec.Expand.Count > 1 && most > 100 && sandbox.Quirks["heavyExpand"] == "fail")
        {
            throw new NorceException(500, "InternalServerError", "An error has occurred.");
        }

        int shift = call.Fault("shifted-page") is { } shifted ? shifted.Mode == "lose" ? shifted.Rows : -shifted.Rows : 0;
        QueryPage page = QueryRun.Page(spec, rows, most, shift);
        ArrayBufferWriter<byte> buffer = new(16 * 1024);
        using (Utf8JsonWriter json = new(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("@odata.context", context + (spec.Columns.Count < spec.Type.Columns.Count ? $"({string.Join(',', spec.Columns.Select(names.Write))})" : string.Empty));
            if (page.Total is { } total)
            {
                json.WriteNumber("@odata.count", total);
            }

            json.WriteStartArray("value");
            RowWriter writer = new(json, names);
            foreach (Row row in page.Rows)
            {
                writer.Write(row, spec);
            }

            json.WriteEndArray();
            bool linked = spec.Top is null || (spec.Top > LongestPage && sandbox.Quirks["topOver500"] == "link");
            if (page.More && linked && sandbox.Quirks.On("nextLink") && call.Fault("no-link") is null)
            {
                json.WriteString("@odata.nextLink", NextLink(call, spec));
            }

            json.WriteEndObject();
        }

        sandbox.Counters.Add("queryRows", page.Rows.Count);
        return new NorceAnswer { Body = buffer.WrittenMemory, ContentType = ODataJson };
    }

    private static NorceAnswer One(NorceCall call, RowTable table, string key, QuerySpec spec, NameRules names)
    {
        if (call.Target.Query.Any(q => q.Name.ToLowerInvariant() is "$filter" or "$orderby" or "$top" or "$skip" or "$count"))
        {
            throw NorceException.Bad("The requested resource is not a collection. Query options $filter, $orderby, $count, $skip, and $top can be applied only on collections.");
        }

        Row row = table.Find(KeyReader.Read(table.Type, key, names)) ?? throw new NorceException(404, "NotFound", "Resource not found.");
        ArrayBufferWriter<byte> buffer = new(4096);
        using (Utf8JsonWriter json = new(buffer, Options))
        {
            new RowWriter(json, names).Write(row, spec);
        }

        return new NorceAnswer { Body = buffer.WrittenMemory, ContentType = ODataJson };
    }

    /// <summary>SKUs that changed in the last minutes by the server's clock.</summary>
    private static Row[] Delta(NorceCall call, IReadOnlyList<Row> rows, DateTime now)
    {
        string function = call.Rest[2];
        const string Start = "ProductService.GetDeltaProductSkus(offsetInMinutes=";
        if (!function.StartsWith(Start, StringComparison.OrdinalIgnoreCase) || function[^1] != ')' || !int.TryParse(function[Start.Length..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int minutes))
        {
            throw NotThere(call);
        }

        DateTime since = now.AddMinutes(-minutes);
        return [.. rows.Where(r => (DateTime)(r["Updated"] ?? r["Created"]!) >= since)];
    }

    /// <summary>Options of OData. One without its dollar sign is almost always a mistake, which OData would not show.</summary>
    private IEnumerable<(string Name, string Value)> SystemOptions(NorceCall call)
    {
        foreach ((string name, string value) in call.Target.Query)
        {
            if (name.StartsWith('$'))
            {
                yield return (name, value);
            }
            else if (sandbox.Quirks["customOptions"] == "refuse")
            {
                throw NorceException.Bad($"The query parameter '{name}' is not supported.");
            }
        }
    }

    private static string NextLink(NorceCall call, QuerySpec spec)
    {
        List<string> parts = [.. call.Target.RawQuery.Split('&', StringSplitOptions.RemoveEmptyEntries).Where(p => !Is(p, "$skip") && !Is(p, "$top"))];
        if (spec.Top is { } top)
        {
            parts.Add($"$top={top - LongestPage}");
        }

        parts.Add($"$skip={spec.Skip + LongestPage}");
        return $"{call.Root}{call.Target.RawPath}?{string.Join('&', parts)}";

        static bool Is(string part, string name) => NorceCall.DecodePart(part.Split('=')[0]).Equals(name, StringComparison.OrdinalIgnoreCase);
    }

    private string SetName(EntityType type) => type.OtherSet is { } other && sandbox.Quirks["assumedSets"] == "other" ? other : type.Set;

    private EntityType? FindSet(string ns, string name) => Model.Types.Values.FirstOrDefault(t => t.Exposed && t.Namespace == ns && string.Equals(SetName(t), name, StringComparison.OrdinalIgnoreCase));

    private static NorceException NotThere(NorceCall call) => new(404, "NotFound", $"No HTTP resource was found that matches the request URI '{call.Root}{call.Target.RawPath}'.");
}
