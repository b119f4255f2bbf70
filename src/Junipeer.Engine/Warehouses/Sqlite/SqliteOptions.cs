namespace Junipeer.Warehouses.Sqlite;

/// <summary>What a test may want to be otherwise; everybody else takes the defaults.</summary>
internal sealed record SqliteOptions
{
    /// <summary>Clock, owner and process table of the lease.</summary>
    public LeaseRules Lease { get; init; } = LeaseRules.Default;

    /// <summary>How long to wait for another process that writes into the same file.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Size the file may reach, in pages of 4 KB.</summary>
    public int? MaximumPages { get; init; }

    /// <summary>Bytes held back before a commit; beyond it they are written into the open transaction.</summary>
    public long StagingLimit { get; init; } = 48 << 20;

    /// <summary>The mounts of this machine in the form of <c>/proc/self/mountinfo</c>; null where there is no such file.</summary>
    public Func<string?> Mounts { get; init; } = WarehousePath.ReadMounts;
}
