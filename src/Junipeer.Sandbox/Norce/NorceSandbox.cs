using Junipeer.Sandbox.Hosting;
using Junipeer.Sandbox.Norce.Admin;
using Junipeer.Sandbox.Norce.Connect;
using Junipeer.Sandbox.Norce.Data;
using Junipeer.Sandbox.Norce.Events;
using Junipeer.Sandbox.Norce.Front;
using Junipeer.Sandbox.Norce.Identity;
using Junipeer.Sandbox.Norce.Orders;
using Junipeer.Sandbox.Norce.Query;
using Junipeer.Sandbox.Norce.Services;

namespace Junipeer.Sandbox.Norce;

/// <summary>A shop or market of the client.</summary>
internal sealed record NorceApplication(int Id, string Key, string Name, string Culture, string Currency);

/// <summary>One simulated Norce client in one environment, with everything around it.</summary>
internal sealed class NorceSandbox : IDisposable
{
    public const int ClientId = 1006;

    /// <summary>The system account that imports are logged on.</summary>
    public const int AccountId = 42;
    public const int FirstApplication = 1042;
    public const string Slug = "sandbox";

    public static readonly NorceApplication[] Applications =
    [
        new(FirstApplication, "7c0f3d8e-22aa-4b61-9d9d-6f1c2f0e5a10", "Sandbox UK", "en-GB", "GBP"),
        new(1043, "b1d5f0a2-6c3e-4f7d-8a90-2e4c6b8d0f31", "Sandbox EU", "sv-SE", "EUR"),
    ];

    private readonly Lazy<NorceWorld> _world;

    public NorceSandbox(SandboxClock clock, CatalogueSource catalogue)
    {
        Clock = clock;
        Catalogue = catalogue;
        _world = new Lazy<NorceWorld>(Build);
        Limits = new NorceLimits(clock, Quirks);
        Identity = new NorceIdentity(this);
        TokenMethod = new TokenMethod(this);
        Query = new QueryMethods(this);
        Connect = new ConnectMethods(this);
        Jobs = new JobRunner(this);
        Orders = new OrderMethods(this);
        Push = new OrderPush(this);
        Events = new EventPush(this);
        Services = new ServiceMethods(this);
        Changes = new NorceChanges(this);
        Faults = new NorceFaults(this);
    }

    public SandboxClock Clock { get; }

    /// <summary>Host and port, once bound.</summary>
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>The environment that this host belongs to, as a word of the scope.</summary>
    public string Environment { get; set; } = "playground";

    /// <summary>What Brightpearl sold when the sandbox started.</summary>
    public CatalogueSource Catalogue { get; private set; }

    /// <summary>The database; made when somebody first asks, as most users of the sandbox never do.</summary>
    public NorceWorld World => _world.Value;

    public NorceQuirks Quirks { get; } = new();

    public NorceLimits Limits { get; }

    public NorceCounters Counters { get; } = new();

    public NorceFaults Faults { get; }

    public NorceIdentity Identity { get; }

    public TokenMethod TokenMethod { get; }

    public QueryMethods Query { get; }

    public ConnectMethods Connect { get; }

    public JobRunner Jobs { get; }

    public OrderMethods Orders { get; }

    public OrderPush Push { get; }

    public EventPush Events { get; }

    /// <summary>What messages did at the payment provider.</summary>
    public List<MoneyMove> Money { get; } = [];

    /// <summary>Messages that are only recorded.</summary>
    public List<(string Kind, string Body)> Messages { get; } = [];

    public ServiceMethods Services { get; }

    public NorceChanges Changes { get; }

    /// <summary>Adds what Brightpearl sells now and this side does not know yet. The caller holds the world's lock.</summary>
    public void TakeOver()
    {
        Catalogue = Catalogue.Now();
        new Seeder(World, Catalogue, Clock).AddMissing();
    }

    private NorceWorld Build()
    {
        NorceWorld world = new(Clock);
        new Seeder(world, Catalogue, Clock).Run();
        world.Changed = Events.RowChanged;
        return world;
    }

    public void Dispose()
    {
        Faults.ReleaseAll();
        Jobs.Dispose();
        Push.Dispose();
        Events.Dispose();
    }
}
