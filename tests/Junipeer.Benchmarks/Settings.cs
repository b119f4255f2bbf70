using System.Globalization;

namespace Junipeer.Benchmarks;

/// <summary>What to measure, from the command line.</summary>
internal sealed record Settings
{
    public static readonly IReadOnlyList<string> Parts = ["ndjson", "sqlite", "script", "stages", "memory", "module", "bigquery", "norce"];

    public const string Usage = """
        dotnet run -c Release --project tests/Junipeer.Benchmarks [-- options]

          --orders N          orders of the comparisons (100000)
          --big N             orders of the second memory figure (1000000)
          --script-orders N   orders of the user's script (5000)
          --repeat N          runs of each comparison; the one in the middle counts (3)
          --only a,b          ndjson, sqlite, script, stages, memory, module, bigquery, norce
          --load-mb N         megabytes of NDJSON loaded into BigQuery (300)
          --big-load-mb N     the same for the memory figure (2048)
          --node PATH         a node_modules folder with @google-cloud/bigquery, to compare with
          --folder PATH       where to write (a temporary folder); needs some 8 GB for a million orders in SQLite
          --module PATH       the manifest of the built module (Junipeer.psd1 of the repository)
        """;

    public long Orders { get; init; } = 100_000;

    public long Big { get; init; } = 1_000_000;

    public long ScriptOrders { get; init; } = 5000;

    public int Repeat { get; init; } = 3;

    public long LoadMegabytes { get; init; } = 300;

    public long BigLoadMegabytes { get; init; } = 2048;

    public string? Node { get; init; }

    public IReadOnlyList<string> Only { get; init; } = Parts;

    public string? Folder { get; init; }

    public string? Module { get; init; }

    /// <summary>Reads the command line; null when it cannot be understood.</summary>
    public static Settings? Parse(string[] arguments)
    {
        var settings = new Settings();
        for (var i = 0; i < arguments.Length; i += 2)
        {
            if (i + 1 == arguments.Length) return null;
            var value = arguments[i + 1];
            long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            var only = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            var next = arguments[i] switch
            {
                "--orders" when number > 0 => settings with { Orders = number },
                "--big" when number > 0 => settings with { Big = number },
                "--script-orders" when number > 0 => settings with { ScriptOrders = number },
                "--load-mb" when number > 0 => settings with { LoadMegabytes = number },
                "--big-load-mb" when number > 0 => settings with { BigLoadMegabytes = number },
                "--node" => settings with { Node = Path.GetFullPath(value) },
                "--repeat" when number > 0 => settings with { Repeat = (int)number },
                "--only" when only.All(Parts.Contains) => settings with { Only = only },
                "--folder" => settings with { Folder = Path.GetFullPath(value) },
                "--module" => settings with { Module = Path.GetFullPath(value) },
                _ => null,
            };
            if (next is null) return null;
            settings = next;
        }

        return settings;
    }
}
