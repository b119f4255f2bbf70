using System.Globalization;

namespace Junipeer.Sandbox.Brightpearl.World;

/// <summary>
/// Values of custom fields. They follow from the seed and the id until somebody sets one: a large account then
/// costs no memory for them.
/// </summary>
internal static class CustomFieldValues
{
    private static readonly string[] Words = ["north dock", "call first", "gift wrap", "fragile", "Größe prüfen", "a < b & c = d", "priority", "see e-mail", "\"quoted\"", "日本語のメモ", "hold until Friday", "line one\nline two"];

    public static Table<CustomField> FieldsOf(WorldState world, Order order) => order.IsPurchase ? world.PurchaseFields : world.SaleFields;

    public static Table<CustomField> FieldsOf(WorldState world, Contact contact) => contact.IsSupplier ? world.SupplierFields : world.CustomerFields;

    public static CustomValue[] Of(WorldState world, Order order) => order.Custom ?? Generate(FieldsOf(world, order), world.Seed, 3, order.Id);

    public static CustomValue[] Of(WorldState world, Product product) => product.Custom ?? Generate(world.ProductFields, world.Seed, 5, product.Id);

    public static CustomValue[] Of(WorldState world, Contact contact) =>
        contact.Custom ?? (contact.IsStaff ? [] : Generate(FieldsOf(world, contact), world.Seed, 7, contact.Id));

    public static CustomValue[] With(CustomValue[] values, CustomField field, object? value)
    {
        List<CustomValue> next = [.. values.Where(v => v.Field.Id != field.Id)];
        if (value is not null)
        {
            next.Add(new CustomValue(field, value));
        }

        return [.. next.OrderBy(v => v.Field.Id)];
    }

    private static CustomValue[] Generate(Table<CustomField> fields, int seed, int kind, int id)
    {
        ulong hash = Mix(((ulong)(uint)seed << 40) ^ ((ulong)kind << 34) ^ (uint)id);
        if (hash % 10 < 3)
        {
            return [];
        }

        List<CustomValue> values = [];
        foreach (CustomField field in fields.Rows())
        {
            hash = Mix(hash + (ulong)field.Id);
            if (hash % 100 >= (field.Required ? 100u : 45u))
            {
                continue;
            }

            ulong pick = hash >> 8;
            values.Add(new CustomValue(field, field.Type switch
            {
                "TEXT" or "TEXTAREA" => Words[pick % (ulong)Words.Length] + (field.Type == "TEXT" ? string.Empty : " " + (pick % 97).ToString(CultureInfo.InvariantCulture)),
                "INTEGER" => (long)(pick % 20_000),
                "YES_NO" => pick % 2 == 0,
                "DATE" => (int)(19_000 + (pick % 1_900)),
                _ => field.Options[pick % (ulong)field.Options.Length].Id,
            }));
        }

        return [.. values];
    }

    public static ulong Mix(ulong x)
    {
        x ^= x >> 30;
        x *= 0xbf58476d1ce4e5b9;
        x ^= x >> 27;
        x *= 0x94d049bb133111eb;
        return x ^ (x >> 31);
    }
}
