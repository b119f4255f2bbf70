using System.Text.Json;
using System.Text.RegularExpressions;
using Junipeer.Operations;

namespace Junipeer.Guides;

/// <summary>The set-up guides of the pairs, as data: a new pair or system is a new entry of guides.json.</summary>
internal static partial class GuideBook
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private static readonly Lazy<Book> Loaded = new(Load);

    /// <summary>The guides of a pair in any order, of all pairs with a system, or of all.</summary>
    /// <param name="pair">One or two systems; null or empty for all pairs.</param>
    /// <param name="commands">The commands the module has; a guide offers no others.</param>
    /// <exception cref="JunipeerException">There is no such pair.</exception>
    public static IReadOnlyList<SetupGuide> Read(IReadOnlyList<string>? pair, IReadOnlyCollection<string> commands)
    {
        var wanted = new HashSet<string>(pair ?? [], StringComparer.OrdinalIgnoreCase);
        var found = Loaded.Value.Pairs.Where(p => wanted.IsSubsetOf(p.Systems)).ToArray();

        // The same system twice is no pair, although it would be found.
        if (found.Length == 0 || wanted.Count < (pair?.Count ?? 0)) throw Unknown(pair!);
        var known = commands.ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. found.SelectMany(p => p.Guides.Select(name => Make(p, name, known)))];
    }

    private static SetupGuide Make(PairEntry pair, string name, HashSet<string> known)
    {
        var entry = Loaded.Value.Guides[name];
        var isAvailable = entry.Connects.TrueForAll(known.Contains);
        return new SetupGuide
        {
            Pair = pair.Systems,
            Summary = pair.Summary,
            System = entry.System,
            About = entry.About,
            Authentication = entry.Authentication,
            Lasts = entry.Lasts,
            MinimumMinutes = entry.Minutes[0],
            MaximumMinutes = entry.Minutes[^1],
            IsAvailable = isAvailable,
            AtHand = entry.AtHand,
            Methods = entry.Methods,
            Fields = entry.Fields,
            Variables = entry.Variables,
            Notes = isAvailable ? entry.Notes : [$"The connector for {string.Join(" and ", entry.Connects.Where(c => !known.Contains(c)).Select(SystemOf))} comes with a later version of this module; its commands cannot be run yet.", .. entry.Notes],
            Steps = [.. entry.Steps.Select((step, i) => new GuideStep
            {
                Step = i + 1,
                Title = step.Title,
                Detail = step.Detail,
                Commands = [.. step.Commands.Where(CanRun)],
                Planned = [.. step.Commands.Where(c => !CanRun(c))],
            })],
        };

        // A guide whose connector is missing has nothing to run but what needs no connection: commands of PowerShell itself.
        bool CanRun(GuideCommand command)
        {
            var ours = Ours().Matches(command.Text).Select(m => m.Value).ToArray();
            return (isAvailable || ours.Length == 0) && ours.All(known.Contains);
        }
    }

    private static string SystemOf(string command) => command[(command.IndexOf('-', StringComparison.Ordinal) + 1)..];

    private static JunipeerException Unknown(IReadOnlyList<string> pair)
    {
        var pairs = Loaded.Value.Pairs.Select(p => $"-Pair {string.Join(", ", p.Systems)}");
        return new(new JunipeerFault("Junipeer.Guide.UnknownPair", FaultCategory.InvalidArgument,
            $"There is no guide for {string.Join(" with ", pair.Select(s => $"'{s}'"))}.",
            $"Use {string.Join(" or ", pairs)}; Get-JunipeerGuide without -Pair shows all.")
        { Target = string.Join(", ", pair) });
    }

    private static Book Load()
    {
        using var stream = typeof(GuideBook).Assembly.GetManifestResourceStream("Guides.guides.json")!;
        return JsonSerializer.Deserialize<Book>(stream, Json)!;
    }

    /// <summary>The module's own commands in a line.</summary>
    [GeneratedRegex(@"\b[A-Z][a-z]+-(?:Junipeer|Brightpearl|Norce|BigQuery)[A-Za-z]*\b")]
    private static partial Regex Ours();

    private sealed record Book(List<PairEntry> Pairs, Dictionary<string, GuideEntry> Guides);

    private sealed record PairEntry(List<string> Systems, string Summary, List<string> Guides);

    private sealed record GuideEntry
    {
        public required string System { get; init; }

        public required string About { get; init; }

        public required string Authentication { get; init; }

        public required string Lasts { get; init; }

        public required List<int> Minutes { get; init; }

        /// <summary>The commands that connect; the guide is of use only where they exist.</summary>
        public required List<string> Connects { get; init; }

        public required List<string> AtHand { get; init; }

        public required List<StepEntry> Steps { get; init; }

        public List<GuideMethod> Methods { get; init; } = [];

        public List<GuideField> Fields { get; init; } = [];

        public List<GuideVariable> Variables { get; init; } = [];

        public List<string> Notes { get; init; } = [];
    }

    private sealed record StepEntry(string Title, string Detail)
    {
        public List<GuideCommand> Commands { get; init; } = [];
    }
}
