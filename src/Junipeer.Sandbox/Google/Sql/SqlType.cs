using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

/// <summary>The type of an expression. Kind is null for a NULL that nothing has given a type.</summary>
internal sealed record SqlType(FieldType? Kind, bool Array = false, IReadOnlyList<Field>? Members = null)
{
    public static readonly SqlType Untyped = new((FieldType?)null);
    public static readonly SqlType Bool = new(FieldType.Boolean);
    public static readonly SqlType Integer = new(FieldType.Integer);
    public static readonly SqlType Float = new(FieldType.Float);
    public static readonly SqlType Text = new(FieldType.String);
    public static readonly SqlType Timestamp = new(FieldType.Timestamp);

    public IReadOnlyList<Field> Fields => Members ?? [];

    public bool Numeric => !Array && Kind is FieldType.Integer or FieldType.Float or FieldType.Numeric or FieldType.BigNumeric;

    public bool Scalar => !Array && Kind is not (null or FieldType.Record);

    public bool Orderable => !Array && Kind is not (FieldType.Record or FieldType.Json);

    public SqlType Element => this with { Array = false };

    public static SqlType Of(Field field) => new(field.Type, field.Repeated, field.Type == FieldType.Record ? field.Fields : null);

    public static SqlType Of(FieldType kind) => new(kind);

    public Field ToField(string name) =>
        new(name, Kind ?? FieldType.Integer, Array ? FieldMode.Repeated : FieldMode.Nullable) { Fields = Fields };

    public bool Same(SqlType other) => Kind == other.Kind && Array == other.Array
        && Fields.Count == other.Fields.Count && Fields.Zip(other.Fields).All(p => Of(p.First).Same(Of(p.Second)));

    public override string ToString() => Kind is null ? "NULL" : ToField("x").SqlType;
}
