namespace Junipeer.Guides;

/// <summary>How one system of a pair is set up: the credentials, how long they last, and the steps.</summary>
public sealed record SetupGuide
{
    /// <summary>The two systems that work together.</summary>
    public required IReadOnlyList<string> Pair { get; init; }

    /// <summary>What the guides of the pair hold.</summary>
    public required string Summary { get; init; }

    /// <summary>The system set up here; <c>Both</c> for what comes when both are.</summary>
    public required string System { get; init; }

    /// <summary>What the system is.</summary>
    public required string About { get; init; }

    /// <summary>How the module proves itself to the system.</summary>
    public required string Authentication { get; init; }

    /// <summary>How long the credentials and the tokens made from them last.</summary>
    public required string Lasts { get; init; }

    /// <summary>Minutes it takes one who has everything at hand.</summary>
    public required int MinimumMinutes { get; init; }

    /// <summary>Minutes it takes when some of it must be looked up.</summary>
    public required int MaximumMinutes { get; init; }

    /// <summary>False when this version of the module has no connector for the system yet.</summary>
    public required bool IsAvailable { get; init; }

    /// <summary>What to have at hand before beginning.</summary>
    public required IReadOnlyList<string> AtHand { get; init; }

    /// <summary>The steps, the last of which proves the connection.</summary>
    public required IReadOnlyList<GuideStep> Steps { get; init; }

    /// <summary>The kinds of authentication the system offers.</summary>
    public required IReadOnlyList<GuideMethod> Methods { get; init; }

    /// <summary>What other tools ask for when they connect, and the parameter that takes it here.</summary>
    public required IReadOnlyList<GuideField> Fields { get; init; }

    /// <summary>The variables in which an integration platform hands secrets to a job.</summary>
    public required IReadOnlyList<GuideVariable> Variables { get; init; }

    /// <summary>What else to know.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The time it takes, as people read it: <c>10-15</c>.</summary>
    public string Minutes => MinimumMinutes == MaximumMinutes ? $"{MinimumMinutes}" : $"{MinimumMinutes}-{MaximumMinutes}";

    /// <summary>Pair and system.</summary>
    public override string ToString() => $"{string.Join(" + ", Pair)}: {System}";
}
