namespace Junipeer.Guides;

/// <summary>One step of a guide.</summary>
public sealed record GuideStep
{
    /// <summary>Its place, from 1.</summary>
    public required int Step { get; init; }

    /// <summary>What to do.</summary>
    public required string Title { get; init; }

    /// <summary>How, and why.</summary>
    public required string Detail { get; init; }

    /// <summary>Commands that do it; several are alternatives. Each can be run in this version of the module.</summary>
    public required IReadOnlyList<GuideCommand> Commands { get; init; }

    /// <summary>Commands that will do it once the system's connector is there; they cannot be run yet.</summary>
    public required IReadOnlyList<GuideCommand> Planned { get; init; }

    /// <summary>Number and title.</summary>
    public override string ToString() => $"{Step}. {Title}";
}

/// <summary>A command of a step.</summary>
/// <param name="Text">The command, as it is typed.</param>
/// <param name="When">When to take it; null where there is no choice.</param>
public sealed record GuideCommand(string Text, string? When)
{
    /// <summary>The command.</summary>
    public override string ToString() => Text;
}

/// <summary>A kind of authentication a system offers.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Needs">What has to be made before.</param>
/// <param name="Asks">What a connection then asks for.</param>
/// <param name="Where">Where that is found.</param>
/// <param name="Parameter">The parameter that takes it.</param>
public sealed record GuideMethod(string Name, string Needs, string Asks, string Where, string Parameter)
{
    /// <summary>The name.</summary>
    public override string ToString() => Name;
}

/// <summary>A field other tools show when they connect, and where it goes here.</summary>
/// <param name="Name">The field's name there.</param>
/// <param name="Required">Whether it must be filled in there.</param>
/// <param name="Parameter">The parameter that takes it here.</param>
/// <param name="Default">What is used when it is left out; null for nothing.</param>
/// <param name="Note">What it means.</param>
public sealed record GuideField(string Name, bool Required, string Parameter, string? Default, string Note)
{
    /// <summary>The name.</summary>
    public override string ToString() => Name;
}

/// <summary>A variable of the environment that carries a secret or a fact.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Note">What it holds, and what becomes of it.</param>
public sealed record GuideVariable(string Name, string Note)
{
    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
