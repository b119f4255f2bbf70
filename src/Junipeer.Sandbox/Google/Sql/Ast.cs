using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

/// <summary>An expression as it was written. The words it spans tell whether two expressions are the same.</summary>
internal abstract class Expr
{
    public Token At { get; private set; }

    private IReadOnlyList<Token> Tokens { get; set; } = [];

    private int From { get; set; }

    private int To { get; set; }

    public string Text => string.Join(' ', Tokens.Skip(From).Take(To - From).Select(t => t.Kind == TokenKind.Name ? t.Text.ToUpperInvariant() : t.Kind + t.Text));

    public T Spans<T>(IReadOnlyList<Token> tokens, int from, int to)
        where T : Expr
    {
        (Tokens, From, To, At) = (tokens, from, to, tokens[from]);
        return (T)this;
    }
}

internal sealed class LiteralExpr(SqlType type, object? value) : Expr
{
    public SqlType Type { get; } = type;

    public object? Value { get; } = value;
}

internal sealed class ParameterExpr(string name, bool system) : Expr
{
    public string Name { get; } = name;

    public bool System { get; } = system;
}

/// <summary>a, t.a or t.a.b: which part is a table, a column or a field is found out later.</summary>
internal sealed class NameExpr(IReadOnlyList<string> parts) : Expr
{
    public IReadOnlyList<string> Parts { get; } = parts;
}

internal sealed class UnaryExpr(string op, Expr operand) : Expr
{
    public string Op { get; } = op;

    public Expr Operand { get; } = operand;
}

internal sealed class BinaryExpr(string op, Expr left, Expr right) : Expr
{
    public string Op { get; } = op;

    public Expr Left { get; } = left;

    public Expr Right { get; } = right;
}

internal sealed class BetweenExpr(Expr value, Expr low, Expr high, bool not) : Expr
{
    public Expr Value { get; } = value;

    public Expr Low { get; } = low;

    public Expr High { get; } = high;

    public bool Not { get; } = not;
}

/// <summary>One of List, Query and Array is there.</summary>
internal sealed class InExpr(Expr value, bool not) : Expr
{
    public Expr Value { get; } = value;

    public bool Not { get; } = not;

    public IReadOnlyList<Expr>? List { get; init; }

    public QueryNode? Query { get; init; }

    public Expr? Array { get; init; }
}

/// <summary>IS [NOT] NULL, TRUE or FALSE; with Other, IS [NOT] DISTINCT FROM.</summary>
internal sealed class IsExpr(Expr value, string what, bool not, Expr? other) : Expr
{
    public Expr Value { get; } = value;

    public string What { get; } = what;

    public bool Not { get; } = not;

    public Expr? Other { get; } = other;
}

internal sealed class CaseExpr(Expr? subject, IReadOnlyList<(Expr When, Expr Then)> branches, Expr? otherwise) : Expr
{
    public Expr? Subject { get; } = subject;

    public IReadOnlyList<(Expr When, Expr Then)> Branches { get; } = branches;

    public Expr? Otherwise { get; } = otherwise;
}

internal sealed class CastExpr(Expr value, Field type, bool safe) : Expr
{
    public Expr Value { get; } = value;

    public Field Type { get; } = type;

    public bool Safe { get; } = safe;
}

internal sealed class CallExpr(string name, IReadOnlyList<Expr> args) : Expr
{
    public string Name { get; } = name;

    public IReadOnlyList<Expr> Args { get; } = args;

    /// <summary>COUNT(*).</summary>
    public bool Star { get; init; }

    public bool Distinct { get; init; }

    public bool IgnoreNulls { get; init; }

    public IReadOnlyList<OrderItem> OrderBy { get; init; } = [];

    public Expr? Limit { get; init; }

    public WindowSpec? Over { get; init; }
}

internal sealed class SubqueryExpr(QueryNode query, string kind) : Expr
{
    public QueryNode Query { get; } = query;

    /// <summary>VALUE, EXISTS or ARRAY.</summary>
    public string Kind { get; } = kind;
}

internal sealed class IntervalExpr(Expr amount, string part) : Expr
{
    public Expr Amount { get; } = amount;

    public string Part { get; } = part;
}

internal sealed class ArrayExpr(IReadOnlyList<Expr> items) : Expr
{
    public IReadOnlyList<Expr> Items { get; } = items;
}

internal sealed class StructExpr(IReadOnlyList<(Expr Value, string? Name)> members) : Expr
{
    public IReadOnlyList<(Expr Value, string? Name)> Members { get; } = members;
}

internal sealed class FieldExpr(Expr value, string name) : Expr
{
    public Expr Value { get; } = value;

    public string Name { get; } = name;
}

/// <summary>Kind is OFFSET, ORDINAL, SAFE_OFFSET or SAFE_ORDINAL.</summary>
internal sealed class IndexExpr(Expr array, string kind, Expr position) : Expr
{
    public Expr Array { get; } = array;

    public string Kind { get; } = kind;

    public Expr Position { get; } = position;
}

/// <summary>DEFAULT in the place of a value.</summary>
internal sealed class DefaultExpr : Expr;

internal sealed record OrderItem(Expr Value, bool Descending, bool NullsFirst);

internal sealed record WindowSpec(IReadOnlyList<Expr> PartitionBy, IReadOnlyList<OrderItem> OrderBy);

/// <summary>An item of a SELECT list; a star when Value is null, of one table when StarOf is there.</summary>
internal sealed record SelectItem(Token At, Expr? Value, string? Alias)
{
    public Expr? StarOf { get; init; }

    public IReadOnlyList<string> Except { get; init; } = [];
}

internal abstract record FromNode(Token At);

internal sealed record TablePath(Token At, IReadOnlyList<string> Parts)
{
    public string Written => string.Join('.', Parts);
}

internal sealed record TableNode(Token At, TablePath Path, string? Alias) : FromNode(At);

internal sealed record SubqueryNode(Token At, QueryNode Query, string? Alias) : FromNode(At);

internal sealed record UnnestNode(Token At, Expr Array, string? Alias, string? Offset) : FromNode(At);

internal sealed record JoinNode(Token At, string Kind, FromNode Left, FromNode Right, Expr? On, IReadOnlyList<string> Using) : FromNode(At);

/// <summary>A whole query: WITH, a body and what orders and cuts it.</summary>
internal sealed record QueryNode(Token At, IReadOnlyList<(string Name, QueryNode Query)> With, BodyNode Body, IReadOnlyList<OrderItem> OrderBy, Expr? Limit, Expr? Offset);

internal abstract record BodyNode(Token At);

internal sealed record UnionNode(Token At, BodyNode Left, BodyNode Right, bool All) : BodyNode(At);

internal sealed record NestedNode(Token At, QueryNode Query) : BodyNode(At);

internal sealed record SelectNode(Token At, bool Distinct, IReadOnlyList<SelectItem> Items, FromNode? From, Expr? Where) : BodyNode(At)
{
    public IReadOnlyList<Expr>? GroupBy { get; init; }

    public Expr? Having { get; init; }

    public Expr? Qualify { get; init; }

    public bool AsStruct { get; init; }
}
