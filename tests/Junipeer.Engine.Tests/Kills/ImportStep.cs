namespace Junipeer.Engine.Tests.Kills;

/// <summary>A point in an import at which its process dies.</summary>
/// <param name="Name">What the table calls it.</param>
internal sealed record ImportStep(string Name)
{
    /// <summary>What it dies at by itself; see <see cref="ImportOrder.DieAt"/>. Otherwise it is killed while a request is frozen.</summary>
    public string? DieAt { get; init; }

    /// <summary>The request, as the sandbox calls it.</summary>
    public string? Resource { get; init; }

    public Moment Moment { get; init; }

    /// <summary>So many of these pass first.</summary>
    public int Skip { get; init; }

    /// <summary>How many jobs are begun by then; null where that is not certain.</summary>
    public int? Begun { get; init; }

    /// <summary>Whether the outcome of the last of them was not written down.</summary>
    public bool Left { get; init; }

    /// <summary>Whether it was written down which job Norce made, so that nothing has to be sent again.</summary>
    public bool Known { get; init; }

    /// <summary>The last line is on disk in half, as a machine leaves it that loses its power.</summary>
    public bool TornLine { get; init; }

    /// <summary>The body is on disk in half.</summary>
    public bool HalfBody { get; init; }

    /// <summary>Jobs take so long that the killed one is under way when the next run begins.</summary>
    public bool Slow { get; init; }

    /// <summary>More rows than the server takes at once when they are sent again.</summary>
    public bool Shrunk { get; init; }

    public override string ToString() => Resource is null ? Name : $"{Name}, {Moment}";

    /// <summary>Dies as soon as something is on disk, for the job of a number from 1.</summary>
    public static ImportStep At(string name, string step, int job, int begun, bool left, bool known = false) =>
        new($"{name} of job {job}") { DieAt = step, Skip = job - 1, Begun = begun, Left = left, Known = known };

    /// <summary>The three moments of a request.</summary>
    public static IEnumerable<ImportStep> Of(string name, string resource, int skip, int begun, bool left, bool known = false) =>
        Enum.GetValues<Moment>().Select(m => new ImportStep(name) { Resource = resource, Moment = m, Skip = skip, Begun = m == Moment.After ? null : begun, Left = left, Known = known });

    /// <summary>Everything around the sending of one job.</summary>
    public static IEnumerable<ImportStep> OfJob(string operation, int job) =>
    [
        At("body written", "body written", job, job - 1, left: false),
        At("body half written", "body written", job, job - 1, left: false) with { HalfBody = true },
        At("sending written", "sending written", job, job, left: true),
        At("sending half written", "sending written", job, job - 1, left: false) with { TornLine = true },
        .. Of($"post of job {job}", "connect." + operation.Replace('/', '.'), job - 1, job, left: true),
        At("answer received", $"POST commerce/connect/4.0/{operation}: 200", job, job, left: true),
        At("accepted written", "accepted written", job, job, left: true, known: true),
        At("accepted half written", "accepted written", job, job, left: true) with { TornLine = true },
        .. Of($"log of job {job}", "connect.Job.GetLog", job - 1, job, left: true, known: true),
        At("ended half written", "ended written", job, job, left: true, known: true) with { TornLine = true },
        At("ended written", "ended written", job, job, left: false),
        At("body deleted", "body deleted", job, job, left: false),
    ];

    /// <summary>The steps of a job that leave something different behind.</summary>
    public static IEnumerable<ImportStep> MainOfJob(string operation, int job) =>
        OfJob(operation, job).Where(s => s is { Moment: not Moment.After, TornLine: false, HalfBody: false } && !s.Name.StartsWith("log", StringComparison.Ordinal));
}
