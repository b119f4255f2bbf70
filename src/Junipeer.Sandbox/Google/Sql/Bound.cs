namespace Junipeer.Sandbox.Google.Sql;

/// <summary>What an expression sees while it runs: the rows of one SELECT's sources, its group and its windows, and the query around it.</summary>
internal sealed class Env(Env? outer)
{
    public static readonly Env None = new(null);

    public Env? Outer { get; } = outer;

    /// <summary>One row per source; null is the missing side of an outer join.</summary>
    public object?[]?[] Tuple { get; set; } = [];

    /// <summary>Keys of the group, then its aggregates.</summary>
    public object?[] Group { get; set; } = [];

    public object?[] Windows { get; set; } = [];
}

/// <summary>An expression whose names and types are settled.</summary>
internal sealed class Bound(SqlType type, Func<Env, object?> eval)
{
    public SqlType Type { get; } = type;

    public Func<Env, object?> Eval { get; } = eval;

    /// <summary>The same for every row of the statement.</summary>
    public bool Constant { get; init; }

    /// <summary>A literal or parameter, whose type may still bend to where it stands.</summary>
    public bool Bends { get; init; }

    /// <summary>Which sources of its own SELECT it reads.</summary>
    public ulong Slots { get; init; }

    /// <summary>It reads something of a query around its own.</summary>
    public bool Outer { get; init; }

    /// <summary>It is this column of a stored table, and nothing else.</summary>
    public (Scan Scan, int Column)? Column { get; init; }

    public static Bound Of(SqlType type, object? value, bool bends = false) => new(type, _ => value) { Constant = true, Bends = bends };

    /// <summary>A result made of others; if they never change it is worked out once.</summary>
    public static Bound From(SqlType type, Func<Env, object?> eval, params ReadOnlySpan<Bound> parts)
    {
        bool constant = true, outer = false;
        ulong slots = 0;
        foreach (Bound part in parts)
        {
            constant &= part.Constant;
            outer |= part.Outer;
            slots |= part.Slots;
        }

        if (constant)
        {
            Func<Env, object?> inner = eval;
            bool known = false;
            object? value = null;
            eval = env =>
            {
                if (!known)
                {
                    value = inner(env);
                    known = true;
                }

                return value;
            };
        }

        return new Bound(type, eval) { Constant = constant, Outer = outer, Slots = slots };
    }

    public bool IsTrue(Env env) => Eval(env) is true;
}

internal sealed record Column(string? Name, SqlType Type);

/// <summary>A query that can run; the argument is what the query around it sees.</summary>
internal sealed record BoundQuery(IReadOnlyList<Column> Columns, Func<Env?, IEnumerable<object?[]>> Rows, bool Correlated);

/// <summary>One of the sources of a SELECT, by the name its columns can be asked for.</summary>
internal sealed class Source(string? alias, int slot, IReadOnlyList<Column> columns)
{
    public string? Alias { get; } = alias;

    public int Slot { get; } = slot;

    public IReadOnlyList<Column> Columns { get; } = columns;

    public Scan? Scan { get; init; }

    /// <summary>Right sides of USING, which the bare name does not mean.</summary>
    public HashSet<string> Hidden { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The source is a list of single values (UNNEST), and its name means the value.</summary>
    public bool IsValue { get; init; }

    public int IndexOf(string name)
    {
        for (int i = 0; i < Columns.Count; i++)
        {
            if (string.Equals(Columns[i].Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }
}

/// <summary>The names an expression can use, inside those of the queries around it.</summary>
internal sealed class Scope(Scope? outer)
{
    public Scope? Outer { get; } = outer;

    public List<Source> Sources { get; } = [];

    /// <summary>There once the SELECT is grouped and its list is being read.</summary>
    public Grouping? Grouping { get; set; }

    public List<Window>? Windows { get; set; }

    /// <summary>Names of the SELECT list, for the clauses that come after it and know them.</summary>
    public Dictionary<string, Bound> Aliases { get; } = new(StringComparer.OrdinalIgnoreCase);

    public bool Correlated { get; set; }

    /// <summary>The clause being read, for messages about aggregates in the wrong place.</summary>
    public string Clause { get; set; } = "FROM clause";
}
