using System.Text;
using System.Text.Json;
using Junipeer.Sandbox;

namespace Junipeer.Benchmarks.Replay;

/// <summary>One order as the sandbox wrote it, cut at its id.</summary>
internal readonly record struct Template(byte[] Before, byte[] After);

/// <summary>
/// What the replay server answers with: real documents, taken once from the sandbox. Orders differ in their ids only; there
/// are so many of them that a compressor, which sees 32 KB back, never meets the same one twice.
/// </summary>
internal sealed class Templates
{
    private const int Orders = 2000;

    /// <summary>What clients ask for beside orders.</summary>
    private static readonly string[] OtherPaths = ["order-service/order-type", "integration-service/account-configuration", "product-service/price-list"];

    private Templates(IReadOnlyList<Template> all, IReadOnlyDictionary<string, byte[]> others)
    {
        All = all;
        Others = others;
    }

    public IReadOnlyList<Template> All { get; }

    /// <summary>Answers by path below the account.</summary>
    public IReadOnlyDictionary<string, byte[]> Others { get; }

    public static async Task<Templates> TakeAsync()
    {
        await using var sandbox = await SandboxServer.StartAsync(new SandboxOptions
        {
            Port = 0,
            Orders = Orders,
            Seed = 1,
            Quota = 100_000,
            Start = new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero),
        });
        using var http = new HttpClient { BaseAddress = new Uri(sandbox.BrightpearlUri, $"public-api/{sandbox.Account}/") };
        http.DefaultRequestHeaders.Add("brightpearl-app-ref", sandbox.AppReference);
        http.DefaultRequestHeaders.Add("brightpearl-staff-token", sandbox.StaffToken);

        var templates = new List<Template>();
        foreach (var uri in await ListAsync(http, "order-service/order"))
            templates.AddRange(Cut(await http.GetByteArrayAsync($"order-service{uri}?includeOptional=customFields,nullCustomFields")));
        var others = new Dictionary<string, byte[]>();
        foreach (var path in OtherPaths) others[path] = await http.GetByteArrayAsync(path);
        return new Templates(templates, others);
    }

    /// <summary>The addresses an OPTIONS names.</summary>
    public static async Task<IReadOnlyList<string>> ListAsync(HttpClient http, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, path);
        using var response = (await http.SendAsync(request)).EnsureSuccessStatusCode();
        using var listing = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync());
        return listing.RootElement.GetProperty("response").GetProperty("getUris").EnumerateArray().Select(u => u.GetString()!).ToArray();
    }

    private static List<Template> Cut(byte[] answer)
    {
        var cut = new List<Template>();
        using var json = JsonDocument.Parse(answer);
        foreach (var order in json.RootElement.GetProperty("response").EnumerateArray())
        {
            var text = Encoding.UTF8.GetBytes(order.GetRawText());
            var reader = new Utf8JsonReader(text);
            while (reader.Read() && !(reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && reader.ValueTextEquals("id"u8)))
            {
            }

            reader.Read();
            cut.Add(new Template(text[..(int)reader.TokenStartIndex], text[(int)reader.BytesConsumed..]));
        }

        return cut;
    }
}
