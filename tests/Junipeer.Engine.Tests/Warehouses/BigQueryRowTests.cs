using System.Globalization;
using System.Numerics;
using System.Text;
using Junipeer.Warehouses.BigQuery;
using Xunit;

namespace Junipeer.Engine.Tests.Warehouses;

/// <summary>What rows become on their way into BigQuery.</summary>
public sealed class BigQueryRowTests
{
    [Theory]
    [InlineData("0", true)]
    [InlineData("-0.000", true)]
    [InlineData("99999999999999999999999999999.999999999", true)]
    [InlineData("100000000000000000000000000000", false)]
    [InlineData("0.1234567890", true)]
    [InlineData("0.1234567891", false)]
    [InlineData("1e28", true)]
    [InlineData("1e29", false)]
    [InlineData("-1.5E-8", true)]
    [InlineData("1.5E-9", false)]
    [InlineData("0e99", true)]
    public void NUMERIC_takes_29_digits_and_9_decimals(string text, bool fits) => Assert.Equal(fits, RowLines.FitsNumeric(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void What_fits_is_what_arithmetic_says()
    {
        var random = new Random(3);
        for (var i = 0; i < 20_000; i++)
        {
            var digits = string.Concat(Enumerable.Range(0, random.Next(1, 40)).Select(_ => random.Next(3) == 0 ? (char)('0' + random.Next(10)) : '0'));
            var scale = random.Next(0, 15);
            var exponent = random.Next(-12, 13);
            var text = $"{(random.Next(2) == 0 ? "-" : "")}{(scale < digits.Length ? digits[..^scale] : "0")}{(scale > 0 ? "." + digits.PadLeft(scale, '0')[^scale..] : "")}{(random.Next(2) == 0 ? "" : "e" + exponent.ToString(CultureInfo.InvariantCulture))}";
            var shift = (text.Contains('e', StringComparison.Ordinal) ? exponent : 0) - scale;

            // In billionths: a whole number, and smaller than ten to the power of 38.
            var value = BigInteger.Parse(digits, CultureInfo.InvariantCulture);
            var power = shift + 9;
            var isWhole = power >= 0 || value % BigInteger.Pow(10, -power) == 0;
            var billionths = power >= 0 ? value * BigInteger.Pow(10, power) : value / BigInteger.Pow(10, -power);
            Assert.True((isWhole && billionths < BigInteger.Pow(10, 38)) == RowLines.FitsNumeric(Encoding.ASCII.GetBytes(text)), text);
        }
    }

    [Fact]
    public void Spans_cover_every_month_once_and_are_few()
    {
        var random = new Random(5);
        for (var i = 0; i < 2_000; i++)
        {
            var dates = new RecordDates();
            var days = Enumerable.Range(0, random.Next(1, 40)).Select(_ => new DateOnly(1970, 1, 1).AddDays(random.Next(i % 2 == 0 ? 400 : 40_000))).ToArray();
            foreach (var day in days) dates.Add(day);
            var apart = random.Next(1, 30);
            var spans = dates.Spans(apart);
            Assert.All(spans.Zip(spans.Skip(1)), p => Assert.True(p.Second.From.DayNumber - p.First.To.DayNumber > (apart - 1) * 28));
            Assert.InRange(spans.Count, 1, RecordDates.MostSpans);
            Assert.All(days, d => Assert.Single(spans, s => s.From <= d && d <= s.To));
            Assert.Equal(new DateOnly(days.Min().Year, days.Min().Month, 1), spans[0].From);
            Assert.All(spans.Zip(spans.Skip(1)), p => Assert.True(p.First.To < p.Second.From));
        }
    }

    [Theory]
    [InlineData(0, 4, 12_000)]
    [InlineData(130L << 20, 4, 23)]
    [InlineData(5L << 30, 4, 1)]
    public void A_statement_of_its_own_must_save_more_than_it_costs(long bytes, int tables, int months) =>
        Assert.Equal(months, BigQueryCost.GapWorthAStatement(bytes, tables));

    [Fact]
    public void A_day_outside_of_what_divides_tables_stands_with_no_date()
    {
        Assert.Equal(new DateOnly(1970, 1, 1), RecordDates.DayOf(null));
        Assert.Equal(new DateOnly(1970, 1, 1), RecordDates.DayOf(new DateTime(1959, 12, 31).Ticks));
        Assert.Equal(new DateOnly(1970, 1, 1), RecordDates.DayOf(DateTime.MaxValue.Ticks));
        Assert.Equal(new DateOnly(2026, 3, 1), RecordDates.DayOf(new DateTime(2026, 3, 1, 23, 59, 59).Ticks));
    }
}
