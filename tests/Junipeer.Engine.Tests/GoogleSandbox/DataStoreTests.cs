using Junipeer.Sandbox.Google.Data;
using Xunit;

namespace Junipeer.Tests.GoogleSandbox;

public sealed class DataStoreTests
{
    private static readonly TableRef Name = new("p", "d", "t");
    private readonly SqlBox _box = new();

    [Fact]
    public void ASchemaOnlyGrows()
    {
        Create(new Field("id", FieldType.Integer, FieldMode.Required), new Field("r", FieldType.Record) { Fields = [new("a", FieldType.String)] });

        Refused("Field r is missing in new schema", Field("id"));
        Refused("Field id has changed type from INTEGER to STRING", new Field("id", FieldType.String), Record("a"));
        Refused("Field id has changed mode from REQUIRED to REPEATED", new Field("id", FieldType.Integer, FieldMode.Repeated), Record("a"));
        Refused("Field r.a is missing in new schema", Field("id"), Record("b"));
        Refused("Cannot add required fields to an existing schema. (field: x)", Field("id"), Record("a"), new Field("x", FieldType.String, FieldMode.Required));

        var table = _box.Store.UpdateTable(Name, t => t with { Fields = [new Field("new", FieldType.String), Field("id"), Record("b", "a")] });
        Assert.Equal(["id INT64", "r STRUCT<a STRING, b STRING>", "new STRING"], table.Fields.Select(f => $"{f.Name} {f.SqlType}"));
        Assert.Equal(FieldMode.Nullable, table.Fields[0].Mode);
    }

    [Fact]
    public void AnOldEtagIsRefused()
    {
        var table = Create(Field("id"));
        _box.Store.UpdateTable(Name, t => t with { Description = "x" }, table.Etag);
        var error = Assert.Throws<DataException>(() => _box.Store.UpdateTable(Name, t => t with { Description = "y" }, table.Etag));
        Assert.Equal("conditionNotMet", error.Reason);
    }

    [Theory]
    [InlineData("1x")]
    [InlineData("_TABLE_x")]
    [InlineData("_partition_y")]
    [InlineData("a.b")]
    [InlineData("")]
    public void SomeNamesAreRefused(string name) => Assert.Contains("Invalid field name", Assert.Throws<DataException>(() => Create(Field(name))).Message, StringComparison.Ordinal);

    [Fact]
    public void NamesDifferWithoutCase() => Assert.Equal("Field ID already exists in schema", Assert.Throws<DataException>(() => Create(Field("id"), Field("ID"))).Message);

    [Fact]
    public void OnePartitionCanBeReplaced()
    {
        _box.Run("CREATE TABLE t (day DATE, n INT64) PARTITION BY day");
        _box.Run("INSERT t VALUES ('2026-01-01', 1), ('2026-01-02', 2), ('2026-01-02', 3)");
        var day = new DateOnly(2026, 1, 2);

        _box.Store.ReplacePartition(Name, "20260102", [[day, 9L]]);
        Assert.Equal("1; 9", _box.Rows("SELECT n FROM t ORDER BY n"));
        Assert.Throws<DataException>(() => _box.Store.ReplacePartition(Name, "20260103", [[day, 9L]]));
        Assert.Equal("20260101|1; 20260102|1", _box.Rows("SELECT partition_id, total_rows FROM d.INFORMATION_SCHEMA.PARTITIONS"));
    }

    [Fact]
    public void ATableEndsWhenItsTimeIsOver()
    {
        Create(Field("id"));
        _box.Store.UpdateTable(Name, t => t with { ExpirationTime = _box.Now.AddMinutes(1) });
        Assert.NotNull(_box.Store.FindTable(Name));
        _box.Now = _box.Now.AddMinutes(2);
        Assert.Null(_box.Store.FindTable(Name));
        Create(Field("id"));
    }

    [Fact]
    public void AReaderKeepsTheMomentItTook()
    {
        Create(Field("id"));
        _box.Store.Append(Name, [[1L]]);
        var before = _box.Store.GetTable(Name);
        for (var i = 0; i < 3000; i++)
        {
            _box.Store.Append(Name, [[2L]]);
        }

        _box.Store.Replace(Name, [[5L]]);
        Assert.Equal((1, 1), (before.NumRows, before.Rows.All().Count()));
        Assert.Equal([5L], _box.Store.GetTable(Name).Rows.All().Select(r => r[0]));
    }

    [Fact]
    public void RowsCanBeReadFromAnyPlace()
    {
        Create(Field("id"));
        for (var i = 0; i < 10; i++)
        {
            _box.Store.Append(Name, [.. Enumerable.Range(i * 700, 700).Select(n => new object?[] { (long)n })]);
        }

        var rows = _box.Store.GetTable(Name).Rows;
        foreach (var start in (int[])[0, 1, 699, 700, 1500, 6999, 7000])
        {
            Assert.Equal(Enumerable.Range(start, 7000 - start).Select(n => (long)n), rows.From(start).Select(r => (long)r[0]!));
        }

        Assert.Equal(56_000, _box.Store.GetTable(Name).NumBytes);
    }

    [Fact]
    public void AnAppendOfAChangeSetGoesInBesideOthers()
    {
        Create(Field("id"));
        _box.Store.Append(Name, [[1L]]);
        var basis = _box.Store.GetTable(Name);
        var mutated = new TableChange(basis);
        mutated.Replace(RowSet.Of([[10L]]));
        var appended = new TableChange(basis);
        appended.Append([[3L]]);

        _box.Store.Append(Name, [[2L]]);
        _box.Store.Commit([mutated]);
        _box.Store.Commit([appended]);
        Assert.Equal([10L, 2L, 3L], _box.Store.GetTable(Name).Rows.All().Select(r => r[0]));
        Assert.Throws<ConflictException>(() => _box.Store.Commit([mutated]));
    }

    private static Field Field(string name) => new(name, FieldType.Integer);

    private static Field Record(params string[] members) => new("r", FieldType.Record) { Fields = [.. members.Select(m => new Field(m, FieldType.String))] };

    private Table Create(params Field[] fields) => _box.Store.CreateTable(new Table(Name, fields));

    private void Refused(string message, params Field[] fields) =>
        Assert.Contains(message, Assert.Throws<DataException>(() => _box.Store.UpdateTable(Name, t => t with { Fields = fields })).Message, StringComparison.Ordinal);
}
