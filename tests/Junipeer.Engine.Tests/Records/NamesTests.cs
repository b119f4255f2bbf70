using Junipeer.Brightpearl;
using Junipeer.Records;
using Xunit;

namespace Junipeer.Tests.Records;

public sealed class NamesTests
{
    [Theory]
    [InlineData("delivery.deliveryDate", "delivery_delivery_date")]
    [InlineData("SKU", "sku")]
    [InlineData("SKUText", "sku_text")]
    [InlineData("countryIsoCode3", "country_iso_code3")]
    [InlineData("orderTypeID", "order_type_id")]
    [InlineData("already_snake", "already_snake")]
    [InlineData("with-dash and space", "with_dash_and_space")]
    [InlineData("postAddressIds.DEF", "post_address_ids_def")]
    [InlineData("x2Y", "x2_y")]
    [InlineData("日本", "")]
    public void Paths_become_names_of_columns(string path, string name) => Assert.Equal(name, Names.ToSnake(path));

    [Theory]
    [InlineData("order", "Order")]
    [InlineData("product-price", "ProductPrice")]
    public void Resources_become_names_of_types(string resource, string type) => Assert.Equal(type, Names.ToPascal(resource));

    /// <summary>Two columns of one name would silently share a place, whatever their case.</summary>
    [Fact]
    public void No_table_of_the_catalogue_has_a_column_twice_and_no_two_resources_a_table()
    {
        var tables = Catalogue.Entries.SelectMany(e => new DocumentMap(e.Document).Schema.Tables).ToArray();
        Assert.All(tables, t => Assert.Equal(t.Columns.Count, t.Columns.Select(c => c.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count()));
        Assert.All(tables.SelectMany(t => t.Columns), c => Assert.Matches("^[a-z][a-z0-9_]*$", c.Name));
        Assert.Equal(tables.Length, tables.Select(t => t.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }
}
