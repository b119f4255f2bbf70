namespace Junipeer.Records;

/// <summary>
/// One record on its way to the pipeline. Values are null, <see cref="string"/>, <see cref="bool"/>, <see cref="long"/>,
/// <see cref="decimal"/>, <see cref="DateTimeOffset"/>, <see cref="DateOnly"/>, another <see cref="JunipeerRecord"/>, or an
/// <c>object?[]</c> of those; the cmdlet side turns it into a PSCustomObject of the same names.
/// </summary>
/// <param name="TypeName">For example <c>Junipeer.Brightpearl.Order</c>; null for a nested record.</param>
/// <param name="Properties">Names as the system spells them, in its order.</param>
public sealed record JunipeerRecord(string? TypeName, IReadOnlyList<KeyValuePair<string, object?>> Properties);
