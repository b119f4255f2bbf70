using System.Text.Json;
using Junipeer.Sandbox.Norce.Data;

namespace Junipeer.Sandbox.Norce.Query;

/// <summary>Writes rows as JSON, with what was expanded.</summary>
internal sealed class RowWriter(Utf8JsonWriter json, NameRules names)
{
    public void Write(Row row, QuerySpec spec)
    {
        json.WriteStartObject();
        object?[] cells = row.Cells;
        foreach (Column column in spec.Columns)
        {
            json.WritePropertyName(names.Write(column));
            Value(json, cells[column.Index]);
        }

        foreach ((Navigation way, QuerySpec inner) in spec.Expand)
        {
            json.WritePropertyName(names.Write(way));
            IReadOnlyList<Row> found = names.Follow(row, way);
            if (way.Many)
            {
                json.WriteStartArray();
                foreach (Row child in QueryRun.Page(inner, found, inner.Top ?? int.MaxValue).Rows)
                {
                    Write(child, inner);
                }

                json.WriteEndArray();
            }
            else if (found.Count > 0)
            {
                Write(found[0], inner);
            }
            else
            {
                json.WriteNullValue();
            }
        }

        json.WriteEndObject();
    }

    public static void Value(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case string text: json.WriteStringValue(text); break;
            case int number: json.WriteNumberValue(number); break;
            case long big: json.WriteNumberValue(big); break;
            case decimal amount: json.WriteNumberValue(amount); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case DateTime at: json.WriteStringValue(at); break;
            case Guid guid: json.WriteStringValue(guid); break;
            default: throw new InvalidOperationException($"A cell holds a {value.GetType().Name}.");
        }
    }
}
