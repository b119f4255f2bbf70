using Junipeer.Sandbox.Google.Data;
using Junipeer.Sandbox.Google.Sql;
using Xunit;

namespace Junipeer.Tests.GoogleSandbox;

/// <summary>A store with the dataset p:d in the EU, and the engine on it.</summary>
internal sealed class SqlBox
{
    public SqlBox()
    {
        Store = new DataStore(() => Now);
        Store.CreateDataset(new Dataset("p", "d", "EU"));
        Engine = new SqlEngine(Store);
    }

    public DateTimeOffset Now { get; set; } = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    public DataStore Store { get; }

    public SqlEngine Engine { get; }

    public Dictionary<string, SqlParameter> Parameters { get; } = [];

    public Table Table(string name) => Store.GetTable(new TableRef("p", "d", name));

    public SqlBox With(params string[] statements)
    {
        foreach (string statement in statements)
        {
            Run(statement);
        }

        return this;
    }

    public SqlBox Give(string name, FieldType type, object? value)
    {
        bool array = value is List<object?>;
        Parameters[name] = new SqlParameter(new Field(name, type, array ? FieldMode.Repeated : FieldMode.Nullable), value);
        return this;
    }

    public SqlRequest Request(string sql) => new("p", sql) { DefaultDataset = "d", Location = "EU", Parameters = Parameters, User = "me@example.com" };

    public SqlResult Run(string sql) => Engine.Run(Request(sql), TestContext.Current.CancellationToken);

    public SqlResult DryRun(string sql) => Engine.Run(Request(sql) with { DryRun = true }, TestContext.Current.CancellationToken);

    /// <summary>The rows as text: values with "|" between them, rows with "; ".</summary>
    public string Rows(string sql) => Text(Run(sql).Rows);

    public static string Text(IEnumerable<object?[]> rows) => string.Join("; ", rows.Select(r => string.Join("|", r.Select(Text))));

    public static string Text(object? value) => value switch
    {
        object?[] record => "{" + string.Join(",", record.Select(Text)) + "}",
        List<object?> list => "[" + string.Join(",", list.Select(Text)) + "]",
        byte[] bytes => Convert.ToBase64String(bytes),
        _ => ValueText.Of(value),
    };

    /// <summary>The message of the error; the test fails if there is none.</summary>
    public string Error(string sql) => Fails(sql).Message;

    public SqlException Fails(string sql) => Assert.Throws<SqlException>(() => Run(sql));
}
