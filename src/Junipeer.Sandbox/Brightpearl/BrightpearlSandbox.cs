using Junipeer.Sandbox.Brightpearl.Faults;
using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Brightpearl.OAuth;
using Junipeer.Sandbox.Brightpearl.Resources;
using Junipeer.Sandbox.Brightpearl.World;
using Junipeer.Sandbox.Hosting;

namespace Junipeer.Sandbox.Brightpearl;

/// <summary>One simulated Brightpearl account with everything around it.</summary>
internal sealed class BrightpearlSandbox
{
    private readonly Dictionary<string, QuotaPool> _pools = [];
    private readonly SandboxOptions _options;

    public BrightpearlSandbox(SandboxOptions options, SandboxClock clock, AccountTime time)
    {
        _options = options;
        Clock = clock;
        Time = time;
        Tokens = new Tokens(() => clock.ElapsedMs);
        WorldBuilder builder = new WorldBuilder(options.Orders, options.Products, options.Seed, clock.NowMs, time).Build();
        World = builder.World;
        Changes = new WorldChanges(this, builder.Flow);
        World.StartRecording(() => clock.NowMs);
        Resources =
        [
            .. DeveloperTools.All(this), .. OrderService.All(this), .. ProductService.All(), .. ProductLists.All(), .. ContactService.All(this), .. WarehouseService.All(), .. StockService.All(), .. NoteService.All(this), .. AccountingService.All(this), .. AccountingLists.All(),
        ];
        Router = new Router(Resources.SelectMany(r => r.Routes));
        Authenticator = new Authenticator(Tokens, Quirks);
        Faults = new BrightpearlFaults(this);
        OAuth = new OAuthServer(this);
    }

    public SandboxClock Clock { get; }

    /// <summary>Host and port, once bound.</summary>
    public string Host { get; set; } = "127.0.0.1";

    public AccountTime Time { get; }

    public Tokens Tokens { get; }

    public WorldState World { get; }

    public WorldChanges Changes { get; }

    public Quirks Quirks { get; } = new();

    public Counters Counters { get; } = new();

    public IReadOnlyList<Resource> Resources { get; }

    public Router Router { get; }

    public Authenticator Authenticator { get; }

    public BrightpearlFaults Faults { get; }

    public OAuthServer OAuth { get; }

    public QuotaPool Pool(string name)
    {
        lock (_pools)
        {
            if (!_pools.TryGetValue(name, out QuotaPool? pool))
            {
                _pools[name] = pool = new QuotaPool(() => Clock.ElapsedMs, () => Clock.Now);
                pool.Configure(_options.Quota, (long)_options.QuotaWindow.TotalMilliseconds, _options.Rolling, reset: false);
            }

            return pool;
        }
    }

    public Dictionary<string, QuotaPool> Pools()
    {
        _ = Pool(Authenticator.PrivatePool);
        lock (_pools)
        {
            return new Dictionary<string, QuotaPool>(_pools);
        }
    }
}
