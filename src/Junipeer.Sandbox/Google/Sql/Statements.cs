using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

internal abstract record Statement(Token At, string Type);

internal sealed record SelectStatement(Token At, QueryNode Query) : Statement(At, "SELECT");

/// <summary>Rows or Query is there.</summary>
internal sealed record InsertStatement(Token At, TablePath Table, IReadOnlyList<Token> Columns) : Statement(At, "INSERT")
{
    public IReadOnlyList<(Token At, IReadOnlyList<Expr> Values)>? Rows { get; init; }

    public QueryNode? Query { get; init; }
}

internal sealed record Assignment(Token At, IReadOnlyList<string> Path, Expr Value);

internal sealed record UpdateStatement(Token At, TablePath Table, string? Alias, IReadOnlyList<Assignment> Set, FromNode? From, Expr? Where) : Statement(At, "UPDATE");

internal sealed record DeleteStatement(Token At, TablePath Table, string? Alias, Expr? Where) : Statement(At, "DELETE");

internal sealed record TruncateStatement(Token At, TablePath Table) : Statement(At, "TRUNCATE_TABLE");

internal enum MergeMatch
{
    Matched,
    NotMatchedByTarget,
    NotMatchedBySource,
}

/// <summary>Action is UPDATE, DELETE or INSERT. INSERT ROW has neither columns nor values.</summary>
internal sealed record MergeBranch(Token At, MergeMatch Match, Expr? Condition, string Action)
{
    public IReadOnlyList<Assignment> Set { get; init; } = [];

    public IReadOnlyList<Token> Columns { get; init; } = [];

    public IReadOnlyList<Expr>? Values { get; init; }
}

internal sealed record MergeStatement(Token At, TablePath Table, string? Alias, FromNode Source, Expr On, IReadOnlyList<MergeBranch> Branches) : Statement(At, "MERGE");

internal sealed record TableOption(Token At, string Name, Expr Value);

internal sealed record CreateTableStatement(Token At, TablePath Table) : Statement(At, "CREATE_TABLE")
{
    public bool Temporary { get; init; }

    public bool IfNotExists { get; init; }

    public bool OrReplace { get; init; }

    public IReadOnlyList<Field>? Columns { get; init; }

    public IReadOnlyList<string> PrimaryKey { get; init; } = [];

    public Expr? PartitionBy { get; init; }

    public IReadOnlyList<string> ClusterBy { get; init; } = [];

    public IReadOnlyList<TableOption> Options { get; init; } = [];

    public QueryNode? Query { get; init; }
}

internal sealed record DropStatement(Token At, TablePath Path, bool IfExists, bool Schema, bool Cascade) : Statement(At, Schema ? "DROP_SCHEMA" : "DROP_TABLE");

internal sealed record AlterTableStatement(Token At, TablePath Table, IReadOnlyList<(Field Column, bool IfNotExists)> Add, IReadOnlyList<TableOption> Options) : Statement(At, "ALTER_TABLE");

internal sealed record CreateSchemaStatement(Token At, TablePath Path, bool IfNotExists, IReadOnlyList<TableOption> Options) : Statement(At, "CREATE_SCHEMA");

internal sealed record DeclareStatement(Token At, IReadOnlyList<Token> Names, Field? VariableType, Expr? Default) : Statement(At, "DECLARE");

internal sealed record SetStatement(Token At, IReadOnlyList<Token> Names, Expr Value) : Statement(At, "SET");

internal sealed record TransactionStatement(Token At, string Verb) : Statement(At, Verb + "_TRANSACTION");

internal sealed record AssertStatement(Token At, Expr Condition, string? Message) : Statement(At, "ASSERT");

internal sealed record IfStatement(Token At, IReadOnlyList<(Expr Condition, IReadOnlyList<Statement> Body)> Branches, IReadOnlyList<Statement> Otherwise) : Statement(At, "IF");

internal sealed record RaiseStatement(Token At, Expr? Message) : Statement(At, "RAISE");

internal sealed record BlockStatement(Token At, IReadOnlyList<Statement> Body, IReadOnlyList<Statement>? Handler) : Statement(At, "BEGIN");
