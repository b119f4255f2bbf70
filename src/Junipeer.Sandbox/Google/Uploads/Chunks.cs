using System.Globalization;
using System.Text.RegularExpressions;
using Junipeer.Sandbox.Google.Front;

namespace Junipeer.Sandbox.Google.Uploads;

/// <summary>Content-Range of a request: bytes 0-262143/1000000, 0-262143/*, */1000000 or */*.</summary>
internal sealed partial record ChunkRange(long? From, long? To, long? Total)
{
    public static ChunkRange? Parse(string text)
    {
        Match match = Shape().Match(text);
        if (!match.Success)
        {
            return null;
        }

        static long? Number(Group group) => group.Success ? long.Parse(group.Value, CultureInfo.InvariantCulture) : null;
        ChunkRange range = new(Number(match.Groups["from"]), Number(match.Groups["to"]), Number(match.Groups["total"]));
        return range.To < range.From || range.To >= range.Total ? null : range;
    }

    [GeneratedRegex(@"\Abytes (?:(?<from>\d{1,18})-(?<to>\d{1,18})|\*)/(?:(?<total>\d{1,18})|\*)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}

/// <summary>The requests to the address of a resumable upload.</summary>
internal sealed partial class UploadMethods
{
    private async Task<GoogleAnswer> PutAsync(GoogleCall call)
    {
        UploadSession session = Find(call);
        await session.Turn.WaitAsync(call.Http.RequestAborted);
        try
        {
            if (session.Outcome is { } over)
            {
                return over;
            }

            string header = call.Http.Request.Headers.ContentRange.ToString();
            if (header.Length == 0)
            {
                // The whole rest in one request, without a range: only from the beginning.
                if (session.Data.Length > 0)
                {
                    session.Data.Cut(0);
                }

                return await TakeAsync(call, session, new ChunkRange(0, null, call.Http.Request.ContentLength));
            }

            ChunkRange range = ChunkRange.Parse(header) ?? throw GoogleException.Bad($"Failed to parse Content-Range header: {header}");
            if (session.Total is { } known && range.Total is { } other && known != other)
            {
                throw GoogleException.Bad($"Invalid request. The total size {other} is not {known}, the one given before.");
            }

            session.Total ??= range.Total;
            return range.From is null ? Status(call, session, range) : await TakeAsync(call, session, range);
        }
        finally
        {
            session.Turn.Release();
        }
    }

    /// <summary>Where the upload stands; a total that is reached ends it.</summary>
    private GoogleAnswer Status(GoogleCall call, UploadSession session, ChunkRange range)
    {
        if (call.Http.Request.ContentLength is > 0)
        {
            throw GoogleException.Bad("A request for the status of an upload has no body.");
        }

        return range.Total == session.Data.Length ? Finish(call, session) : Incomplete(session);
    }

    private async Task<GoogleAnswer> TakeAsync(GoogleCall call, UploadSession session, ChunkRange range)
    {
        long from = range.From!.Value;
        long? length = range.To is { } to ? to - from + 1 : call.Http.Request.ContentLength;
        if (range.To is not null && call.Http.Request.ContentLength is { } sent && sent != length)
        {
            throw GoogleException.Bad($"Invalid request. The Content-Range header says {length} bytes and the Content-Length header {sent}.");
        }

        bool last = range.To is null || range.To + 1 == range.Total;
        if (!last && length % Unit != 0)
        {
            throw GoogleException.Bad($"Invalid request. The number of bytes uploaded is required to be equal or greater than {Unit}, except for the final request (it's recommended to be the exact multiple of {Unit}). The received request contained {length} bytes, which does not meet this requirement.");
        }

        if (from > session.Data.Length)
        {
            throw GoogleException.Bad($"Invalid request. According to the Content-Range header, the upload offset is {from} byte(s), which exceeds already uploaded size of {session.Data.Length} byte(s).");
        }

        long skip = session.Data.Length - from;
        if (call.Fault("drop-mid-upload") is not null || call.Fault("fail-mid-upload") is not null)
        {
            return await BreakAsync(call, skip == 0 ? session : null);
        }

        long took = await PumpAsync(call, session, skip);
        if (range.To is not null && took != length)
        {
            Keep(session);
            throw GoogleException.Bad($"Invalid request. The Content-Range header says {length} bytes and the body had {took}.");
        }

        if (call.Fault("short-range") is { } cut)
        {
            // The server kept less than was sent; the range of the answer says so.
            session.Data.Cut(Math.Max(0, Math.Min(session.Data.Length, from + skip + (cut.Bytes ?? 0)) / Unit * Unit));
            return Incomplete(session);
        }

        return last && (range.Total is null || session.Data.Length == range.Total) ? Finish(call, session) : Incomplete(session);
    }

    private async Task<long> PumpAsync(GoogleCall call, UploadSession session, long skip)
    {
        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(1 << 17);
        long took = 0, before = session.Data.Length;
        try
        {
            for (int read; (read = await call.Http.Request.Body.ReadAsync(buffer, call.Http.RequestAborted)) > 0; took += read)
            {
                int old = (int)Math.Min(read, Math.Max(0, skip - took));
                session.Data.Write(buffer.AsSpan(old, read - old));
            }

            return took;
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException)
        {
            Keep(session);
            throw;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
            sandbox.Counters.Uploaded(session.Data.Length - before, chunk: true);
        }
    }

    /// <summary>Of a broken chunk only whole units stay.</summary>
    private static void Keep(UploadSession session) => session.Data.Cut(session.Data.Length / Unit * Unit);

    private static GoogleAnswer Incomplete(UploadSession session)
    {
        GoogleAnswer answer = GoogleAnswer.Empty(308);
        if (session.Data.Length > 0)
        {
            answer.Headers["Range"] = $"bytes=0-{session.Data.Length - 1}";
        }

        answer.Headers["X-GUploader-UploadID"] = session.Id;
        return answer;
    }

    private GoogleAnswer Finish(GoogleCall call, UploadSession session)
    {
        if (session.Declared is { } declared && declared != session.Data.Length)
        {
            throw GoogleException.Bad($"Invalid request. X-Upload-Content-Length said {declared} bytes, and {session.Data.Length} came.");
        }

        sandbox.Counters.SessionEnded();
        try
        {
            session.Outcome = sandbox.JobMethods.InsertLoad(call, session.Project, session.Job, session.Caller, session.Data);
        }
        catch (GoogleException refused)
        {
            session.Data.Dispose();
            session.Outcome = GoogleAnswer.Error(refused);
        }
        catch (Data.DataException refused)
        {
            session.Data.Dispose();
            session.Outcome = GoogleAnswer.Error(GoogleException.From(refused));
        }

        return session.Outcome;
    }
}
