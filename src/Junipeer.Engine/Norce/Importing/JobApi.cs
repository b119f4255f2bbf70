using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Junipeer.Http;
using Junipeer.Operations;

namespace Junipeer.Norce.Importing;

/// <summary>What Connect said to an import.</summary>
/// <param name="JobId">The job; null when there is none, and then the import was not taken.</param>
/// <param name="Description">Its words.</param>
/// <param name="Failures">Items refused on arrival.</param>
/// <param name="Messages">Why; free text.</param>
internal sealed record JobReceipt(string? JobId, string? Description, int Failures, IReadOnlyList<string> Messages);

/// <summary>
/// Asks after jobs (https://docs.norce.io/api-reference/schemas/connectjob). Two paths are in use, one documented and one
/// seen in client code: the first that answers is remembered for its host.
/// </summary>
internal sealed class JobApi(NorceClient client, IOperationSink sink)
{
    private static readonly ConcurrentDictionary<string, string> Paths = new(StringComparer.OrdinalIgnoreCase);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MostPause = TimeSpan.FromSeconds(5);

    /// <summary>A job that was just made may not be found at once.</summary>
    public static readonly TimeSpan Appears = TimeSpan.FromSeconds(15);

    /// <summary>Reads the answer to an import.</summary>
    public static JobReceipt Receipt(ApiAnswer answer)
    {
        if (answer.Body.Length == 0) return new JobReceipt(null, null, 0, []);
        using var document = JsonDocument.Parse(answer.Body.ToArray());
        var summary = NorceReader.Member(document.RootElement, "ValidationSummary");
        var messages = NorceReader.Member(summary, "Messages");
        return new JobReceipt(
            Text(document.RootElement, "JobId") is { Length: > 0 } id && id != "0" ? id : null,
            Text(document.RootElement, "Description"),
            (int)Number(summary, "NrOfValidationFailures"),
            messages.ValueKind == JsonValueKind.Array ? messages.EnumerateArray().Select(m => m.ToString()).ToArray() : []);
    }

    /// <summary>A job as it stands; null when there is none of this id.</summary>
    public Task<NorceJob?> GetAsync(string id, CancellationToken stop) => AskAsync($"Get?id={Uri.EscapeDataString(id)}", answer =>
    {
        if (answer.Body.Length == 0) return null;
        using var document = JsonDocument.Parse(answer.Body.ToArray());
        return document.RootElement.ValueKind == JsonValueKind.Object ? Job(document.RootElement, id) : null;
    }, stop);

    /// <summary>What a job wrote down; empty when it wrote nothing.</summary>
    public async Task<IReadOnlyList<NorceJobLogEntry>> LogAsync(string id, CancellationToken stop) => await AskAsync($"GetLog?id={Uri.EscapeDataString(id)}", answer =>
    {
        if (answer.Body.Length == 0) return [];
        using var document = JsonDocument.Parse(answer.Body.ToArray());
        var list = document.RootElement.ValueKind == JsonValueKind.Array ? document.RootElement : NorceReader.Member(document.RootElement, "Items");
        if (list.ValueKind != JsonValueKind.Array) return [];
        return (IReadOnlyList<NorceJobLogEntry>)list.EnumerateArray().Select(e => new NorceJobLogEntry(
            Enum.IsDefined((NorceSeverity)Number(e, "SeverityId")) ? (NorceSeverity)Number(e, "SeverityId") : NorceSeverity.Information,
            Text(e, "Message") ?? string.Empty, NorceRow.Time(Text(e, "TimeStamp")), Text(e, "ImportedRow"))).ToArray();
    }, stop).ConfigureAwait(false) ?? [];

    /// <summary>The newest jobs; null where the list is not there: its path is not documented.</summary>
    public async Task<IReadOnlyList<NorceJob>?> ListAsync(CancellationToken stop)
    {
        try
        {
            return await AskAsync(client.Connection.Setting.JobListOperation, answer =>
            {
                using var document = JsonDocument.Parse(answer.Body.ToArray());
                var list = document.RootElement.ValueKind == JsonValueKind.Array ? document.RootElement
                    : NorceReader.Member(document.RootElement, "Items") is { ValueKind: JsonValueKind.Array } items ? items : NorceReader.Member(document.RootElement, "value");
                if (list.ValueKind != JsonValueKind.Array) return null;
                return (IReadOnlyList<NorceJob>)list.EnumerateArray().Select(e => Job(e, Text(e, "JobId") ?? Text(e, "Id") ?? string.Empty)).Where(j => j.JobId.Length > 0).ToArray();
            }, stop).ConfigureAwait(false);
        }
        catch (JunipeerException missing) when (missing.Fault.Id is "Junipeer.Resource.NotFound" or "Junipeer.Request.Refused" or "Junipeer.Authentication.Forbidden")
        {
            return null;
        }
    }

    /// <summary>Follows a job until it stands still or the time is up; then as it stood last, not finished.</summary>
    /// <param name="id">The job.</param>
    /// <param name="patience">How long to follow it.</param>
    /// <param name="appears">How long it may not be found.</param>
    /// <param name="seen">Told how it stands.</param>
    /// <param name="stop">Ends the following.</param>
    public async Task<NorceJob?> FollowAsync(string id, TimeSpan patience, TimeSpan appears, Action<NorceJob>? seen, CancellationToken stop)
    {
        var started = TimeProvider.System.GetTimestamp();
        var pause = FirstPause;
        while (true)
        {
            var job = await GetAsync(id, stop).ConfigureAwait(false);
            if (job is { IsFinished: true }) return job;
            if (job is not null) seen?.Invoke(job);
            var waited = TimeProvider.System.GetElapsedTime(started);
            if (waited >= patience || (job is null && waited >= appears)) return job;
            await Task.Delay(patience - waited < pause ? patience - waited : pause, stop).ConfigureAwait(false);
            pause = pause * 1.5 < MostPause ? pause * 1.5 : MostPause;
        }
    }

    private NorceJob Job(JsonElement job, string id)
    {
        var status = (NorceJobStatus)Number(job, "StatusId");
        var finished = NorceReader.Member(job, "IsFinished").ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => status is NorceJobStatus.Succeeded or NorceJobStatus.Failed or NorceJobStatus.ValidationFailed,
        };
        return new NorceJob
        {
            JobId = Text(job, "JobId") ?? id,
            Connection = client.Connection.Name,
            Status = Enum.IsDefined(status) ? status : NorceJobStatus.Unknown,
            IsFinished = finished,
            Total = Number(job, "Totals"),
            Inserted = Math.Max(Number(job, "Inserts"), Number(job, "Insert")), // one name in the documentation, one in the contract
            Updated = Math.Max(Number(job, "Updates"), Number(job, "Update")),
            Failed = Number(job, "Fail"),
            StartedAt = NorceRow.Time(Text(job, "Start")),
            StoppedAt = NorceRow.Time(Text(job, "Stop")),
            UpdatedAt = NorceRow.Time(Text(job, "LastUpdated")),
        };
    }

    private async Task<T?> AskAsync<T>(string operation, Func<ApiAnswer, T?> read, CancellationToken stop)
        where T : class
    {
        var first = client.Connection.Setting.JobPath;
        var place = client.Connection.BaseUri.Authority;
        string[] paths = Paths.TryGetValue(place, out var known) && known.EndsWith(first, StringComparison.OrdinalIgnoreCase) ? [known] : [first, "api/" + first];
        JunipeerException? last = null;
        foreach (var path in paths)
        {
            try
            {
                var found = await client.GetAsync(NorceClient.ConnectPath($"{path}/{operation}"), read, sink, stop).ConfigureAwait(false);
                Paths[place] = path;
                return found;
            }
            catch (JunipeerException missing) when (missing.Fault.Id == "Junipeer.Resource.NotFound")
            {
                last = missing;
            }
        }

        // The same answer for a job that is not there and for an operation that is not.
        return operation.Contains("id=", StringComparison.Ordinal) ? null : throw last!;
    }

    private static string? Text(JsonElement element, string name) => NorceReader.Member(element, name) switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        { ValueKind: JsonValueKind.Object or JsonValueKind.Array } nested => nested.GetRawText(),
        _ => null,
    };

    private static long Number(JsonElement element, string name) =>
        long.TryParse(Text(element, name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
