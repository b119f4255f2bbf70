using System.Diagnostics;
using Junipeer.Connections;
using Junipeer.Tests.SandboxOAuth;
using Xunit;

namespace Junipeer.Tests.Connections;

/// <summary>The lock between processes.</summary>
public sealed class FileLockTests : IDisposable
{
    private const string Variable = "JUNIPEER_TEST_LOCK";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("junipeer-lock-");

    private string Locked => Path.Combine(_folder.FullName, "x.lock");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_file_left_behind_locks_nobody_out()
    {
        await File.WriteAllTextAsync(Locked, "4711", OAuthBox.Stop);

        using var held = await TakeAsync(TimeSpan.FromSeconds(1));

        Assert.NotNull(held);
    }

    [Fact]
    public async Task It_is_held_by_one_and_given_on()
    {
        var first = await TakeAsync(TimeSpan.Zero);
        Assert.NotNull(first);
        Assert.Null(await TakeAsync(TimeSpan.FromMilliseconds(100)));
        var waiting = TakeAsync(TimeSpan.FromSeconds(10));
        await Task.Delay(100, OAuthBox.Stop);
        Assert.False(waiting.IsCompleted);

        first.Dispose();

        using var second = await waiting;
        Assert.NotNull(second);
    }

    [Fact]
    public async Task Twenty_who_want_it_have_it_one_at_a_time()
    {
        var inside = 0;
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () =>
        {
            using var held = await TakeAsync(TimeSpan.FromSeconds(30));
            Assert.NotNull(held);
            Assert.Equal(1, Interlocked.Increment(ref inside));
            await Task.Delay(5, OAuthBox.Stop);
            Interlocked.Decrement(ref inside);
        })));
    }

    [Fact]
    public async Task Waiting_for_it_can_be_stopped()
    {
        using var held = await TakeAsync(TimeSpan.Zero);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FileLock.TakeAsync(Locked, TimeSpan.FromSeconds(30), stop.Token));
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_an_error_and_no_wait() =>
        await Assert.ThrowsAnyAsync<IOException>(() => FileLock.TakeAsync(Path.Combine(_folder.FullName, "none", "x.lock"), TimeSpan.FromSeconds(30), OAuthBox.Stop));

    [Fact]
    public async Task A_killed_process_lets_go_of_it()
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet") { RedirectStandardOutput = true };
        foreach (var argument in (string[])["exec", typeof(FileLockTests).Assembly.Location, "-method", $"{typeof(FileLockTests).FullName}.{nameof(Hold)}", "-explicit", "only", "-noColor"])
            start.ArgumentList.Add(argument);
        start.Environment[Variable] = Locked;
        using var process = Process.Start(start)!;
        try
        {
            var drained = process.StandardOutput.ReadToEndAsync(OAuthBox.Stop);
            while (!File.Exists(Locked + ".held"))
            {
                Assert.False(process.HasExited, "The holder ended before it held the lock.");
                await Task.Delay(20, OAuthBox.Stop);
            }

            Assert.Null(await TakeAsync(TimeSpan.FromMilliseconds(200)));

            process.Kill();
            using var held = await TakeAsync(TimeSpan.FromSeconds(10));

            Assert.NotNull(held);
            await drained;
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    /// <summary>The other process's side.</summary>
    [Fact(Explicit = true)]
    public async Task Hold()
    {
        var file = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipUnless(file is not null, "is run by another test, in a process of its own");
        using var held = await FileLock.TakeAsync(file, TimeSpan.FromSeconds(10), OAuthBox.Stop);
        Assert.NotNull(held);
        await File.WriteAllTextAsync(file + ".held", string.Empty, OAuthBox.Stop);
        await Task.Delay(TimeSpan.FromMinutes(2), OAuthBox.Stop);
    }

    private Task<FileLock?> TakeAsync(TimeSpan patience) => FileLock.TakeAsync(Locked, patience, OAuthBox.Stop);
}
