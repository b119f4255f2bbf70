using System.Globalization;

namespace Junipeer.Sandbox.Hosting;

/// <summary>What the command line asks for.</summary>
internal sealed record CommandLine(SandboxOptions Options, string? ReadyFile, bool Help)
{
    public const string Usage = """
        Serves a simulated Brightpearl account, a simulated Norce client and a simulated BigQuery on 127.0.0.1.

          serve [--port 5400] [--orders 20000] [--products N] [--seed 1] [--quota 200] [--quota-window-seconds 60] [--rolling]
                [--time-zone America/Chicago] [--start 2026-06-01T12:00:00Z] [--quirk name=value]... [--ready-file PATH]
                [--auto-approve] [--token-lifetime-seconds 604800] [--refresh-token-lifetime-seconds N] [--redirect-uri URI]...

          --port                  Brightpearl's port; the next is Norce's, the one after it Google's. 0 picks free ones.
          --orders                how many orders the account starts with
          --products              how many products; a tenth of the orders by default
          --seed                  the same seed, orders and products give the same account
          --quota                 requests in one window
          --quota-window-seconds  length of a window
          --rolling               a rolling window instead of fixed ones
          --time-zone             the account's time zone
          --start                 where the clock starts; now by default
          --quirk                 a quirk that differs from its default; GET /_sandbox/quirks lists them
          --ready-file            a JSON file, written when everything answers
          --auto-approve          the authorise page allows at once, without a person
          --token-lifetime-seconds, --refresh-token-lifetime-seconds
                                  how long OAuth tokens live; refresh tokens without end by default
          --redirect-uri          one more redirect URI of the OAuth apps
          --help                  this text
        """;

    /// <exception cref="ArgumentException">The arguments make no sense; the message says which.</exception>
    public static CommandLine Parse(string[] args)
    {
        Queue<string> left = new(args);
        if (left.Count == 0)
        {
            throw new ArgumentException("Say what to do: serve.");
        }

        string verb = left.Dequeue();
        if (verb is "--help" or "-h" or "help")
        {
            return new CommandLine(new SandboxOptions(), null, true);
        }

        if (verb != "serve")
        {
            throw new ArgumentException($"'{verb}' is not known; serve is.");
        }

        int port = 5400, orders = 20_000, seed = 1, quota = 200;
        double window = 60;
        int life = 604_800;
        int? refreshLife = null, products = null;
        List<string> redirects = [];
        bool rolling = false, help = false, approve = false;
        string zone = "America/Chicago";
        string? ready = null;
        DateTimeOffset? start = null;
        Dictionary<string, string> quirks = [];
        while (left.TryDequeue(out string? option))
        {
            switch (option)
            {
                case "--port": port = Number(option, left, 0, 65_533); break;
                case "--orders": orders = Number(option, left, 0, 5_000_000); break;
                case "--products": products = Number(option, left, 1, 500_000); break;
                case "--seed": seed = Number(option, left, 0, int.MaxValue); break;
                case "--quota": quota = Number(option, left, 1, 1_000_000); break;
                case "--quota-window-seconds":
                    window = double.TryParse(Value(option, left), NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0.1 and <= 86_400
                        ? seconds
                        : throw new ArgumentException("--quota-window-seconds takes a number from 0.1 to 86400.");
                    break;
                case "--rolling": rolling = true; break;
                case "--time-zone": zone = Value(option, left); break;
                case "--start":
                    start = DateTimeOffset.TryParse(Value(option, left), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at)
                        ? at
                        : throw new ArgumentException("--start takes an ISO 8601 time.");
                    break;
                case "--quirk":
                    string[] pair = Value(option, left).Split('=', 2);
                    quirks[pair[0]] = pair.Length == 2 ? pair[1] : throw new ArgumentException("--quirk takes name=value.");
                    break;
                case "--auto-approve": approve = true; break;
                case "--token-lifetime-seconds": life = Number(option, left, 1, int.MaxValue); break;
                case "--refresh-token-lifetime-seconds": refreshLife = Number(option, left, 1, int.MaxValue); break;
                case "--redirect-uri": redirects.Add(Value(option, left)); break;
                case "--ready-file": ready = Value(option, left); break;
                case "--help" or "-h": help = true; break;
                default: throw new ArgumentException($"'{option}' is not known.");
            }
        }

        return new CommandLine(
            new SandboxOptions
            {
                Port = port, Orders = orders, Products = products, Seed = seed, Quota = quota, QuotaWindow = TimeSpan.FromSeconds(window), Rolling = rolling, TimeZone = zone, Start = start, Quirks = quirks,
                AutoApprove = approve, TokenLifetime = TimeSpan.FromSeconds(life), RefreshTokenLifetime = refreshLife is { } ends ? TimeSpan.FromSeconds(ends) : null, RedirectUris = redirects,
            },
            ready,
            help);
    }

    private static string Value(string option, Queue<string> left) =>
        left.TryDequeue(out string? value) ? value : throw new ArgumentException($"{option} needs a value.");

    private static int Number(string option, Queue<string> left, int low, int high) =>
        int.TryParse(Value(option, left), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= low && number <= high
            ? number
            : throw new ArgumentException($"{option} takes a whole number from {low} to {high}.");
}
