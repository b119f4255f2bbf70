using Junipeer.Connections;

namespace Junipeer.Export;

/// <summary>Where records go.</summary>
public enum ExportTarget
{
    /// <summary>The pipeline.</summary>
    Pipeline,

    /// <summary>NDJSON files in a folder.</summary>
    Files,

    /// <summary>Tables of a warehouse.</summary>
    Warehouse,
}

/// <summary>What a warehouse does with properties the catalogue does not know.</summary>
public enum SchemaPolicy
{
    /// <summary>Adds a column for a new scalar at a known depth.</summary>
    Evolve,

    /// <summary>Adds nothing; the payload keeps all.</summary>
    Freeze,
}

/// <summary>An export, for <c>Invoke-BrightpearlExport</c>.</summary>
public sealed record ExportRequest
{
    /// <summary>Where to read.</summary>
    public required JunipeerConnection Connection { get; init; }

    /// <summary>Resource names, or <c>Standard</c> for all of that tier.</summary>
    public required IReadOnlyList<string> Resources { get; init; }

    /// <summary>Where records go.</summary>
    public ExportTarget Target { get; init; }

    /// <summary>The folder, or the SQLite file; a full path.</summary>
    public string? Path { get; init; }

    /// <summary>The warehouse, when it is a connection.</summary>
    public JunipeerConnection? Warehouse { get; init; }

    /// <summary>Write <c>.ndjson.gz</c> instead of <c>.ndjson</c>.</summary>
    public bool Compress { get; init; }

    /// <summary>Only what changed since; never moves a bookmark, never flags deletes.</summary>
    public DateTimeOffset? UpdatedAfter { get; init; }

    /// <summary>Only these ids (sets and ranges allowed); never moves a bookmark, never flags deletes.</summary>
    public IReadOnlyList<string> Ids { get; init; } = [];

    /// <summary>Read everything again, now.</summary>
    public bool Full { get; init; }

    /// <summary>How far a watermark is set back, so that late and badly clocked changes are read again. Default 10 minutes.</summary>
    public TimeSpan LookBack { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The share of the quota this run may use, 0.05 to 1; null: 0.7 for token connections, 0.9 for OAuth.</summary>
    public double? QuotaShare { get; init; }

    /// <summary>How often resources that show no change date are read whole. Default 24 hours.</summary>
    public TimeSpan FullEvery { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How often documents of the last 90 days are read again for silent edits. Default 7 days.</summary>
    public TimeSpan RecheckEvery { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Stop cleanly at a commit after this time; the next run goes on.</summary>
    public TimeSpan? MaximumDuration { get; init; }

    /// <summary>Put before every table name, for example <c>eu_</c>; state tables keep their own per prefix.</summary>
    public string TablePrefix { get; init; } = "";

    /// <summary>Most bytes a single statement may be billed for, where the warehouse bills; null for no limit.</summary>
    public long? MaximumBytesBilled { get; init; }

    /// <summary>Leave the payload column empty.</summary>
    public bool NoPayload { get; init; }

    /// <summary>Fields to keep out of columns and payload: <c>name</c>, <c>path.to.name</c>, or <c>Personal</c> for all fields the catalogue marks.</summary>
    public IReadOnlyList<string> ExcludeFields { get; init; } = [];

    /// <summary>What to do with unknown properties.</summary>
    public SchemaPolicy SchemaPolicy { get; init; } = SchemaPolicy.Evolve;

    /// <summary>Flag deletes even when so many vanished that the guard would hold them back.</summary>
    public bool AllowMassDelete { get; init; }

    /// <summary>How long runs and rejects are kept. Default 90 days.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(90);
}
