using Junipeer.Sandbox.Google.Data;
using Xunit;

namespace Junipeer.Tests.GoogleSandbox;

public sealed class SqlExpressionTests
{
    [Theory]
    [InlineData("1 + 2 * 3", "7")]
    [InlineData("(1 + 2) * 3", "9")]
    [InlineData("-5 + 2", "-3")]
    [InlineData("7 / 2", "3.5")]
    [InlineData("4 - 1 - 1", "2")]
    [InlineData("4 -1", "3")]
    [InlineData("NUMERIC '0.1' + NUMERIC '0.2'", "0.3")]
    [InlineData("NUMERIC '1' / 3", "0.333333333")]
    [InlineData("NUMERIC '2' / 3", "0.666666667")]
    [InlineData("NUMERIC '-2' / 3", "-0.666666667")]
    [InlineData("NUMERIC '0.000000001' * NUMERIC '0.5'", "0.000000001")]
    [InlineData("NUMERIC '0.000000001' * NUMERIC '-0.5'", "-0.000000001")]
    [InlineData("BIGNUMERIC '1' / 3", "0.33333333333333333333333333333333333333")]
    [InlineData("CAST('12.3456789015' AS NUMERIC)", "12.345678902")]
    [InlineData("CAST(1.5 AS INT64)", "2")]
    [InlineData("CAST(-2.5 AS INT64)", "-3")]
    [InlineData("CAST(NUMERIC '2.5' AS INT64)", "3")]
    [InlineData("CAST('x' AS STRING)", "x")]
    [InlineData("SAFE_CAST('x' AS INT64)", "NULL")]
    [InlineData("CAST(NUMERIC '1.50' AS STRING)", "1.5")]
    [InlineData("CAST(TRUE AS STRING)", "true")]
    [InlineData("CAST(1.0 AS STRING)", "1")]
    [InlineData("CAST(1e20 AS STRING)", "1e+20")]
    [InlineData("CAST(CAST('inf' AS FLOAT64) AS STRING)", "inf")]
    [InlineData("NUMERIC '0.1' + 0.2", "0.3")]
    [InlineData("COALESCE(CAST(NULL AS NUMERIC), 1.50)", "1.5")]
    [InlineData("CAST('12.345' AS NUMERIC(5, 2))", "12.35")]
    [InlineData("ROUND(NUMERIC '2.5')", "3")]
    [InlineData("ROUND(NUMERIC '-2.345', 2)", "-2.35")]
    [InlineData("ROUND(1234, -2)", "1200.0")]
    [InlineData("ABS(-3)", "3")]
    [InlineData("MOD(-7, 3)", "-1")]
    [InlineData("GREATEST(1, 3, 2)", "3")]
    [InlineData("LEAST(1, NUMERIC '0.5')", "0.5")]
    [InlineData("GREATEST(1, NULL)", "NULL")]
    public void Numbers(string expression, string expected) => Check(expression, expected);

    [Theory]
    [InlineData("NULL = NULL", "NULL")]
    [InlineData("NULL AND FALSE", "false")]
    [InlineData("NULL AND TRUE", "NULL")]
    [InlineData("NULL OR TRUE", "true")]
    [InlineData("NULL OR FALSE", "NULL")]
    [InlineData("NOT NULL", "NULL")]
    [InlineData("1 IN (2, NULL)", "NULL")]
    [InlineData("1 NOT IN (2, NULL)", "NULL")]
    [InlineData("1 IN (1, NULL)", "true")]
    [InlineData("NULL IN UNNEST([1])", "NULL")]
    [InlineData("NULL IS NULL", "true")]
    [InlineData("1 IS NOT NULL", "true")]
    [InlineData("NULL IS DISTINCT FROM NULL", "false")]
    [InlineData("NULL IS DISTINCT FROM 1", "true")]
    [InlineData("1 IS NOT DISTINCT FROM 1", "true")]
    [InlineData("CAST(NULL AS BOOL) IS TRUE", "false")]
    [InlineData("2 BETWEEN 1 AND 3", "true")]
    [InlineData("2 NOT BETWEEN 1 AND 3", "false")]
    [InlineData("2 BETWEEN NULL AND 1", "false")]
    [InlineData("CAST('NaN' AS FLOAT64) = CAST('NaN' AS FLOAT64)", "false")]
    [InlineData("CAST('NaN' AS FLOAT64) < 1", "false")]
    [InlineData("COALESCE(NULL, 2, 3)", "2")]
    [InlineData("IFNULL(NULL, 'a')", "a")]
    [InlineData("NULLIF(1, 1)", "NULL")]
    [InlineData("IF(NULL, 1, 2)", "2")]
    [InlineData("CASE WHEN 1 = 2 THEN 'a' WHEN 1 = 1 THEN 'b' ELSE 'c' END", "b")]
    [InlineData("CASE 3 WHEN 1 THEN 'a' END", "NULL")]
    [InlineData("1 < 2.5", "true")]
    [InlineData("NUMERIC '1.0' = 1", "true")]
    public void ThreeValues(string expression, string expected) => Check(expression, expected);

    [Theory]
    [InlineData("'it''s'", null)]
    [InlineData("'it\\'s'", "it's")]
    [InlineData("\"double\"", "double")]
    [InlineData("r'a\\n'", "a\\n")]
    [InlineData("'a\\u00e9'", "aé")]
    [InlineData("'''a\nb'''", "a\nb")]
    [InlineData("'a' || 'b' || CAST(1 AS STRING)", "ab1")]
    [InlineData("CONCAT('a', 'b', NULL)", "NULL")]
    [InlineData("UPPER('ab')", "AB")]
    [InlineData("SUBSTR('hello', 2, 3)", "ell")]
    [InlineData("SUBSTR('hello', -3)", "llo")]
    [InlineData("LENGTH('aé')", "2")]
    [InlineData("TRIM('  a ')", "a")]
    [InlineData("REPLACE('aXa', 'X', '-')", "a-a")]
    [InlineData("STARTS_WITH('hello', 'he')", "true")]
    [InlineData("'hello' LIKE 'h%o'", "true")]
    [InlineData("'hello' LIKE 'h_o'", "false")]
    [InlineData("'50%' LIKE '50\\\\%'", "true")]
    [InlineData("'hello' NOT LIKE 'x%'", "true")]
    [InlineData("TO_JSON_STRING(STRUCT(1 AS a, 'x' AS b, [1, 2] AS c))", "{\"a\":1,\"b\":\"x\",\"c\":[1,2]}")]
    [InlineData("JSON_VALUE(JSON '{\"a\": {\"b\": [1, \"x\"]}}', '$.a.b[1]')", "x")]
    [InlineData("JSON_VALUE('{\"a\": 1}', '$.a')", "1")]
    [InlineData("JSON_VALUE(JSON '{\"a\": {}}', '$.a')", "NULL")]
    [InlineData("SESSION_USER()", "me@example.com")]
    [InlineData("[1, 2, 3][OFFSET(1)]", "2")]
    [InlineData("ARRAY_LENGTH([1, 2])", "2")]
    [InlineData("STRUCT(1 AS a).a", "1")]
    public void Text(string expression, string? expected)
    {
        if (expected is null)
        {
            new SqlBox().Fails("SELECT " + expression);
            return;
        }

        Check(expression, expected);
    }

    [Theory]
    [InlineData("TIMESTAMP '2026-01-31 10:00:00+02'", "2026-01-31 08:00:00+00")]
    [InlineData("TIMESTAMP '2026-01-31T10:00:00.5Z'", "2026-01-31 10:00:00.500+00")]
    [InlineData("CURRENT_TIMESTAMP()", "2026-01-31 12:00:00+00")]
    [InlineData("CURRENT_DATE()", "2026-01-31")]
    [InlineData("TIMESTAMP_ADD(TIMESTAMP '2026-01-31', INTERVAL 1 DAY)", "2026-02-01 00:00:00+00")]
    [InlineData("TIMESTAMP_SUB(TIMESTAMP '2026-01-31', INTERVAL 90 MINUTE)", "2026-01-30 22:30:00+00")]
    [InlineData("TIMESTAMP_DIFF(TIMESTAMP '2026-01-31 12:00:00', TIMESTAMP '2026-01-31 10:30:00', HOUR)", "1")]
    [InlineData("TIMESTAMP_TRUNC(TIMESTAMP '2026-01-31 12:34:56', MONTH)", "2026-01-01 00:00:00+00")]
    [InlineData("DATE_ADD(DATE '2026-01-31', INTERVAL 1 MONTH)", "2026-02-28")]
    [InlineData("DATE_DIFF(DATE '2026-03-01', DATE '2026-02-28', DAY)", "1")]
    [InlineData("DATE_DIFF(DATE '2026-03-01', DATE '2026-02-28', MONTH)", "1")]
    [InlineData("DATE_TRUNC(DATE '2026-01-31', YEAR)", "2026-01-01")]
    [InlineData("DATE(TIMESTAMP '2026-01-31 23:00:00+00')", "2026-01-31")]
    [InlineData("EXTRACT(YEAR FROM DATE '2026-01-31')", "2026")]
    [InlineData("EXTRACT(DAYOFWEEK FROM DATE '2026-01-31')", "7")]
    [InlineData("FORMAT_TIMESTAMP('%Y-%m-%dT%H:%M:%SZ', TIMESTAMP '2026-01-31 10:00:00')", "2026-01-31T10:00:00Z")]
    [InlineData("DATE '2026-01-31' < '2026-02-01'", "true")]
    [InlineData("CAST('2026-01-31' AS DATE)", "2026-01-31")]
    [InlineData("UNIX_MICROS(TIMESTAMP '1970-01-01 00:00:01')", "1000000")]
    public void Moments(string expression, string expected) => Check(expression, expected);

    [Theory]
    [InlineData("9223372036854775807 + 1", "int64 overflow: 9223372036854775807 + 1")]
    [InlineData("-9223372036854775808 - 1", "int64 overflow: -9223372036854775808 - 1")]
    [InlineData("1 / 0", "division by zero: 1 / 0")]
    [InlineData("NUMERIC '1' / 0", "division by zero: 1 / 0")]
    [InlineData("NUMERIC '99999999999999999999999999999' * 10", "numeric overflow: 99999999999999999999999999999 * 10")]
    [InlineData("CAST('x' AS INT64)", "Bad int64 value: x")]
    [InlineData("CAST('x' AS NUMERIC)", "Invalid NUMERIC value: x")]
    [InlineData("CAST('2026-13-01' AS DATE)", "Invalid date: '2026-13-01'")]
    [InlineData("CAST('yes' AS BOOL)", "Bad bool value: yes")]
    [InlineData("(SELECT 1 UNION ALL SELECT 2)", "Scalar subquery produced more than one element")]
    [InlineData("1 = 'a'", "No matching signature for operator = for argument types: INT64, STRING at [1:8]")]
    [InlineData("1 + 'a'", "No matching signature for operator + for argument types: INT64, STRING at [1:8]")]
    [InlineData("CAST(TRUE AS DATE)", "Invalid cast from BOOL to DATE at [1:8]")]
    [InlineData("FROBNICATE(1)", "Function not found: FROBNICATE at [1:8]")]
    [InlineData("LOWER(1)", "No matching signature for function LOWER for argument types: INT64 at [1:8]")]
    [InlineData("nothing", "Unrecognized name: nothing at [1:8]")]
    [InlineData("DATE '2026-02-30'", "Invalid DATE literal at [1:13]")]
    [InlineData("@missing", "Query parameter 'missing' not found at [1:8]")]
    [InlineData("COUNT(*) + x", "Unrecognized name: x at [1:19]")]
    [InlineData("BIGNUMERIC '1e39'", "Invalid BIGNUMERIC literal at [1:19]")]
    public void Errors(string expression, string message) => Assert.Equal(message, new SqlBox().Error("SELECT " + expression));

    [Fact]
    public void ParametersHaveTypes()
    {
        var box = new SqlBox().Give("n", FieldType.Numeric, Number("1.5")).Give("ids", FieldType.String, new List<object?> { "a", "b" }).Give("day", FieldType.String, "2026-01-31");

        Assert.Equal("3|true|false|true|2", box.Rows("SELECT @n * 2, 'a' IN UNNEST(@ids), 'c' IN UNNEST(@IDS), DATE '2026-01-31' = @day, (SELECT COUNT(*) FROM UNNEST(@ids))"));
    }

    private static Exact Number(string text) => Exact.TryParse(text, big: false, out var value) ? value : throw new FormatException(text);

    private static void Check(string expression, string expected) => Assert.Equal(expected, new SqlBox().Rows("SELECT " + expression));
}
