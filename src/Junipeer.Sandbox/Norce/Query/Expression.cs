using Junipeer.Sandbox.Norce.Data;
using Junipeer.Sandbox.Norce.Front;

namespace Junipeer.Sandbox.Norce.Query;

/// <summary>A typed value that is worked out for a row; no type is the literal null.</summary>
internal sealed record Expression(EdmType? Type, Func<Row, object?> Eval)
{
    public static Expression Constant(EdmType? type, object? value) => new(type, _ => value);

    private bool Numeric => Type is EdmType.Int32 or EdmType.Int64 or EdmType.Decimal;

    public static Expression Compare(string operation, Expression a, Expression b)
    {
        if (a.Type is not null && b.Type is not null && a.Type != b.Type && !(a.Numeric && b.Numeric))
        {
            throw NorceException.Bad($"The query specified in the URI is not valid. A binary operator with incompatible types was detected. Found operand types '{Edm(a.Type)}' and '{Edm(b.Type)}' for operator kind '{Kind(operation)}'.");
        }

        Func<Row, object?> x = a.Eval, y = b.Eval;
        return operation switch
        {
            "eq" => Of(r => RowTable.CompareValues(x(r), y(r)) == 0),
            "ne" => Of(r => RowTable.CompareValues(x(r), y(r)) != 0),
            "gt" => Ordered(o => o > 0),
            "ge" => Ordered(o => o >= 0),
            "lt" => Ordered(o => o < 0),
            _ => Ordered(o => o <= 0),
        };

        // Nothing is greater or less than null.
        Expression Ordered(Func<int, bool> holds) => Of(r => x(r) is { } left && y(r) is { } right && holds(RowTable.CompareValues(left, right)));
    }

    public static Expression Of(Func<Row, bool> test) => new(EdmType.Boolean, r => Box.Of(test(r)));

    public bool Holds(Row row) => Eval(row) is true;

    /// <summary>As a condition; only what is true or false can be one.</summary>
    public Expression Condition() => Type is EdmType.Boolean or null ? this : throw NorceException.Bad("The query specified in the URI is not valid. The $filter expression must evaluate to a single boolean value.");

    public static string Edm(EdmType? type) => type is null ? "<null>" : "Edm." + type;

    private static string Kind(string operation) => operation switch { "eq" => "Equal", "ne" => "NotEqual", "gt" => "GreaterThan", "ge" => "GreaterThanOrEqual", "lt" => "LessThan", _ => "LessThanOrEqual" };
}
