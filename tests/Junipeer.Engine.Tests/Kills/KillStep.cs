namespace Junipeer.Engine.Tests.Kills;

/// <summary>When, seen from the request, the process dies.</summary>
internal enum Moment
{
    /// <summary>The server has read the request and done nothing yet.</summary>
    Before,

    /// <summary>The server has acted and its answer never leaves.</summary>
    Withheld,

    /// <summary>The answer has just come: it is being read, written or committed.</summary>
    After,
}

/// <summary>Which pass a run is in.</summary>
internal enum KilledPass
{
    Full,
    Changes,
    Recheck,
}

/// <summary>A request of a run at which the run is killed.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Pass">Full passes begin with an empty destination, the others with one that is equal to the account.</param>
/// <param name="Verb">As the sandbox counts: OPTIONS, SEARCH, GET.</param>
/// <param name="Resource">Whose request.</param>
internal sealed record KillStep(string Name, KilledPass Pass, string Verb, string Resource)
{
    /// <summary>So many such requests pass first.</summary>
    public int Skip { get; init; }

    public string? Path { get; init; }

    public string? Query { get; init; }

    /// <summary>
    /// The process dies only when an earlier part of the same pass is committed, so that the next run has something to go on
    /// with. A process that is killed at once leaves that to chance.
    /// </summary>
    public bool InMiddle { get; init; }

    public static KillStep Full(string name, string verb, string resource) => new(name, KilledPass.Full, verb, resource);

    public static KillStep Changes(string name, string verb, string resource) => new(name, KilledPass.Changes, verb, resource);

    public static KillStep Recheck(string name, string verb, string resource) => new(name, KilledPass.Recheck, verb, resource);

    public override string ToString() => $"{Pass}: {Name}";
}
