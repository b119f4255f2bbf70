using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Junipeer.Benchmarks;

/// <summary>What one process measured of itself.</summary>
internal sealed record Measured
{
    public long Records { get; init; }

    /// <summary>Bytes of what was written.</summary>
    public long Bytes { get; init; }

    /// <summary>Seconds on the clock.</summary>
    public double Wall { get; init; }

    /// <summary>Seconds of processor time of the process, user and system.</summary>
    public double Cpu { get; init; }

    /// <summary>Highest resident memory, in MB.</summary>
    public double PeakMb { get; init; }

    /// <summary>Further figures by name.</summary>
    public IReadOnlyDictionary<string, double> Figures { get; init; } = new Dictionary<string, double>();

    /// <summary>Bytes taken from the managed heap.</summary>
    public long Allocated { get; init; }

    public double CpuPerThousand => Cpu / Records * 1000;

    public double RecordsPerSecond => Records / Wall;

    /// <summary>Runs a piece of work, counting the whole process from its very start.</summary>
    public static async Task<Measured> OfAsync(Func<Task<(long Records, long Bytes)>> work)
    {
        var watch = Stopwatch.StartNew();
        var (records, bytes) = await work();
        return new Measured
        {
            Records = records,
            Bytes = bytes,
            Wall = watch.Elapsed.TotalSeconds,
            Cpu = Environment.CpuUsage.TotalTime.TotalSeconds,
            PeakMb = PeakMegabytes(),
            Allocated = GC.GetTotalAllocatedBytes(),
        };
    }

    public static Measured Read(string json) => JsonSerializer.Deserialize<Measured>(json, JsonSerializerOptions.Web)!;

    public override string ToString() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    /// <summary>The run in the middle, by processor time; peaks are the highest of all.</summary>
    public static Measured Median(IReadOnlyList<Measured> runs) =>
        runs.OrderBy(r => r.Cpu).ElementAt(runs.Count / 2) with { PeakMb = runs.Max(r => r.PeakMb) };

    private static double PeakMegabytes()
    {
        if (OperatingSystem.IsLinux())
        {
            var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;
        }

        using var self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64 / 1048576.0;
    }
}
