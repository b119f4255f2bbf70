using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Junipeer.Sandbox;
using Xunit;

namespace Junipeer.Tests.GoogleSandbox;

/// <summary>What the Google side answered.</summary>
internal sealed record GoogleReply(HttpStatusCode Status, string Body, HttpResponseMessage Message)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string? Reason => Json.GetProperty("error").GetProperty("errors")[0].GetProperty("reason").GetString();

    public string Error => Json.GetProperty("error").GetProperty("message").GetString()!;

    public string? Header(string name) => Message.Headers.TryGetValues(name, out var values) || Message.Content.Headers.TryGetValues(name, out values) ? string.Join(",", values) : null;

    public string Text(string path) => path.Split('.').Aggregate(Json, (json, name) => int.TryParse(name, out var index) ? json[index] : json.GetProperty(name)).ToString();

    public GoogleReply Ok() => Expect(HttpStatusCode.OK);

    public GoogleReply Expect(HttpStatusCode status)
    {
        Assert.True(Status == status, $"{(int)Status} {Body}");
        return this;
    }

    /// <summary>An error of the API, checked as a whole.</summary>
    public GoogleReply Refused(int status, string reason, string? says = null)
    {
        Expect((HttpStatusCode)status);
        Assert.Equal(reason, Reason);
        Assert.Equal(status, Json.GetProperty("error").GetProperty("code").GetInt32());
        if (says is not null) Assert.Contains(says, Error, StringComparison.Ordinal);
        return this;
    }
}

/// <summary>A sandbox and a plain HTTP client of its Google side: nothing of the engine.</summary>
internal sealed class GoogleBox : IAsyncDisposable
{
    public const string Scope = "https://www.googleapis.com/auth/bigquery";
    public const string Owner = "owner@example.com";
    public const int Unit = 256 * 1024;
    private string? _token;

    private GoogleBox(SandboxServer server)
    {
        Server = server;
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, Expect100ContinueTimeout = TimeSpan.FromSeconds(5) }) { BaseAddress = server.GoogleUri };
    }

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public SandboxServer Server { get; }

    public HttpClient Http { get; }

    public string Project => Server.GoogleProject;

    public static async Task<GoogleBox> StartAsync(bool autoApprove = true)
    {
        GoogleBox box = new(await SandboxServer.StartAsync(new SandboxOptions { Port = 0, Orders = 5, AutoApprove = autoApprove }, Stop));
        await box.AdminAsync("jobs", """{"pendingMs":0,"runningMs":0}""");
        return box;
    }

    public async Task<string> TokenAsync(string principal = Owner, params string[] scopes) =>
        (await AdminAsync("oauth/tokens", JsonSerializer.Serialize(new { principal, scopes = scopes.Length > 0 ? scopes : [Scope] }))).GetProperty("accessToken").GetString()!;

    /// <summary>A request below /bigquery/v2/projects/{project}/, with the owner's token unless another is given.</summary>
    public Task<GoogleReply> ApiAsync(string method, string path, string? body = null, string? token = null, params (string Name, string Value)[] headers) =>
        SendAsync(method, path.StartsWith('/') ? path[1..] : $"bigquery/v2/projects/{Project}/{path}", body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"), token, headers);

    public Task<GoogleReply> GetAsync(string path, string? token = null) => ApiAsync("GET", path, null, token);

    public Task<GoogleReply> PostAsync(string path, string body, string? token = null) => ApiAsync("POST", path, body, token);

    public async Task<GoogleReply> SendAsync(string method, string path, HttpContent? content, string? token = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        if (token != string.Empty) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? (_token ??= await TokenAsync()));
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value)) content!.Headers.TryAddWithoutValidation(name, value);
        }

        var answer = await Http.SendAsync(request, Stop);
        return new GoogleReply(answer.StatusCode, await answer.Content.ReadAsStringAsync(Stop), answer);
    }

    public Task<GoogleReply> FormAsync(string path, params (string Name, string Value)[] form) =>
        SendAsync("POST", path, new FormUrlEncodedContent(form.ToDictionary(f => f.Name, f => f.Value)), string.Empty);

    public async Task<JsonElement> AdminAsync(string path, string body) => (await SendAsync("POST", "_sandbox/" + path, new StringContent(body), string.Empty)).Ok().Json;

    public async Task<JsonElement> LookAsync(string path) => (await SendAsync("GET", "_sandbox/" + path, null, string.Empty)).Ok().Json;

    public async Task<int> FaultAsync(string fault) => (await AdminAsync("faults", fault)).GetProperty("id").GetInt32();

    /// <summary>The rows of a table as the sandbox has them.</summary>
    public async Task<string[]> DumpAsync(string table) =>
        (await SendAsync("GET", $"_sandbox/dump/{Project}.{table}", null, string.Empty)).Ok().Body.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public async Task DatasetAsync(string id, string location = "US") =>
        (await PostAsync("datasets", $$$"""{"datasetReference":{"datasetId":"{{{id}}}"},"location":"{{{location}}}"}""")).Ok();

    public async Task TableAsync(string name, string fields = """[{"name":"id","type":"INTEGER"},{"name":"name","type":"STRING"}]""", string more = "")
    {
        var parts = name.Split('.');
        (await PostAsync($"datasets/{parts[0]}/tables", $$$"""{"tableReference":{"datasetId":"{{{parts[0]}}}","tableId":"{{{parts[1]}}}"},"schema":{"fields":{{{fields}}}}{{{more}}}}""")).Ok();
    }

    public static string LoadBody(string table, string? id = null, string more = "", string? location = null, string outside = "")
    {
        var parts = table.Split('.');
        var reference = (id is null ? string.Empty : $"\"jobId\":\"{id}\"") + (location is null ? string.Empty : $"{(id is null ? string.Empty : ",")}\"location\":\"{location}\"");
        return $$$"""{"jobReference":{{{{reference}}}},"configuration":{"load":{"destinationTable":{"datasetId":"{{{parts[0]}}}","tableId":"{{{parts[1]}}}"},"sourceFormat":"NEWLINE_DELIMITED_JSON"{{{more}}}}{{{outside}}}}}""";
    }

    public Task<GoogleReply> MultipartAsync(string body, byte[] data, string? token = null)
    {
        MultipartContent content = new("related", "b0undary")
        {
            new StringContent(body, Encoding.UTF8, "application/json"),
            new ByteArrayContent(data) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } },
        };
        return SendAsync("POST", $"upload/bigquery/v2/projects/{Project}/jobs?uploadType=multipart", content, token);
    }

    /// <summary>Loads rows and waits for the end of the job.</summary>
    public async Task<GoogleReply> LoadAsync(string table, string rows, string more = "", string? location = null, string? id = null)
    {
        var job = (await MultipartAsync(LoadBody(table, id, more, location), Encoding.UTF8.GetBytes(rows))).Ok();
        return await DoneAsync(job.Text("jobReference.jobId"), job.Text("jobReference.location"));
    }

    public async Task<GoogleReply> SessionAsync(string body, string? token = null, params (string Name, string Value)[] headers) =>
        await SendAsync("POST", $"upload/bigquery/v2/projects/{Project}/jobs?uploadType=resumable", new StringContent(body, Encoding.UTF8, "application/json"), token, headers);

    /// <summary>A request to an upload session; no token, as its address is enough.</summary>
    public async Task<GoogleReply> PutAsync(string session, byte[] data, string? range)
    {
        ByteArrayContent content = new(data);
        if (range is not null) content.Headers.TryAddWithoutValidation("Content-Range", range);
        return await SendAsync("PUT", session, content, string.Empty);
    }

    /// <summary>Waits until a job is DONE.</summary>
    public async Task<GoogleReply> DoneAsync(string id, string? location = null)
    {
        for (var i = 0; i < 400; i++)
        {
            var job = (await GetAsync($"jobs/{id}{(location is null ? string.Empty : "?location=" + location)}")).Ok();
            if (job.Text("status.state") == "DONE") return job;
            await Task.Delay(10, Stop);
        }

        throw new TimeoutException($"The job {id} does not end.");
    }

    public Task<GoogleReply> QueryAsync(string sql, string more = "", string? token = null) => PostAsync("queries", $$"""{"query":{{JsonSerializer.Serialize(sql)}},"useLegacySql":false{{more}}}""", token);

    public static string QueryBody(string sql, string id, string more = "", string outside = "", string location = "US") =>
        $$$"""{"jobReference":{"jobId":"{{{id}}}","location":"{{{location}}}"},"configuration":{"query":{"query":{{{JsonSerializer.Serialize(sql)}}},"useLegacySql":false{{{more}}}}{{{outside}}}}}""";

    public static byte[] Gzip(string text)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    public ValueTask DisposeAsync()
    {
        Http.Dispose();
        return Server.DisposeAsync();
    }
}
