using System.Security;
using System.Text;
using System.Text.Json;
using Junipeer.Connections;
using Junipeer.Norce;
using Junipeer.Operations;

namespace Junipeer.Benchmarks.Cases;

/// <summary>Rows of stock sent to Norce.</summary>
internal static class NorceSend
{
    private const int Batch = 500;

    /// <summary>The least sending can cost: the same rows written as JSON and posted, as many at a time; no answer is looked into.</summary>
    public static async Task<(long Records, long Bytes)> FloorAsync(Uri server, long rows, int perJob)
    {
        using var http = new HttpClient { BaseAddress = server };
        long bytes = 0;
        for (long from = 0; from < rows; from += perJob)
        {
            using var buffer = new MemoryStream();
            using (var json = new Utf8JsonWriter(buffer))
            {
                json.WriteStartArray();
                for (var id = from; id < Math.Min(rows, from + perJob); id++)
                {
                    json.WriteStartObject();
                    foreach (var (name, value) in Row(id))
                    {
                        if (value is string text) json.WriteString(name, text);
                        else json.WriteNumber(name, (decimal)value!);
                    }

                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            bytes += buffer.Length;
            using var content = new ByteArrayContent(buffer.GetBuffer(), 0, (int)buffer.Length);
            content.Headers.ContentType = new("application/json") { CharSet = Encoding.UTF8.WebName };
            (await http.PostAsync("floor", content)).EnsureSuccessStatusCode();
        }

        return (rows, bytes);
    }

    /// <summary>Our import, as <c>Invoke-NorceImport OnHand</c> starts it.</summary>
    public static async Task<(long Records, long Bytes)> OursAsync(Uri server, long rows, int perJob)
    {
        var sink = new EngineExport.Sink();
        var connection = new NorceConnection
        {
            Name = "bench", Tenant = "bench", Environment = NorceEnvironment.Playground, BaseUri = server, ClientId = "bench", Scope = "playground", ApplicationId = 1, AccountId = 1,
            SecretReference = new SecretReference(SecretPlace.Memory, "bench"),
        };
        var engine = new JunipeerEngineFactory().Create(new OneSecret());
        await using var import = engine.Norce.BeginImport(new NorceImportRequest { Connection = connection, Kind = NorceImportKind.OnHand, SkipCodeCheck = true, JobRows = perJob, Unfinished = NorceUnfinished.Forget });
        for (long id = 0; id < rows; id += Batch)
        {
            var from = id;
            await import.WriteAsync(Enumerable.Range(0, (int)Math.Min(Batch, rows - id)).Select(n => Row(from + n)).ToArray(), sink, CancellationToken.None);
        }

        await import.CompleteAsync(sink, CancellationToken.None);
        if (sink.Said.Count > 0) throw new InvalidOperationException(sink.Said[0]);
        return (rows, 0);
    }

    private static Dictionary<string, object?> Row(long id) => new(StringComparer.OrdinalIgnoreCase)
    {
        ["PartNo"] = $"SKU-{id:D8}",
        ["WarehouseCode"] = "main",
        ["LocationCode"] = "std",
        ["OnhandValue"] = (decimal)(id % 500),
        ["IncomingValue"] = (decimal)(id % 7),
    };

    private sealed class OneSecret : ISecretStore
    {
        private string _text = """{"version":1,"client_secret":"bench"}""";

        public ValueTask<SecureString?> ReadAsync(SecretReference reference, CancellationToken stop)
        {
            var secret = new SecureString();
            foreach (var c in _text) secret.AppendChar(c);
            return ValueTask.FromResult<SecureString?>(secret);
        }

        public ValueTask WriteAsync(JunipeerConnection connection, SecureString secret, CancellationToken stop)
        {
            _text = new System.Net.NetworkCredential("", secret).Password;
            return ValueTask.CompletedTask;
        }

        public ValueTask RemoveAsync(SecretReference reference, CancellationToken stop) => ValueTask.CompletedTask;
    }
}
