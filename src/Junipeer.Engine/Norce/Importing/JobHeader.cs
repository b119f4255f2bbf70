using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Junipeer.Operations;

namespace Junipeer.Norce.Importing;

/// <summary>
/// Writes the one line that says which fields an import may touch. A field in the body that is not announced is ignored,
/// and an announced one that is not in the body may be emptied, so exactly the fields of the rows are announced, with the
/// names of what they are nested in.
/// </summary>
internal sealed class JobHeader
{
    /// <summary>What the module decides itself.</summary>
    private static readonly string[] Ours = ["AccountId", "FullFile", "SerializationType", "JobId", "StorageName"];

    private readonly ImportBook _book;
    private readonly int _account;
    private readonly bool _fullFile;
    private readonly Dictionary<string, string> _instead = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<string>> _more = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<(string Name, object? Value)> _plain = [];

    public JobHeader(ImportBook book, NorceImportRequest request)
    {
        (_book, _account, _fullFile) = (book, request.Connection.AccountId, request.FullFile);
        foreach (var name in request.CreateOnly) AddCreateOnly(name);
        foreach (var (name, value) in request.Header) AddMember(name, value);
    }

    /// <summary>The header for rows with these fields: one line, ASCII alone.</summary>
    public string Line(UInt128 fields)
    {
        var lists = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        for (var bit = 0; bit < _book.Announced.Count; bit++)
        {
            if ((fields & (UInt128.One << bit)) == 0) continue;
            var field = _book.Announced[bit];
            if (!lists.TryGetValue(field.List!, out var names)) lists[field.List!] = names = [];
            names.Add(_instead.GetValueOrDefault($"{field.List}/{field.Announced}", field.Announced));
        }

        foreach (var (list, names) in _more)
        {
            var known = lists.Keys.FirstOrDefault(k => k.Equals(list, StringComparison.OrdinalIgnoreCase)) ?? list;
            lists[known] = lists.TryGetValue(known, out var there) ? there.Union(names, StringComparer.Ordinal).ToList() : names;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer)) // escapes everything outside ASCII
        {
            json.WriteStartObject();
            json.WriteNumber("AccountId", _account);
            if (_book.TakesFullFile) json.WriteBoolean("FullFile", _fullFile);
            foreach (var (list, names) in lists)
            {
                json.WriteStartArray(list);
                foreach (var name in names) json.WriteStringValue(name);
                json.WriteEndArray();
            }

            foreach (var (name, value) in _plain)
            {
                json.WritePropertyName(name);
                RowWriter.WriteAny(json, value);
            }

            json.WriteNumber("SerializationType", 0);
            json.WriteEndObject();
        }

        return Encoding.ASCII.GetString(buffer.WrittenSpan);
    }

    private void AddCreateOnly(string name)
    {
        var found = _book.Announced.Where(f => f.Announced.Equals(name, StringComparison.OrdinalIgnoreCase) && ImportBook.NamesOf(f.List!).Contains(f.Announced + "CreateOnly")).ToArray();
        if (found.Length == 0)
        {
            var able = _book.Announced.Where(f => ImportBook.NamesOf(f.List!).Contains(f.Announced + "CreateOnly")).Select(f => f.Announced).Distinct().ToArray();
            throw Bad($"'{name}' cannot be set on creation only{(able.Length == 0 ? $" by an import of {_book.Kind}" : string.Empty)}.",
                able.Length == 0 ? "Leave -CreateOnly out." : $"It is possible for: {string.Join(", ", able)}.", name);
        }

        foreach (var field in found) _instead[$"{field.List}/{field.Announced}"] = field.Announced + "CreateOnly";
    }

    private void AddMember(string name, object? value)
    {
        if (Ours.Contains(name, StringComparer.OrdinalIgnoreCase)) throw Bad($"'{name}' of the header is set by the module.", "Use -FullFile, and -AccountId of Connect-Norce.", name);
        if (!name.EndsWith("FieldsThatAreSet", StringComparison.OrdinalIgnoreCase))
        {
            _plain.Add((name, value));
            return;
        }

        var names = (value is string or not IEnumerable ? [value] : ((IEnumerable)value).Cast<object?>()).Select(v => Convert.ToString(v, CultureInfo.InvariantCulture) ?? string.Empty).ToList();
        var known = ImportBook.NamesOf(name);
        if (known.Count > 0 && names.Find(n => !known.Contains(n, StringComparer.OrdinalIgnoreCase)) is { } wrong)
            throw Bad($"The list {name} of the header has no '{wrong}'.", $"It has: {string.Join(", ", known)}.", wrong);
        _more[name] = known.Count == 0 ? names : names.Select(n => known.First(k => k.Equals(n, StringComparison.OrdinalIgnoreCase))).ToList();
    }

    private static JunipeerException Bad(string message, string action, string target) =>
        new(new JunipeerFault("Junipeer.Norce.BadImportHeader", FaultCategory.InvalidArgument, message, action) { Target = target, System = NorceCatalogue.System });
}
