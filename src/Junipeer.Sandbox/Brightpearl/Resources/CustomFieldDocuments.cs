using System.Globalization;
using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Brightpearl.World;

namespace Junipeer.Sandbox.Brightpearl.Resources;

/// <summary>Custom fields: values by code, and their definitions (https://api-docs.brightpearl.com/order/order-customfields/get.html).</summary>
internal static class CustomFieldDocuments
{
    public static void Values(DocWriter doc, string name, CustomValue[] values)
    {
        doc.Open(name);
        Members(doc, values);
        doc.Close();
    }

    /// <summary>Text as text, numbers as JSON numbers, yes/no as booleans, dates at midnight account time, a select as id and value.</summary>
    public static void Members(DocWriter doc, CustomValue[] values)
    {
        foreach ((CustomField field, object value) in values)
        {
            switch (field.Type)
            {
                case "INTEGER":
                    doc.Int(field.Code, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                    break;
                case "YES_NO":
                    doc.Bool(field.Code, (bool)value);
                    break;
                case "DATE":
                    doc.At(field.Code, doc.Sandbox.Time.MidnightLocal((int)value));
                    break;
                case "SELECT":
                    doc.Open(field.Code).Int("id", (int)value).Str("value", Array.Find(field.Options, o => o.Id == (int)value).Value).Close();
                    break;
                default:
                    doc.Str(field.Code, (string)value);
                    break;
            }
        }
    }

    public static void Nulls(DocWriter doc, Table<CustomField> fields, CustomValue[] values)
    {
        doc.OpenArray("nullCustomFields");
        foreach (CustomField field in fields.Rows())
        {
            if (!values.Any(v => v.Field.Id == field.Id))
            {
                doc.Json.WriteStringValue(field.Code);
            }
        }

        doc.CloseArray();
    }

    public static void Definition(DocWriter doc, CustomField field)
    {
        doc.Int("id", field.Id).Str("code", field.Code).Str("name", field.Name).Str("customFieldType", field.Type).Bool("required", field.Required);
        if (field.Options.Length == 0)
        {
            return;
        }

        doc.Open("options");
        foreach ((int id, string value) in field.Options)
        {
            doc.Open(id.ToString(CultureInfo.InvariantCulture)).Int("id", id).Str("value", value).Close();
        }

        doc.Close();
    }
}
