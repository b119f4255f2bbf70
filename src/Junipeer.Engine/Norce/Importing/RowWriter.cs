using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Junipeer.Operations;
using Junipeer.Records;

namespace Junipeer.Norce.Importing;

/// <summary>What is wrong with a row.</summary>
internal sealed record RowProblem(string ErrorId, string Reason);

/// <summary>
/// Writes rows as Connect takes them: its spelling of names, its types, names of enumerations as numbers, instants in UTC.
/// Finds out which fields a row sets and what is wrong with it. Null counts as not given.
/// </summary>
internal sealed class RowWriter(ImportBook book)
{
    private readonly string?[] _key = new string?[book.Key.Length];
    private (string Name, ImportField Field, int Required)[] _before = [];
    private UInt128 _fields;
    private RowProblem? _problem;

    /// <summary>Writes a row; what is wrong with it is returned, and then nothing that was written counts.</summary>
    /// <exception cref="JunipeerException">It has a field that this kind does not have: a mistake of the whole input, not of one row.</exception>
    public RowProblem? Write(Utf8JsonWriter json, IReadOnlyDictionary<string, object?> row, out UInt128 fields)
    {
        (_fields, _problem) = (0, null);
        Array.Clear(_key);
        WriteObject(json, book.Root, row, string.Empty);
        fields = _fields;
        return _problem;
    }

    /// <summary>The texts of the last row's key, in the order of <see cref="ImportBook.Key"/>; null for what is not there or no text.</summary>
    public ReadOnlySpan<string?> Key => _key;

    /// <summary>A value as it is given.</summary>
    public static void WriteAny(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case string text: json.WriteStringValue(text); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case DateTimeOffset instant: json.WriteStringValue(Instants.ToIso(instant.ToUniversalTime())); break;
            case DateTime time: json.WriteStringValue(Instants.ToIso(new DateTimeOffset(time).ToUniversalTime())); break;
            case DateOnly date: json.WriteStringValue(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)); break;
            case int or long or short or byte: json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture)); break;
            case decimal number: json.WriteNumberValue(number); break;
            case double or float: json.WriteNumberValue(Convert.ToDecimal(value, CultureInfo.InvariantCulture)); break;
            case IReadOnlyDictionary<string, object?> nested:
                json.WriteStartObject();
                foreach (var (name, inner) in nested)
                {
                    if (inner is null) continue;
                    json.WritePropertyName(name);
                    WriteAny(json, inner);
                }

                json.WriteEndObject();
                break;
            case IEnumerable several:
                json.WriteStartArray();
                foreach (var item in several) WriteAny(json, item);
                json.WriteEndArray();
                break;
            default: json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteObject(Utf8JsonWriter json, ImportLevel level, IReadOnlyDictionary<string, object?> row, string path)
    {
        json.WriteStartObject();
        int at = 0, there = 0;
        if (row.GetType() == typeof(Dictionary<string, object?>)) // nearly always, and cheaper than by the interface
        {
            foreach (var (name, value) in Unsafe.As<Dictionary<string, object?>>(row)) there |= WriteField(json, level, name, value, at++, path);
        }
        else
        {
            foreach (var (name, value) in row) there |= WriteField(json, level, name, value, at++, path);
        }

        json.WriteEndObject();
        if (there == (1 << level.Required.Length) - 1) return;
        foreach (var field in level.Required)
        {
            if (RowRules.Value(row, field.Name) is not { } given || (given is string text && string.IsNullOrWhiteSpace(text)))
                Refuse("Junipeer.Norce.MissingField", $"{path}{field.Name} is missing.");
        }
    }

    /// <summary>Writes a field; tells the bit of a required one that is there under its own name.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int WriteField(Utf8JsonWriter json, ImportLevel level, string name, object? value, int at, string path)
    {
        var (field, required) = level == book.Root ? RootField(name, at) : Field(level, name);
        if (field is null) throw UnknownField(level, name, path);
        if (value is null || (value is string { Length: 0 } && field.Kind != FieldKind.Text)) return 0;
        if (field.Bit >= 0) _fields |= UInt128.One << field.Bit;
        json.WritePropertyName(field.Label);
        WriteValue(json, field, value, path + field.Name);
        return required != 0 && value is string text && IsBlank(text) ? 0 : required;
    }

    /// <summary>Rows mostly have the names of the row before, in the same order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (ImportField? Field, int Required) RootField(string name, int at)
    {
        if (at < _before.Length && _before[at].Name == name) return (_before[at].Field, _before[at].Required);
        var (field, required) = Field(book.Root, name);
        if (field is null) return (null, 0);
        if (at >= _before.Length) Array.Resize(ref _before, at + 1);
        _before[at] = (name, field, required);
        return (field, required);
    }

    private static (ImportField? Field, int Required) Field(ImportLevel level, string name) =>
        level.Find(name) is { } field ? (field, field.Name == name ? field.RequiredBit : 0) : (null, 0);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteValue(Utf8JsonWriter json, ImportField field, object value, string path)
    {
        switch (field.Kind)
        {
            case FieldKind.Text:
                var text = value as string ?? Text(value);
                if (text.Length > 0 && (char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]))) text = text.Trim();
                if (field.KeyPlace >= 0 && text.Length > 0) _key[field.KeyPlace] = text;
                if (text.Length > field.MostLength) Refuse("Junipeer.Norce.TooLong", $"{path} has {text.Length} characters; it takes {field.MostLength}.");
                json.WriteStringValue(text);
                break;
            case FieldKind.Decimal or FieldKind.Price:
                if (Number(value) is not { } number) Refuse("Junipeer.Norce.BadField", $"{path} takes a number, not '{Text(value)}'.", json);
                else if (field.Kind == FieldKind.Price && number == 0) Refuse("Junipeer.Norce.PriceZero", $"{path} is 0, which Norce ignores: a price is ended with IsActive false, and a field that is not to change is left out.", json);
                else if (field.Kind == FieldKind.Price && number < 0) Refuse("Junipeer.Norce.BadField", $"{path} is negative.", json);
                else json.WriteNumberValue(number);
                break;
            case FieldKind.Integer:
                if (Number(value) is not { } whole || whole != decimal.Truncate(whole) || Math.Abs(whole) > int.MaxValue) Refuse("Junipeer.Norce.BadField", $"{path} takes a whole number, not '{Text(value)}'.", json);
                else json.WriteNumberValue((long)whole);
                break;
            case FieldKind.Boolean:
                if (Flag(value) is not { } flag) Refuse("Junipeer.Norce.BadField", $"{path} takes true or false, not '{Text(value)}'.", json);
                else json.WriteBooleanValue(flag);
                break;
            case FieldKind.Instant:
                if (Instant(value) is not { } instant) Refuse("Junipeer.Norce.BadField", $"{path} takes a time, not '{Text(value)}'.", json);
                else json.WriteStringValue(Instants.ToIso(instant));
                break;
            case FieldKind.Guid:
                if (!Guid.TryParse(Text(value), out var id)) Refuse("Junipeer.Norce.BadField", $"{path} takes a GUID, not '{Text(value)}'.", json);
                else json.WriteStringValue(id);
                break;
            case FieldKind.Enum:
                WriteEnum(json, field, value, path);
                break;
            case FieldKind.Object when value is IReadOnlyDictionary<string, object?> nested:
                WriteObject(json, field.Level!, nested, path + ".");
                break;
            case FieldKind.Array when value is not string && value is IEnumerable several && value is not IReadOnlyDictionary<string, object?>:
                json.WriteStartArray();
                var at = 0;
                foreach (var item in several) WriteItem(json, field, item, $"{path}[{at++}]");
                json.WriteEndArray();
                break;
            case FieldKind.Array when value is IReadOnlyDictionary<string, object?> single:
                json.WriteStartArray();
                WriteObject(json, field.Level!, single, path + "[0].");
                json.WriteEndArray();
                break;
            case FieldKind.Any:
                WriteAny(json, value);
                break;
            default:
                Refuse("Junipeer.Norce.BadField", $"{path} takes {(field.Kind == FieldKind.Array ? "a list of objects" : "an object")}, not '{Text(value)}'.", json);
                break;
        }
    }

    private void WriteItem(Utf8JsonWriter json, ImportField field, object? item, string path)
    {
        if (item is IReadOnlyDictionary<string, object?> nested) WriteObject(json, field.Level!, nested, path + ".");
        else Refuse("Junipeer.Norce.BadField", $"{path} is no object.", json);
    }

    private void WriteEnum(Utf8JsonWriter json, ImportField field, object value, string path)
    {
        var text = Text(value).Trim();
        if (field.Values!.TryGetValue(text, out var named)) json.WriteNumberValue(named);
        else if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && (field.TakesOtherValues || field.Values.Values.Contains(number))) json.WriteNumberValue(number);
        else Refuse("Junipeer.Norce.BadField", $"{path} takes {string.Join(", ", field.Values.Select(v => $"{v.Key} ({v.Value})"))}, not '{text}'.", json);
    }

    /// <summary>The first thing that is wrong is told; a value must follow a name all the same.</summary>
    private void Refuse(string id, string reason, Utf8JsonWriter? json = null)
    {
        _problem ??= new RowProblem(id, reason);
        json?.WriteNullValue();
    }

    private JunipeerException UnknownField(ImportLevel level, string name, string path)
    {
        var near = level.Fields.Select(f => f.Name).OrderBy(f => NorceCatalogue.Distance(name.ToLowerInvariant(), f.ToLowerInvariant())).Take(3);
        return new JunipeerException(new JunipeerFault("Junipeer.Norce.UnknownField", FaultCategory.InvalidArgument,
            $"An import of {book.Kind} has no field '{path}{name}'. Close to it: {string.Join(", ", near)}.",
            $"Select the fields to send, for example: ... | Select-Object {string.Join(", ", book.Key)}, {level.Fields.FirstOrDefault(f => f.Bit >= 0)?.Name} | Invoke-NorceImport -Kind {book.Kind}. Nothing of this row or after it was sent.")
        { Target = path + name, System = NorceCatalogue.System });
    }

    private static bool IsBlank(string text) => text.Length == 0 || (char.IsWhiteSpace(text[0]) && string.IsNullOrWhiteSpace(text));

    private static string Text(object value) => value switch
    {
        string text => text,
        IReadOnlyDictionary<string, object?> => "an object",
        IEnumerable => "a list",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty,
    };

    private static decimal? Number(object value) => value switch
    {
        decimal number => number,
        int or long or short or byte or double or float => Convert.ToDecimal(value, CultureInfo.InvariantCulture),
        string text => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
        _ => null,
    };

    private static bool? Flag(object value) => value switch
    {
        bool flag => flag,
        string text when bool.TryParse(text, out var flag) => flag,
        string and "1" => true,
        string and "0" => false,
        _ => null,
    };

    private static DateTimeOffset? Instant(object value) => value switch
    {
        DateTimeOffset instant => instant.ToUniversalTime(),
        DateTime time => new DateTimeOffset(time).ToUniversalTime(),
        DateOnly date => new DateTimeOffset(date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero),
        string text => NorceRow.Time(text),
        _ => null,
    };
}
