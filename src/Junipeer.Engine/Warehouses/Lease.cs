using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Junipeer.Operations;

namespace Junipeer.Warehouses;

/// <summary>A process, told apart from every other one that ever had its number.</summary>
/// <param name="Machine">Name of the machine.</param>
/// <param name="ProcessId">Number of the process.</param>
/// <param name="ProcessStart">When it began, in a form only to be compared with another of the same machine.</param>
public sealed record LeaseOwner(string Machine, int ProcessId, string ProcessStart)
{
    /// <summary>This process.</summary>
    public static LeaseOwner Current { get; } =
        new(Environment.MachineName, Environment.ProcessId, StartOf(Environment.ProcessId) ?? "unknown");

    /// <summary>
    /// When a process of this machine began; null when there is none. On Linux from the kernel, as ticks since a named boot:
    /// the start time .NET works out from them moves with every correction of the clock.
    /// </summary>
    public static string? StartOf(int processId)
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                // The name in the second field may hold blanks and brackets, so counting begins behind its last bracket.
                var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

                // A zombie has its entry still, but does nothing any more.
                return fields[0] is "Z" or "X" ? null : $"{boot}/{fields[19]}";
            }

            using var process = Process.GetProcessById(processId);
            return process.HasExited ? null : process.StartTime.ToUniversalTime().Ticks.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException
            or System.ComponentModel.Win32Exception or IndexOutOfRangeException)
        {
            return null;
        }
    }
}

/// <summary>The lease on one resource as a destination stores it. The number only ever grows, so it names one holding.</summary>
public sealed record LeaseState
{
    /// <summary>Grows with every taking.</summary>
    public long Number { get; init; }

    /// <summary>Who holds it; null when it was given up.</summary>
    public LeaseOwner? Owner { get; init; }

    /// <summary>The run it is held for.</summary>
    public string? RunId { get; init; }

    /// <summary>When it was taken, UTC.</summary>
    public DateTimeOffset TakenAt { get; init; }

    /// <summary>When its holder last committed, UTC.</summary>
    public DateTimeOffset RenewedAt { get; init; }
}

/// <summary>
/// The rules of the lease, the same for every destination; each stores the state in its own way and calls these inside its
/// own transaction or lock. Clock, owner and process table can be replaced, so that a sleep or a second machine can be played.
/// </summary>
/// <param name="Clock">This machine's clock.</param>
/// <param name="Self">Who takes leases.</param>
/// <param name="ProcessStart">As <see cref="LeaseOwner.StartOf"/>.</param>
public sealed record LeaseRules(TimeProvider Clock, LeaseOwner Self, Func<int, string?> ProcessStart)
{
    /// <summary>How long a holder that cannot be looked at (on another machine) may stay silent.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    // What this process holds. A holding that could not be given up, because the disk was full at the end, must not lock
    // out the next run of the same process.
    private static readonly ConcurrentDictionary<(string Destination, string Resource, long Number), byte> Held = new();

    /// <summary>The rules for this process.</summary>
    public static LeaseRules Default { get; } = new(TimeProvider.System, LeaseOwner.Current, LeaseOwner.StartOf);

    /// <summary>The lease that this run holds from now on.</summary>
    /// <param name="stored">What is stored; null when nobody ever took it.</param>
    /// <param name="runId">The run that takes it.</param>
    /// <param name="resource">For the message.</param>
    /// <param name="destination">For the message.</param>
    /// <exception cref="JunipeerException"><c>Junipeer.Lease.Held</c>.</exception>
    public LeaseState Take(LeaseState? stored, string runId, string resource, string destination)
    {
        var now = Clock.GetUtcNow();
        if (stored?.Owner is { } owner && IsAlive(stored, owner, now, resource, destination))
        {
            var here = owner.Machine == Self.Machine;
            throw new JunipeerException(new JunipeerFault(
                "Junipeer.Lease.Held",
                FaultCategory.ResourceBusy,
                $"Run {stored.RunId} (process {owner.ProcessId} on {owner.Machine}) has been writing '{resource}' into '{destination}' since {Show(stored.TakenAt)}, last commit {Show(stored.RenewedAt)}.",
                here
                    ? $"Wait until process {owner.ProcessId} has ended the export, or stop it; then run the export again."
                    : $"Wait until that export has ended, or until {Show(stored.RenewedAt + Patience)} when its machine is gone; then run the export again.")
            {
                Target = resource,
                IsTransient = true,
            });
        }

        var mine = new LeaseState { Number = (stored?.Number ?? 0) + 1, Owner = Self, RunId = runId, TakenAt = now, RenewedAt = now };
        Held[(destination, resource, mine.Number)] = 0;
        return mine;
    }

    /// <summary>The lease, renewed.</summary>
    /// <exception cref="JunipeerException"><c>Junipeer.Lease.Lost</c> when what is stored is not <paramref name="mine"/> any more.</exception>
    public LeaseState Renew(LeaseState? stored, LeaseState mine, string resource, string destination) =>
        IsMine(stored, mine) ? mine with { RenewedAt = Clock.GetUtcNow() } : throw Lost(stored, mine, resource, destination);

    /// <summary>True when what is stored is still this holding.</summary>
    public static bool IsMine(LeaseState? stored, LeaseState mine) =>
        stored is not null && stored.Number == mine.Number && stored.RunId == mine.RunId && stored.Owner is not null;

    /// <summary>This process no longer uses a holding, whether it could be given up where it is stored or not.</summary>
    public static void Leave(LeaseState mine, string resource, string destination) =>
        Held.TryRemove((destination, resource, mine.Number), out _);

    private bool IsAlive(LeaseState stored, LeaseOwner owner, DateTimeOffset now, string resource, string destination)
    {
        if (owner.Machine != Self.Machine) return now - stored.RenewedAt < Patience;
        return owner == Self ? Held.ContainsKey((destination, resource, stored.Number)) : ProcessStart(owner.ProcessId) == owner.ProcessStart;
    }

    private static JunipeerException Lost(LeaseState? stored, LeaseState mine, string resource, string destination)
    {
        var other = stored?.Owner is { } owner && stored.Number != mine.Number
            ? $"run {stored.RunId} (process {owner.ProcessId} on {owner.Machine}) took it over at {Show(stored.TakenAt)}"
            : "another run took it over";
        return new JunipeerException(new JunipeerFault(
            "Junipeer.Lease.Lost",
            FaultCategory.ResourceBusy,
            $"This run stopped renewing its lease on '{resource}' in '{destination}' since {Show(mine.RenewedAt)}, and {other}. Nothing was written after that.",
            "Run the export again: it goes on where the other run stands.")
        {
            Target = resource,
            IsTransient = true,
        });
    }

    private static string Show(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
