using Junipeer.Engine.Tests.Kills;

/// <summary>
/// Makes a process of its own out of this assembly, one that only exports or imports: the runtime calls this before the test runner's
/// entry point, in processes whose environment asks for it. So what is killed is a plain process with nothing of a test
/// runner in it, and no other program has to carry code for tests. The runtime wants this name, outside of any namespace.
/// </summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        var (export, import) = (ExportOrder.OfThisProcess(), ImportOrder.OfThisProcess());
        if (export is null && import is null) return;
        Console.Out.WriteLine(WorkingProcess.Ready);
        Environment.Exit((import is not null ? import.RunAsync(CancellationToken.None).GetAwaiter().GetResult() : export!.RunAsync(CancellationToken.None).GetAwaiter().GetResult().Faults == 0) ? 0 : 3);
    }
}
