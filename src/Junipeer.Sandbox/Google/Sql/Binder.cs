using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

/// <summary>What a statement can see besides its own text.</summary>
internal interface IBindContext
{
    Table Table(TablePath path);

    SqlParameter? Parameter(string name);

    Bound? Variable(string name);

    object? SystemVariable(string name);

    DateTimeOffset Now { get; }

    string User { get; }

    /// <summary>Parameters that the request does not give: an error, or a list in a dry run.</summary>
    Bound Undeclared(ParameterExpr parameter);

    IReadOnlyList<object?[]>? SchemaView(TablePath path, out IReadOnlyList<Field> fields);
}

/// <summary>Settles names and types of one statement and makes it runnable. It remembers every table it reads.</summary>
internal sealed partial class Binder(IBindContext context)
{
    private readonly Stack<Dictionary<string, BoundQuery>> _with = new();

    public List<Scan> Scans { get; } = [];

    public IBindContext Context { get; } = context;

    public Bound Bind(Expr expression, Scope scope)
    {
        if (scope.Grouping is { } grouping && Grouped(expression, grouping, scope) is { } grouped)
        {
            return grouped;
        }

        return expression switch
        {
            LiteralExpr literal => Bound.Of(literal.Type, literal.Value is bool flag ? Values.Box(flag) : literal.Value, bends: literal.Type.Kind is null or FieldType.String or FieldType.Float or FieldType.Integer),
            ParameterExpr parameter => Parameter(parameter),
            NameExpr name => Name(name, scope),
            UnaryExpr unary => Unary(unary, scope),
            BinaryExpr binary => Binary(binary, scope),
            BetweenExpr between => Between(between, scope),
            InExpr within => In(within, scope),
            IsExpr @is => Is(@is, scope),
            CaseExpr branch => Case(branch, scope),
            CastExpr cast => Cast(cast, scope),
            CallExpr call => Call(call, scope),
            SubqueryExpr subquery => Subquery(subquery, scope),
            ArrayExpr array => Array(array, scope),
            StructExpr record => Struct(record, scope),
            FieldExpr field => Field(Bind(field.Value, scope), field.Name, field.At),
            IndexExpr index => Index(index, scope),
            IntervalExpr => throw expression.At.Error("INTERVAL is only supported as an argument of date and timestamp functions"),
            DefaultExpr => throw expression.At.Error("Unexpected keyword DEFAULT"),
            _ => throw expression.At.Error("Unsupported expression"),
        };
    }

    /// <summary>An expression that must be BOOL, such as that of WHERE.</summary>
    public Bound Condition(Expr expression, Scope scope, string clause)
    {
        scope.Clause = clause;
        Bound bound = Bind(expression, scope);
        return bound.Type.Kind is FieldType.Boolean or null && !bound.Type.Array
            ? bound
            : throw expression.At.Error($"{clause} should return type BOOL, but returns type {bound.Type}");
    }

    /// <summary>The value as another type if that needs no CAST; null if it does.</summary>
    public static Bound? Coerce(Bound value, SqlType to)
    {
        if (value.Type.Same(to))
        {
            return value;
        }

        if (!Casts.Implicit(value.Type, to, value.Bends))
        {
            return null;
        }

        if (value.Type.Kind is null)
        {
            return Bound.Of(to, value.Type.Array ? new List<object?>() : null, bends: true);
        }

        FieldType kind = to.Kind!.Value;
        Func<Env, object?> eval = value.Eval;
        return to.Array
            ? Bound.From(to, env => eval(env) is IReadOnlyList<object?> list ? list.Select(v => Casts.Convert(v, kind)).ToList() : null, value)
            : Bound.From(to, env => Casts.Convert(eval(env), kind), value);
    }

    /// <summary>Values for one place: all become the type that fits them all.</summary>
    private static Bound[] Unify(IReadOnlyList<Bound> values, Token at, string what)
    {
        SqlType type = SqlType.Untyped;
        bool bends = true;
        foreach (Bound value in values)
        {
            bool keeps = type.Kind is not null && value.Bends && !bends && Casts.Implicit(value.Type, type, bends: true);
            if (!keeps && (type.Kind is null || (Casts.Implicit(type, value.Type, bends) && value.Type.Kind is not null)))
            {
                (type, bends) = (value.Type, value.Bends);
            }
            else if (!Casts.Implicit(value.Type, type, value.Bends))
            {
                throw at.Error($"No matching signature for {what} for argument types: {string.Join(", ", values.Select(v => v.Type))}");
            }
        }

        return [.. values.Select(v => Coerce(v, type) ?? throw at.Error($"No matching signature for {what} for argument types: {string.Join(", ", values.Select(x => x.Type))}"))];
    }

    private Bound Parameter(ParameterExpr parameter)
    {
        if (parameter.System)
        {
            object? value = Context.SystemVariable(parameter.Name);
            return value is DBNull ? throw parameter.At.Error($"Unrecognized name: @@{parameter.Name}")
                : Bound.Of(value is string ? SqlType.Text : SqlType.Integer, value);
        }

        return Context.Parameter(parameter.Name) is { } given
            ? Bound.Of(SqlType.Of(given.Type), given.Value is bool flag ? Values.Box(flag) : given.Value, bends: true)
            : Context.Undeclared(parameter);
    }

    private Bound Name(NameExpr name, Scope scope)
    {
        string first = name.Parts[0];
        int depth = 0;
        for (Scope? at = scope; at is not null; at = at.Outer, depth++)
        {
            if (Resolve(name, at, out int used) is not { } found)
            {
                if (depth > 0 || name.Parts.Count > 1 || !at.Aliases.TryGetValue(first, out Bound? alias))
                {
                    continue;
                }

                return alias;
            }

            if (at.Grouping is { } grouping && depth > 0)
            {
                found = Grouped(name, grouping, at) ?? throw NotGrouped(name);
                used = name.Parts.Count;
            }

            for (Scope between = scope; between != at; between = between.Outer!)
            {
                between.Correlated = true;
            }

            Bound value = depth == 0 ? found : Lift(found, depth);
            for (int i = used; i < name.Parts.Count; i++)
            {
                value = Field(value, name.Parts[i], name.At);
            }

            return value;
        }

        if (name.Parts.Count == 1 && Context.Variable(first) is { } variable)
        {
            return variable;
        }

        throw name.At.Error($"Unrecognized name: {first}");
    }

    private static Bound Lift(Bound value, int depth)
    {
        Func<Env, object?> eval = value.Eval;
        return new Bound(value.Type, env =>
        {
            for (int i = 0; i < depth; i++)
            {
                env = env.Outer!;
            }

            return eval(env);
        })
        { Outer = true };
    }

    private static Bound? Resolve(NameExpr name, Scope scope, out int used)
    {
        string first = name.Parts[0];
        used = 2;
        Source? table = scope.Sources.Find(s => string.Equals(s.Alias, first, StringComparison.OrdinalIgnoreCase));
        if (table is not null && !table.IsValue)
        {
            if (name.Parts.Count == 1)
            {
                used = 1;
                return WholeRow(table);
            }

            int at = table.IndexOf(name.Parts[1]);
            return at >= 0 ? ColumnOf(table, at) : throw name.At.Error($"Name {name.Parts[1]} not found inside {first}");
        }

        used = 1;
        (Source Source, int Index)? found = null;
        foreach (Source source in scope.Sources)
        {
            int at = source.IndexOf(first);
            if (at < 0 || source.Hidden.Contains(first))
            {
                continue;
            }

            found = found is null ? (source, at) : throw name.At.Error($"Column name {first} is ambiguous");
        }

        return found is { } one ? ColumnOf(one.Source, one.Index) : null;
    }

    private static Bound ColumnOf(Source source, int column)
    {
        int slot = source.Slot;
        source.Scan?.Columns.Add(column);
        return new Bound(source.Columns[column].Type, env => env.Tuple[slot] is { } row && column < row.Length ? row[column] : null)
        {
            Slots = 1UL << slot,
            Column = source.Scan is { } scan ? (scan, column) : null,
        };
    }

    private static Bound WholeRow(Source source)
    {
        int slot = source.Slot;
        for (int i = 0; i < source.Columns.Count; i++)
        {
            source.Scan?.Columns.Add(i);
        }

        return new Bound(new SqlType(FieldType.Record, Members: Named(source.Columns)), env => env.Tuple[slot]) { Slots = 1UL << slot };
    }

    private static Field[] Named(IReadOnlyList<Column> columns) => [.. columns.Select((c, i) => c.Type.ToField(c.Name ?? $"_field_{i + 1}"))];

    private static Bound Field(Bound value, string name, Token at)
    {
        if (value.Type.Array || value.Type.Kind != FieldType.Record)
        {
            throw at.Error($"Cannot access field {name} on a value with type {value.Type}");
        }

        int index = Data.Field.IndexOf(value.Type.Fields, name);
        if (index < 0)
        {
            throw at.Error($"Field name {name} does not exist in {value.Type}");
        }

        Func<Env, object?> eval = value.Eval;
        return Bound.From(SqlType.Of(value.Type.Fields[index]), env => eval(env) is object?[] record ? RowSet.Get(record, index) : null, value);
    }
}
