using System.Text;

namespace Junipeer.Records;

/// <summary>How the systems' camelCase names become a warehouse's snake_case names.</summary>
public static class Names
{
    /// <summary><c>delivery.deliveryDate</c> becomes <c>delivery_delivery_date</c>, <c>SKU</c> becomes <c>sku</c>.</summary>
    public static string ToSnake(string path)
    {
        var text = new StringBuilder(path.Length + 8);
        for (var i = 0; i < path.Length; i++)
        {
            var c = path[i];
            if (!char.IsAsciiLetterOrDigit(c))
            {
                if (text.Length > 0 && text[^1] != '_') text.Append('_');
                continue;
            }

            // A capital begins a word after a small letter or digit, and before a small letter (the T of "SKUText").
            var begins = char.IsAsciiLetterUpper(c) && i > 0 &&
                (char.IsAsciiLetterLower(path[i - 1]) || char.IsAsciiDigit(path[i - 1]) ||
                 (char.IsAsciiLetterUpper(path[i - 1]) && i + 1 < path.Length && char.IsAsciiLetterLower(path[i + 1])));
            if (begins && text.Length > 0 && text[^1] != '_') text.Append('_');
            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString().Trim('_');
    }

    /// <summary><c>product-price</c> becomes <c>ProductPrice</c>, as in the type name of a pipeline record.</summary>
    public static string ToPascal(string resource) =>
        string.Concat(resource.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
}
