using System.Text.Json;
using Junipeer.Sandbox.Norce.Data;

namespace Junipeer.Sandbox.Norce.Connect;

/// <summary>Applies rows of one import.</summary>
internal interface IImporter
{
    /// <summary>Applies one row; what is wrong with it goes to the job's log.</summary>
    void Apply(JsonElement row);

    /// <summary>What remains when all rows are in, such as what a full file did not hold.</summary>
    void Finish();
}

/// <summary>A row cannot be imported; the message goes to the job's log.</summary>
internal sealed class RowException(string message, bool unknown = false) : Exception(message)
{
    /// <summary>Whether the row names something that does not exist.</summary>
    public bool Unknown => unknown;
}

/// <summary>One job at work: its header, the database, and what it counts.</summary>
internal sealed class ImportRun(NorceSandbox sandbox, ImportJob job)
{
    private readonly HashSet<Row> _fresh = [];
    private int _number;
    private JsonElement _row;

    public NorceSandbox Sandbox => sandbox;

    public NorceWorld World => sandbox.World;

    public ImportHeader Header => job.Header;

    public int ApplicationId => job.ApplicationId;

    public int By => job.Header.AccountId;

    /// <summary>Whether an announced field that a row does not have is emptied.</summary>
    public bool Clears => sandbox.Quirks["missingListedField"] == "clear";

    public void Row(int number, JsonElement row, Action<JsonElement> apply)
    {
        (_number, _row) = (number, row);
        _fresh.Clear();
        try
        {
            apply(row);
        }
        catch (RowException wrong)
        {
            if (wrong.Unknown && sandbox.Quirks["unknownKeys"] == "silent")
            {
                return;
            }

            job.Log(3, wrong.Message, World.Now, row, number);
        }
    }

    public void Warn(string message) => job.Log(2, message, World.Now, _row, _number);

    public Row Insert(string table, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        job.Inserts++;
        Row row = World.Add(World[table], World.Now, By, values);
        _fresh.Add(row);
        return row;
    }

    /// <summary>Sets cells; counted as an update only when one of them changes, and when the row was not made a moment ago.</summary>
    public bool Update(string table, Row row, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        if (_fresh.Contains(row))
        {
            World.Set(table, row, null, values);
            return false;
        }

        bool changed = World.Set(table, row, By, values);
        job.Updates += changed ? 1 : 0;
        return changed;
    }

    /// <summary>Sets cells that only tell when somebody looked, without making the row changed.</summary>
    public void Stamp(string table, Row row, params ReadOnlySpan<string> columns)
    {
        object?[] cells = [.. row.Cells];
        foreach (string column in columns)
        {
            cells[row.Type.Index(column)] = World.Now;
        }

        World[table].Change(row, cells);
    }

    public bool Announces(string list, string field) => Header.Announces(list, field);

    /// <summary>
    /// Takes a field over when it was announced: its value, or nothing when the row does not have it. A new row keeps
    /// the default for what it does not have.
    /// </summary>
    public void Take(List<(string, object?)> sets, EntityType type, bool created, string list, string field, JsonElement row, string member, string column)
    {
        if (!Announces(list, field))
        {
            return;
        }

        Column target = type.Columns[type.Index(column)];
        if (row.Get(member) is { } value)
        {
            sets.Add((column, Convert(target, value)));
        }
        else if (!created && Clears)
        {
            sets.Add((column, target.Nullable ? null : NorceWorld.Empty(target.Type)));
        }
    }

    public static object? Convert(Column column, JsonElement value) => column.Type switch
    {
        EdmType.String => value.GetString(),
        EdmType.Int32 => value.ValueKind == JsonValueKind.Number ? Box.Of(value.GetInt32()) : throw new RowException($"{column.Name} takes a number here."),
        EdmType.Decimal => value.GetDecimal(),
        EdmType.Boolean => Box.Of(value.GetBoolean()),
        EdmType.DateTimeOffset => Shapes.Instant(value.GetString()!),
        _ => throw new InvalidOperationException($"{column.Name} cannot be imported."),
    };

    /// <summary>Keeps what has no column, as it came.</summary>
    public static void Keep(Row row, string name, JsonElement? value)
    {
        if (value is { } json)
        {
            (row.Extras ??= [])[name] = json.GetRawText();
        }
    }
}
