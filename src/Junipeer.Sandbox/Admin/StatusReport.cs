using Junipeer.Sandbox.Brightpearl;
using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Brightpearl.Resources;

namespace Junipeer.Sandbox.Admin;

/// <summary>What the sandbox says about itself; never a token.</summary>
internal sealed class StatusReport(BrightpearlSandbox sandbox)
{
    public object Describe() => new
    {
        account = sandbox.Tokens.Account,
        otherAccount = sandbox.Tokens.OtherAccount,
        appReference = sandbox.Tokens.AppReference,
        developerReference = sandbox.Tokens.DeveloperReference,
        bearerTokens = sandbox.Tokens.Bearer.Count(t => !sandbox.Tokens.IsExpired(t)),
        clock = new { now = sandbox.Clock.Now, accountNow = sandbox.Time.Format(sandbox.Clock.NowMs), advancedSeconds = sandbox.Clock.AdvancedMs / 1000.0, skewSeconds = sandbox.Clock.SkewMs / 1000.0, timeZone = sandbox.Time.Zone.Id },
        seed = sandbox.World.Seed,
        counts = sandbox.Resources.Where(r => r.Count is not null).ToDictionary(r => r.Name, r => r.Count!(sandbox.World)),
        quota = Quota(),
        quirks = Quirks.All.ToDictionary(q => q.Name, q => sandbox.Quirks[q.Name]),
        faults = sandbox.Faults.All.Select(f => f.Describe()),
        counters = Counters(),
        memoryMegabytes = GC.GetTotalMemory(false) / 1_048_576,
    };

    public object Quota() => sandbox.Pools().ToDictionary(p => p.Key, p =>
    {
        QuotaAnswer now = p.Value.Look();
        return new { limit = p.Value.Limit, windowSeconds = p.Value.WindowMs / 1000.0, rolling = p.Value.Rolling, remaining = now.Remaining, nextPeriodMs = now.NextPeriodMs, otherApp = p.Value.Other };
    });

    public object Counters() => new
    {
        total = sandbox.Counters.Total,
        throttled = sandbox.Counters.Throttled,
        unauthorised = sandbox.Counters.Unauthorised,
        byKey = sandbox.Counters.ByKey(),
        windows = sandbox.Pools().SelectMany(p => p.Value.Windows().Select(w => new { pool = p.Key, start = w.Start, used = w.Used, other = w.Other, throttled = w.Throttled })).OrderBy(w => w.start),
    };
}
