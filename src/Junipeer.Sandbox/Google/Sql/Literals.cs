using System.Globalization;
using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

/// <summary>Values written into a query.</summary>
internal static class Literals
{
    public static LiteralExpr Number(Token token, bool negative)
    {
        string text = (negative ? "-" : string.Empty) + token.Text;
        if (token.Kind == TokenKind.Integer)
        {
            return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole)
                ? new LiteralExpr(SqlType.Integer, whole)
                : throw token.Error($"Invalid integer literal: {token.Text}");
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? new LiteralExpr(SqlType.Float, number)
            : throw token.Error($"Invalid floating point literal: {token.Text}");
    }

    public static LiteralExpr Typed(FieldType type, Token text) => ValueParser.Parse(type, text.Text) is { } value
        ? new LiteralExpr(SqlType.Of(type), value)
        : throw text.Error($"Invalid {TypeNames.Sql(type)} literal");

    public static string Quote(string text) => "'" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) + "'";
}
