using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

/// <summary>Makes rows of a table out of expressions: type, REQUIRED, length and precision are checked on the way.</summary>
internal sealed class RowMaker(Table table, Binder binder)
{
    public Table Table { get; } = table;

    /// <summary>The columns an INSERT names, or all.</summary>
    public int[] Columns(IReadOnlyList<Token> names)
    {
        if (names.Count == 0)
        {
            return [.. Enumerable.Range(0, Table.Fields.Count)];
        }

        List<int> columns = [];
        foreach (Token name in names)
        {
            int at = Find(name.Text, name);
            columns.Add(columns.Contains(at) ? throw name.Error($"INSERT has columns with duplicate name: {name.Text}") : at);
        }

        return [.. columns];
    }

    /// <summary>A row of values; columns that are not named get their default.</summary>
    public Func<Env, object?[]> Insert(int[] columns, IReadOnlyList<(Bound? Value, Token At)> values, string what)
    {
        Func<Env, object?>[] cells = new Func<Env, object?>[Table.Fields.Count];
        for (int i = 0; i < columns.Length; i++)
        {
            (Bound? value, Token at) = values[i];
            cells[columns[i]] = Cell(columns[i], value ?? Default(columns[i]), at, (type, field) => what == "Query"
                ? $"Query column {i + 1} has type {type} which cannot be inserted into column {field.Name}, which has type {field.SqlType}"
                : $"Value has type {type} which cannot be inserted into column {field.Name}, which has type {field.SqlType}");
        }

        for (int i = 0; i < cells.Length; i++)
        {
            cells[i] ??= Cell(i, Default(i), default, (type, field) => $"Default of column {field.Name} has type {type}");
        }

        return env => Array.ConvertAll(cells, c => c(env));
    }

    /// <summary>The changes of UPDATE SET, to be made on a copy of the old row.</summary>
    public Func<Env, object?[], object?[]> Update(IReadOnlyList<Assignment> assignments, Scope scope)
    {
        List<(int Column, Func<Env, object?> Value)> cells = [];
        foreach (Assignment assignment in assignments)
        {
            IReadOnlyList<string> path = assignment.Path.Count > 1 && scope.Sources[0].Alias is { } alias && string.Equals(alias, assignment.Path[0], StringComparison.OrdinalIgnoreCase)
                ? [.. assignment.Path.Skip(1)]
                : assignment.Path;
            if (path.Count > 1)
            {
                throw assignment.At.Error("Updating a field inside a STRUCT is not supported by the simulator");
            }

            int at = Find(path[0], assignment.At);
            if (cells.Exists(c => c.Column == at))
            {
                throw assignment.At.Error($"Update item {path[0]} assigned more than once");
            }

            Bound value = assignment.Value is DefaultExpr ? Default(at) : binder.Bind(assignment.Value, scope);
            cells.Add((at, Cell(at, value, assignment.Value.At, (type, field) => $"Value of type {type} cannot be assigned to {field.Name}, which has type {field.SqlType}")));
        }

        int width = Table.Fields.Count;
        return (env, old) =>
        {
            object?[] row = new object?[width];
            Array.Copy(old, row, Math.Min(old.Length, width));
            foreach ((int column, Func<Env, object?> value) in cells)
            {
                row[column] = value(env);
            }

            return row;
        };
    }

    private int Find(string name, Token at)
    {
        int found = Field.IndexOf(Table.Fields, name);
        return found >= 0 ? found : throw at.Error($"Column {name} is not present in table {Table.Ref.Project}.{Table.Ref.Dataset}.{Table.Ref.Name}");
    }

    private Bound Default(int column) => Table.Fields[column].DefaultValueExpression is { } text
        ? binder.Bind(Parser.ParseExpression(text), new Scope(null))
        : Bound.Of(SqlType.Untyped, null);

    private static object? Checked(Field field, object? value)
    {
        if (value is null && field.Required)
        {
            throw Casts.Failure($"Required field {field.Name} cannot be null");
        }

        return ParameterizedTypes.TryFit(field, ref value, out string reason) ? value : throw Casts.Failure(reason);
    }

    private Func<Env, object?> Cell(int column, Bound value, Token at, Func<SqlType, Field, string> mismatch)
    {
        Field field = Table.Fields[column];
        Bound fitted = Binder.Coerce(value, SqlType.Of(field)) ?? throw (at.Line > 0 ? at.Error(mismatch(value.Type, field)) : Casts.Failure(mismatch(value.Type, field)));
        Func<Env, object?> eval = fitted.Eval;
        return field.Required || field.Precision is not null || field.MaxLength is not null ? env => Checked(field, eval(env)) : eval;
    }
}
