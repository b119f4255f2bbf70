using System.Globalization;
using System.Numerics;
using Junipeer.Sandbox.Google.Data;
using Xunit;

namespace Junipeer.Tests.GoogleSandbox;

public sealed class SqlPropertyTests
{
    [Fact]
    public void NumericTextComesBackUnchanged()
    {
        var random = new Random(1);
        for (var i = 0; i < 5000; i++)
        {
            var big = i % 2 == 0;
            var text = RandomNumber(random, big ? 38 : 29, big ? 38 : 9);
            Assert.True(Exact.TryParse(text, big, out var value), text);
            Assert.Equal(text, value.ToString());
            Assert.True(Exact.TryParse(value.ToString(), !big && false, out _) || big);
        }
    }

    [Fact]
    public void NumericArithmeticAgreesWithDecimal()
    {
        var random = new Random(2);
        var box = new SqlBox();
        for (var i = 0; i < 400; i++)
        {
            decimal a = Small(random), b = Small(random);
            box.Give("a", FieldType.Numeric, Parse(a)).Give("b", FieldType.Numeric, Parse(b));
            var expected = string.Join("|", new[]
            {
                a + b, a - b, Math.Round(a * b, 9, MidpointRounding.AwayFromZero), Math.Round(a, 2, MidpointRounding.AwayFromZero),
                Math.Sign(b) == 0 ? 0 : Math.Round(a / b, 9, MidpointRounding.AwayFromZero),
            }.Select(Plain)) + "|" + (a < b ? "true" : "false");
            Assert.Equal(expected, box.Rows("SELECT @a + @b, @a - @b, @a * @b, ROUND(@a, 2), IF(@b = 0, 0, SAFE_DIVIDE(@a, @b)), @a < @b"));
        }
    }

    [Theory]
    [InlineData("99999999999999999999999999999.999999999", false, true)]
    [InlineData("-99999999999999999999999999999.999999999", false, true)]
    [InlineData("100000000000000000000000000000", false, false)]
    [InlineData("99999999999999999999999999999.9999999995", false, false)]
    [InlineData("1e28", false, true)]
    [InlineData("1e29", false, false)]
    [InlineData("1.5E-3", false, true)]
    [InlineData("", false, false)]
    [InlineData("1.2.3", false, false)]
    [InlineData("0x1", false, false)]
    [InlineData("1,5", false, false)]
    [InlineData("578960446186580977117854925043439539266.34992332820282019728792003956564819967", true, true)]
    [InlineData("578960446186580977117854925043439539266.34992332820282019728792003956564819968", true, false)]
    public void NumericRange(string text, bool big, bool valid) => Assert.Equal(valid, Exact.TryParse(text, big, out _));

    [Theory]
    [InlineData("0.0000000005", "0.000000001")]
    [InlineData("-0.0000000005", "-0.000000001")]
    [InlineData("0.00000000049", "0")]
    [InlineData("1.0000000015", "1.000000002")]
    [InlineData("+7.50", "7.5")]
    [InlineData(".5", "0.5")]
    [InlineData("5.", "5")]
    [InlineData("-0", "0")]
    public void NumericRounding(string text, string expected)
    {
        Assert.True(Exact.TryParse(text, big: false, out var value));
        Assert.Equal(expected, value.ToString());
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void MergeAgreesWithANaiveModel(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 40; round++)
        {
            var box = new SqlBox().With("CREATE TABLE t (k INT64, v INT64)", "CREATE TABLE s (k INT64, v INT64)");
            var target = Rows(random, 12, distinct: false);
            var source = Rows(random, 12, distinct: random.Next(4) > 0);
            box.Store.Append(new TableRef("p", "d", "t"), target);
            box.Store.Append(new TableRef("p", "d", "s"), source);
            var (matched, insert, bySource) = (random.Next(4), random.Next(3), random.Next(3));
            var sql = "MERGE t USING s ON t.k = s.k"
                + (matched switch { 1 => " WHEN MATCHED THEN UPDATE SET v = s.v", 2 => " WHEN MATCHED AND s.v > t.v THEN UPDATE SET v = s.v + t.v WHEN MATCHED THEN DELETE", 3 => " WHEN MATCHED AND t.v IS NULL THEN DELETE", _ => string.Empty })
                + (insert switch { 1 => " WHEN NOT MATCHED THEN INSERT (k, v) VALUES (s.k, s.v)", 2 => " WHEN NOT MATCHED AND s.v > 3 THEN INSERT (v) VALUES (k)", _ => string.Empty })
                + (bySource switch { 1 => " WHEN NOT MATCHED BY SOURCE THEN DELETE", 2 => " WHEN NOT MATCHED BY SOURCE AND k > 3 THEN UPDATE SET v = -k", _ => string.Empty });
            if (!sql.Contains("WHEN", StringComparison.Ordinal))
            {
                continue;
            }

            var expected = Model(target, source, matched, insert, bySource);
            if (expected is null)
            {
                Assert.Equal("UPDATE/MERGE must match at most one source row for each target row", box.Error(sql));
                expected = target;
            }
            else
            {
                box.Run(sql);
            }

            Assert.Equal(Sorted(expected), Sorted(box.Table("t").Rows.All()));
        }
    }

    // Null when a target row is changed by more than one source row.
    private static List<object?[]>? Model(List<object?[]> target, List<object?[]> source, int matched, int insert, int bySource)
    {
        List<object?[]> result = [];
        foreach (var row in target)
        {
            var matches = source.Where(s => s[0] is long k && row[0] is long m && k == m).ToList();
            if (matches.Count == 0)
            {
                if (bySource == 1)
                {
                    continue;
                }

                result.Add(bySource == 2 && row[0] is long and > 3 ? [row[0], -(long)row[0]!] : row);
                continue;
            }

            List<object?[]?> done = [];
            foreach (var s in matches)
            {
                if (matched == 1)
                {
                    done.Add([row[0], s[1]]);
                }
                else if (matched == 2)
                {
                    done.Add(s[1] is long a && row[1] is long b && a > b ? [row[0], a + b] : null);
                }
                else if (matched == 3 && row[1] is null)
                {
                    done.Add(null);
                }
            }

            if (done.Count > 1)
            {
                return null;
            }

            if (done.Count == 0)
            {
                result.Add(row);
            }
            else if (done[0] is { } changed)
            {
                result.Add(changed);
            }
        }

        foreach (var s in source.Where(s => s[0] is null || !target.Exists(t => Equals(t[0], s[0]))))
        {
            if (insert == 1)
            {
                result.Add(s);
            }
            else if (insert == 2 && s[1] is long and > 3)
            {
                result.Add([null, s[0]]);
            }
        }

        return result;
    }

    private static List<object?[]> Rows(Random random, int most, bool distinct)
    {
        List<object?[]> rows = [];
        for (var i = 0; i < random.Next(most); i++)
        {
            object? key = random.Next(8) == 0 ? null : (long)random.Next(8);
            if (!distinct || key is null || !rows.Exists(r => Equals(r[0], key)))
            {
                rows.Add([key, random.Next(6) == 0 ? null : (long)random.Next(8)]);
            }
        }

        return rows;
    }

    private static List<string> Sorted(IEnumerable<object?[]> rows) => [.. rows.Select(r => SqlBox.Text([r])).Order(StringComparer.Ordinal)];

    private static string RandomNumber(Random random, int whole, int decimals)
    {
        var digits = string.Concat(Enumerable.Range(0, random.Next(1, whole + 1)).Select(_ => random.Next(10))).TrimStart('0');
        var fraction = string.Concat(Enumerable.Range(0, random.Next(decimals + 1)).Select(_ => random.Next(10))).TrimEnd('0');
        var text = (digits.Length == 0 ? "0" : digits) + (fraction.Length > 0 ? "." + fraction : string.Empty);
        return text != "0" && random.Next(2) == 0 ? "-" + text : text;
    }

    private static decimal Small(Random random) => random.Next(10) == 0 ? 0 : (decimal)new BigInteger(random.NextInt64(-1_000_000_000_000, 1_000_000_000_000)) / (decimal)BigInteger.Pow(10, random.Next(10));

    private static Exact Parse(decimal value) => Exact.TryParse(value.ToString(CultureInfo.InvariantCulture), big: false, out var exact) ? exact : throw new OverflowException();

    private static string Plain(decimal value) => (value / 1.0000000000000000000000000000m).ToString("0.#########", CultureInfo.InvariantCulture) is "-0" ? "0" : value.ToString("0.#########", CultureInfo.InvariantCulture);
}
