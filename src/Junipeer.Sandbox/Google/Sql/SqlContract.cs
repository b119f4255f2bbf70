using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

/// <summary>A named query parameter: its type as a field (REPEATED for an array) and its value.</summary>
internal sealed record SqlParameter(Field Type, object? Value);

internal sealed record SqlRequest(string Project, string Query)
{
    public string? DefaultDataset { get; init; }

    /// <summary>Where the job runs; tables elsewhere are not found. Null takes the location of the tables.</summary>
    public string? Location { get; init; }

    public bool DryRun { get; init; }

    public IReadOnlyDictionary<string, SqlParameter> Parameters { get; init; } = new Dictionary<string, SqlParameter>();

    /// <summary>What SESSION_USER() answers.</summary>
    public string User { get; init; } = "someone@example.com";

    public long? MaximumBytesBilled { get; init; }

    /// <summary>Asked before a table is read or changed; false is accessDenied.</summary>
    public Func<TableRef, SqlAccess, bool>? Allowed { get; init; }
}

internal enum SqlAccess
{
    Read,
    Change,
    Create,
}

internal sealed record DmlStats(long Inserted, long Updated, long Deleted)
{
    public long Affected => Inserted + Updated + Deleted;
}

internal sealed record SqlResult(string StatementType, IReadOnlyList<Field> Schema, IReadOnlyList<object?[]> Rows)
{
    /// <summary>Null for what is not DML.</summary>
    public DmlStats? Dml { get; init; }

    public long BytesProcessed { get; init; }

    public long BytesBilled { get; init; }

    /// <summary>The table that DML or DDL was about.</summary>
    public TableRef? Target { get; init; }

    /// <summary>CREATE, SKIP, DROP ... for DDL.</summary>
    public string? DdlOperation { get; init; }

    public IReadOnlyList<TableRef> ReferencedTables { get; init; } = [];

    /// <summary>Parameters that a dry run found in the text and not in the request.</summary>
    public IReadOnlyList<Field> UndeclaredParameters { get; init; } = [];

    /// <summary>The statements of a script, in the order they ran.</summary>
    public IReadOnlyList<SqlResult> Children { get; init; } = [];
}

/// <summary>A query that cannot run, or failed while running.</summary>
internal sealed class SqlException(string reason, string message, string? location = "query") : DataException(reason, message, location);
