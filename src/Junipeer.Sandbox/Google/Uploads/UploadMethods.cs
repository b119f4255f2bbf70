using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Junipeer.Sandbox.Faults;
using Junipeer.Sandbox.Google.Front;
using Junipeer.Sandbox.Google.Jobs;
using Junipeer.Sandbox.Google.OAuth;
using Junipeer.Sandbox.Google.Rest;
using Microsoft.AspNetCore.WebUtilities;

namespace Junipeer.Sandbox.Google.Uploads;

/// <summary>One resumable upload.</summary>
internal sealed class UploadSession(string id, string project, JsonElement job, GoogleCaller caller, long? declared, bool discard, long startedMs)
{
    public string Id => id;

    public string Project => project;

    public JsonElement Job => job;

    public GoogleCaller Caller => caller;

    public long? Declared => declared;

    public long StartedMs => startedMs;

    public Spool Data { get; } = new(discard);

    public long? Total { get; set; }

    /// <summary>What the upload ended in; it is answered again to whoever asks.</summary>
    public GoogleAnswer? Outcome { get; set; }

    public SemaphoreSlim Turn { get; } = new(1, 1);

    public bool Gone { get; set; }
}

/// <summary>Media uploads of load jobs: https://cloud.google.com/bigquery/docs/reference/api-uploads.</summary>
internal sealed partial class UploadMethods(GoogleSandbox sandbox)
{
    public const int Unit = 256 * 1024;
    private const long SessionLifeMs = 7L * 86_400_000;
    private readonly ConcurrentDictionary<string, UploadSession> _sessions = new(StringComparer.Ordinal);

    public IEnumerable<UploadSession> Sessions => _sessions.Values;

    public IEnumerable<Operation> All() =>
    [
        new("upload.start", "POST", "projects/{project}/jobs", TokenScope.Load, ["uploadType", "upload_protocol"], StartAsync),
        new("upload.chunk", "PUT", "projects/{project}/jobs", TokenScope.None, ["uploadType", "upload_id", "upload_protocol"], PutAsync),
        new("upload.cancel", "DELETE", "projects/{project}/jobs", TokenScope.None, ["uploadType", "upload_id", "upload_protocol"], Cancel),
    ];

    private async Task<GoogleAnswer> StartAsync(GoogleCall call)
    {
        switch (call.Query("uploadType") ?? call.Query("upload_protocol"))
        {
            case "resumable":
                return await StartSessionAsync(call);
            case "multipart":
                return await MultipartAsync(call);
            case "media":
                throw GoogleException.Invalid("A load job needs its configuration: use uploadType multipart or resumable.");
            default:
                throw GoogleException.Bad("Upload requests must have an uploadType URL parameter. See https://developers.google.com/resources-and-tools/media-upload");
        }
    }

    private async Task<GoogleAnswer> StartSessionAsync(GoogleCall call)
    {
        JsonElement job = GoogleCall.Parse(await call.ReadAsync());
        sandbox.JobMethods.CheckUpload(job, call.Project);
        long? declared = null;
        if (call.Http.Request.Headers["X-Upload-Content-Length"].ToString() is { Length: > 0 } text)
        {
            declared = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long length) ? length : throw GoogleException.Bad("Invalid X-Upload-Content-Length.");
        }

        UploadSession session = new(TokenStore.Random(48), call.Project, job, call.Caller, declared, sandbox.DiscardUploads == DiscardMode.Bytes, sandbox.Clock.ElapsedMs);
        _sessions[session.Id] = session;
        sandbox.Counters.SessionStarted();
        GoogleAnswer answer = GoogleAnswer.Empty(200);
        answer.Headers["Location"] = $"{call.Root}{call.Target.RawPath}?uploadType=resumable&upload_id={session.Id}";
        answer.Headers["X-GUploader-UploadID"] = session.Id;
        return answer;
    }

    private async Task<GoogleAnswer> MultipartAsync(GoogleCall call)
    {
        string type = call.Http.Request.ContentType ?? string.Empty;
        string? boundary = Microsoft.Net.Http.Headers.MediaTypeHeaderValue.TryParse(type, out var parsed) && string.Equals(parsed.MediaType.Value, "multipart/related", StringComparison.OrdinalIgnoreCase)
            ? Microsoft.Net.Http.Headers.HeaderUtilities.RemoveQuotes(parsed.Boundary).Value
            : null;
        if (string.IsNullOrEmpty(boundary))
        {
            throw GoogleException.Bad("Multipart must have a boundary: Content-Type multipart/related; boundary=...");
        }

        MultipartReader reader = new(boundary, call.Http.Request.Body) { BodyLengthLimit = null };
        Spool data = new(sandbox.DiscardUploads == DiscardMode.Bytes);
        try
        {
            MultipartSection first = await reader.ReadNextSectionAsync(call.Http.RequestAborted) ?? throw GoogleException.Bad("Multipart must have 2 parts: metadata and media.");
            if (first.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) != true)
            {
                throw GoogleException.Bad("The first part of a multipart upload must be application/json.");
            }

            using MemoryStream metadata = new();
            await first.Body.CopyToAsync(metadata, call.Http.RequestAborted);
            JsonElement job = GoogleCall.Parse(metadata.ToArray());
            sandbox.JobMethods.CheckUpload(job, call.Project);
            MultipartSection second = await reader.ReadNextSectionAsync(call.Http.RequestAborted) ?? throw GoogleException.Bad("Multipart must have 2 parts: metadata and media.");
            if (call.Fault("drop-mid-upload") is not null || call.Fault("fail-mid-upload") is not null)
            {
                return await BreakAsync(call, null);
            }

            byte[] buffer = new byte[1 << 16];
            for (int read; (read = await second.Body.ReadAsync(buffer, call.Http.RequestAborted)) > 0;)
            {
                data.Write(buffer.AsSpan(0, read));
            }

            if (await reader.ReadNextSectionAsync(call.Http.RequestAborted) is not null)
            {
                throw GoogleException.Bad("Multipart must have 2 parts: metadata and media.");
            }

            sandbox.Counters.Uploaded(data.Length, chunk: false);
            sandbox.Counters.MultipartEnded();
            return sandbox.JobMethods.InsertLoad(call, call.Project, job, call.Caller, data);
        }
        catch (Exception wrong)
        {
            data.Dispose();
            throw wrong is IOException && !call.Http.RequestAborted.IsCancellationRequested ? GoogleException.Bad("The multipart body is damaged or cut short.") : wrong;
        }
    }

    /// <summary>A fault in the middle of the data: what has come so far, rounded down, is kept; then an error or nothing at all.</summary>
    private async Task<GoogleAnswer> BreakAsync(GoogleCall call, UploadSession? session)
    {
        Fault fault = call.Fault("drop-mid-upload") ?? call.Fault("fail-mid-upload")!;
        long left = fault.Bytes ?? Unit;
        byte[] buffer = new byte[1 << 16];
        long before = session?.Data.Length ?? 0;
        for (int read; left > 0 && (read = await call.Http.Request.Body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), call.Http.RequestAborted)) > 0; left -= read)
        {
            session?.Data.Write(buffer.AsSpan(0, read));
        }

        if (session is not null)
        {
            session.Data.Cut(session.Data.Length / Unit * Unit);
            sandbox.Counters.Uploaded(session.Data.Length - before, chunk: true);
        }

        if (fault.Kind == "drop-mid-upload")
        {
            throw new ConnectionDroppedException();
        }

        return GoogleAnswer.Error(fault.Status, fault.Reason ?? "backendError", fault.Message ?? "Backend Error");
    }

    private GoogleAnswer Cancel(GoogleCall call)
    {
        UploadSession session = Find(call);
        session.Gone = true;
        session.Data.Dispose();
        return GoogleAnswer.Empty(499);
    }

    private UploadSession Find(GoogleCall call)
    {
        if (!_sessions.TryGetValue(call.Query("upload_id") ?? string.Empty, out UploadSession? session) || session.Project != call.Project)
        {
            throw new GoogleException(404, "notFound", "Not Found");
        }

        if (session.Gone || sandbox.Clock.ElapsedMs - session.StartedMs > SessionLifeMs)
        {
            session.Gone = true;
            throw new GoogleException(sandbox.Quirks["goneSession"] == "410" ? 410 : 404, "notFound", "The upload session is gone: start over.");
        }

        return session;
    }

    /// <summary>Ends a session, as if its time were over.</summary>
    public int Expire(string? id)
    {
        UploadSession[] found = [.. _sessions.Values.Where(s => (id is null || s.Id == id) && !s.Gone && s.Outcome is null)];
        foreach (UploadSession session in found)
        {
            session.Gone = true;
        }

        return found.Length;
    }

    /// <summary>Every job of these must be let go of when the sandbox stops.</summary>
    public void Dispose()
    {
        foreach (UploadSession session in _sessions.Values)
        {
            session.Data.Dispose();
        }
    }
}

/// <summary>The connection ends here, without an answer.</summary>
internal sealed class ConnectionDroppedException : Exception;
