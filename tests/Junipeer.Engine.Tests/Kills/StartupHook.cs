using Junipeer.Engine.Tests.Kills;

/// <summary>
/// Makes a process of its own out of this assembly, one that only exports: the runtime calls this before the test runner's
/// entry point, in processes whose environment asks for it. So what is killed is a plain process with nothing of a test
/// runner in it, and no other program has to carry code for tests. The runtime wants this name, outside of any namespace.
/// </summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        if (ExportOrder.OfThisProcess() is not { } order) return;
        Console.Out.WriteLine(ExportingProcess.Ready);
        Environment.Exit(order.RunAsync(CancellationToken.None).GetAwaiter().GetResult() is { Faults: 0 } ? 0 : 3);
    }
}
