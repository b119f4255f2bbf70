using System.Text.Json;
using Junipeer.Sandbox.Norce.Front;

namespace Junipeer.Sandbox.Norce.Connect;

/// <summary>One import service: what its rows look like, which lists of fields its header may hold, who applies a row.</summary>
internal sealed record ImportKind(string Service, string Operation, string Shape, string[] Lists, bool HasFullFile, Func<ImportRun, IImporter> Importer)
{
    public string Name => $"{Service}/{Operation}";
}

/// <summary>
/// <c>X-StormConnect-Header</c>: JSON on one line of ASCII that says on whose account a change is logged, whether the
/// rows are everything there is, and which fields the import may touch.
/// </summary>
internal sealed class ImportHeader
{
    public const string Name = "X-StormConnect-Header";
    private readonly Dictionary<string, HashSet<int>> _fields = new(StringComparer.OrdinalIgnoreCase);

    public int AccountId { get; private set; }

    public bool FullFile { get; private set; }

    public int? SupplierId { get; private set; }

    /// <summary>Whether a field may be touched.</summary>
    public bool Announces(string list, string field) => _fields.TryGetValue(list, out HashSet<int>? fields) && fields.Contains(Enums.Number(list, field) ?? throw new InvalidOperationException($"{list} has no {field}."));

    public bool AnnouncesAny(string list) => _fields.TryGetValue(list, out HashSet<int>? fields) && fields.Count > 0;

    public IEnumerable<string> Announced(string list) => _fields.TryGetValue(list, out HashSet<int>? fields) ? fields.Select(f => Enums.Name(list, f)!) : [];

    /// <summary>Price fields without which a whole row is dropped.</summary>
    public HashSet<int> DropWhenEmpty { get; } = [];

    public static ImportHeader Read(string? text, ImportKind kind, NorceQuirks quirks)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw NorceException.Bad($"The header {Name} is missing.");
        }

        if (text.Any(c => c is < ' ' or > '~'))
        {
            throw NorceException.Bad($"The header {Name} holds characters that are not ASCII.");
        }

        JsonElement json;
        try
        {
            json = JsonDocument.Parse(text).RootElement;
        }
        catch (JsonException wrong)
        {
            throw NorceException.Bad($"The header {Name} is not JSON: {wrong.Message.Split(" LineNumber", 2)[0]}");
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            throw NorceException.Bad($"The header {Name} is not a JSON object.");
        }

        ImportHeader header = new();
        header.ReadMembers(json, kind, quirks);
        return header;
    }

    private void ReadMembers(JsonElement json, ImportKind kind, NorceQuirks quirks)
    {
        string[] known = ["AccountId", "SerializationType", .. kind.HasFullFile ? (string[])["FullFile"] : [], .. kind.Service == "Supplier" ? (string[])["SupplierId"] : [], .. kind.Lists];
        HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
        foreach (JsonProperty member in json.EnumerateObject())
        {
            StringComparison rule = quirks["fieldCase"] == "ignore" ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
            string? name = known.FirstOrDefault(k => string.Equals(k, member.Name, rule));
            if (member.Name is "StorageName" or "JobId")
            {
                throw NorceException.Bad($"{Name}: the sandbox has no file area; leave {member.Name} out.");
            }

            if (name is null)
            {
                if (quirks["unknownFields"] == "refuse")
                {
                    throw NorceException.Bad($"{Name}: {kind.Operation} has no {member.Name}. Known: {string.Join(", ", known)}.");
                }

                continue;
            }

            seen.Add(name);
            JsonElement value = member.Value;
            switch (name)
            {
                case "AccountId": AccountId = value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int account) ? account : throw Wrong(name, "a whole number"); break;
                case "SupplierId": SupplierId = value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int supplier) ? supplier : throw Wrong(name, "a whole number"); break;
                case "FullFile": FullFile = value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(name, "true or false"); break;
                case "SerializationType":
                    _ = value.GetRawText() is "0" or "\"Json\"" ? true : throw Wrong(name, "0; the sandbox reads JSON only");
                    break;
                default: ReadList(name, value); break;
            }
        }

        if (!seen.Contains("AccountId") || AccountId != NorceSandbox.AccountId)
        {
            throw NorceException.Bad(seen.Contains("AccountId") ? $"{Name}: there is no account {AccountId}." : $"{Name}: AccountId is missing.");
        }

        if (kind.HasFullFile && !seen.Contains("FullFile"))
        {
            throw NorceException.Bad($"{Name}: FullFile is missing.");
        }

        if (DropWhenEmpty.Count > 0 && (!_fields.TryGetValue("SkuPriceListFieldsThatAreSet", out HashSet<int>? set) || !DropWhenEmpty.IsSubsetOf(set)))
        {
            throw NorceException.Bad($"{Name}: what IgnoreSkuPriceListFieldsWhenEmpty holds must be in SkuPriceListFieldsThatAreSet too.");
        }
    }

    private void ReadList(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            throw Wrong(name, "a list");
        }

        bool drops = name == "IgnoreSkuPriceListFieldsWhenEmpty";
        string fields = drops ? "SkuPriceListFieldsThatAreSet" : name;
        HashSet<int> set = drops ? DropWhenEmpty : _fields[name] = [];
        foreach (JsonElement item in value.EnumerateArray())
        {
            if (!Enums.Exists(fields))
            {
                // The fields of accounts are not documented; any may be named.
                continue;
            }

            set.Add(Shapes.Enum(fields, item, names: true) ?? throw NorceException.Bad($"{Name}: {name} has no {item.GetRawText()}. Known: {string.Join(", ", Enums.Names(fields))}."));
        }
    }

    private static NorceException Wrong(string member, string wanted) => NorceException.Bad($"{Name}: {member} must be {wanted}.");
}
