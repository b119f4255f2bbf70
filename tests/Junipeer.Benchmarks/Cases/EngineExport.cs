using System.Security;
using Junipeer.Connections;
using Junipeer.Export;
using Junipeer.Operations;

namespace Junipeer.Benchmarks.Cases;

/// <summary>Our export, as <c>Invoke-BrightpearlExport</c> starts it.</summary>
internal static class EngineExport
{
    public const string Database = "engine.db";

    public static async Task<(long Records, long Bytes)> RunAsync(Uri server, long orders, string folder, ExportTarget target)
    {
        var path = Path.Combine(folder, target == ExportTarget.Files ? "files" : Database);
        Clear(path);
        var sink = new Sink();
        var request = new ExportRequest
        {
            Connection = ConnectionTo(server, orders),
            Resources = ["order"],
            Target = target,
            Path = path,
            Compress = true,
            QuotaShare = 1,
        };
        await new JunipeerEngineFactory().Create(new Secret()).ExportAsync(request, sink, CancellationToken.None);
        if (sink.Result is not { Status: ExportStatus.Completed } result || result.Records != orders)
            throw new InvalidOperationException($"The export gave {sink.Result?.Records} records with status {sink.Result?.Status}; {orders} were there. {string.Join(' ', sink.Said)}");
        return (result.Records, SizeOf(path));
    }

    public static BrightpearlConnection ConnectionTo(Uri server, long orders) => new()
    {
        Name = "benchmark",
        BaseUri = server,
        AccountCode = $"n{orders}",
        AppReference = "benchmark",
        Kind = BrightpearlAuthentication.StaffToken,
        SecretReference = new SecretReference(SecretPlace.Memory, "benchmark"),
    };

    /// <summary>Removes what an earlier run left.</summary>
    public static void Clear(string path)
    {
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        foreach (var suffix in (string[])["", "-wal", "-shm"]) File.Delete(path + suffix);
    }

    public static long SizeOf(string path) => Directory.Exists(path)
        ? new DirectoryInfo(path).EnumerateFiles("*.gz").Sum(f => f.Length)
        : new FileInfo(path).Length;

    internal sealed class Sink : IOperationSink
    {
        public ExportResult? Result { get; private set; }

        public List<string> Said { get; } = [];

        public ValueTask WriteAsync(object result, CancellationToken stop)
        {
            Result = result as ExportResult;
            return ValueTask.CompletedTask;
        }

        public void Fault(JunipeerFault fault) => Said.Add(fault.Message);

        public void Warning(string message) => Said.Add(message);

        public void Verbose(string message)
        {
        }

        public void Debug(string message)
        {
        }

        public void Progress(OperationProgress progress)
        {
        }
    }

    private sealed class Secret : ISecretStore
    {
        public ValueTask<SecureString?> ReadAsync(SecretReference reference, CancellationToken stop)
        {
            var secret = new SecureString();
            foreach (var c in "benchmark") secret.AppendChar(c);
            return ValueTask.FromResult<SecureString?>(secret);
        }

        public ValueTask WriteAsync(JunipeerConnection connection, SecureString secret, CancellationToken stop) => throw new NotSupportedException();

        public ValueTask RemoveAsync(SecretReference reference, CancellationToken stop) => throw new NotSupportedException();
    }
}
