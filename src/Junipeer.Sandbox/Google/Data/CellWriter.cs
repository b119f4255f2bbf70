using System.Globalization;
using System.Text.Json;

namespace Junipeer.Sandbox.Google.Data;

internal enum TimestampFormat
{
    /// <summary>Seconds as floating text, which loses microseconds: the default of the REST API.</summary>
    FloatSeconds,
    Int64Micros,
    Iso8601,
}

/// <summary>Writes rows the way the REST API answers them: {"f":[{"v":"1"},{"v":null}]}.</summary>
internal sealed class CellWriter(TimestampFormat timestamps)
{
    public void WriteRow(Utf8JsonWriter writer, IReadOnlyList<Field> fields, object?[] row)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("f");
        for (int i = 0; i < fields.Count; i++)
        {
            writer.WriteStartObject();
            writer.WritePropertyName("v");
            WriteValue(writer, fields[i], RowSet.Get(row, i));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    public string Text(FieldType type, object value) => value switch
    {
        Instant instant => Timestamp(instant),
        DateTime time when type == FieldType.DateTime => TemporalText.DateTime(time),
        byte[] bytes => Convert.ToBase64String(bytes),
        _ => ValueText.Of(value),
    };

    private void WriteValue(Utf8JsonWriter writer, Field field, object? value)
    {
        if (field.Repeated)
        {
            // NULL and an empty array are the same thing in storage: both come back as [].
            writer.WriteStartArray();
            foreach (object? item in value as IReadOnlyList<object?> ?? [])
            {
                writer.WriteStartObject();
                writer.WritePropertyName("v");
                WriteOne(writer, field, item);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            return;
        }

        WriteOne(writer, field, value);
    }

    private void WriteOne(Utf8JsonWriter writer, Field field, object? value)
    {
        if (value is null)
        {
            writer.WriteNullValue();
        }
        else if (field.Type == FieldType.Record)
        {
            WriteRow(writer, field.Fields, (object?[])value);
        }
        else
        {
            writer.WriteStringValue(Text(field.Type, value));
        }
    }

    private string Timestamp(Instant instant) => timestamps switch
    {
        TimestampFormat.Int64Micros => instant.Micros.ToString(CultureInfo.InvariantCulture),
        TimestampFormat.Iso8601 => instant.Utc.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
        _ => Scientific(instant.Micros / 1e6),
    };

    // The shortest digits that mean the number, as 1.5E9.
    private static string Scientific(double number)
    {
        string[] parts = Math.Abs(number).ToString("E16", CultureInfo.InvariantCulture).Split('E');
        int exponent = int.Parse(parts[1], CultureInfo.InvariantCulture);
        string digits = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture).Split('E')[0].Replace(".", string.Empty, StringComparison.Ordinal).Trim('0');
        digits = digits.Length == 0 ? "0" : digits;
        string fraction = digits.Length > 1 ? digits[1..] : "0";
        return string.Create(CultureInfo.InvariantCulture, $"{(number < 0 ? "-" : string.Empty)}{digits[0]}.{fraction}E{exponent}");
    }
}

/// <summary>Values as text: what CAST to STRING gives and messages show.</summary>
internal static class ValueText
{
    public static string Of(object? value) => value switch
    {
        null => "NULL",
        bool flag => flag ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => Float(number),
        DateOnly date => TemporalText.Date(date),
        TimeOnly time => TemporalText.Time(time),
        DateTime time => TemporalText.Date(time) + " " + TemporalText.Time(time),
        _ => value.ToString()!,
    };

    private static string Float(double number)
    {
        if (!double.IsFinite(number))
        {
            return double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
        }

        string text = number.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text;
    }
}
