using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Junipeer.Sandbox.Faults;

namespace Junipeer.Sandbox.Norce.Connect;

/// <summary>Where an import is on its way.</summary>
internal enum JobStatus
{
    Initialized = 1,
    Succeeded = 2,
    Failed = 3,
    ValidationFailed = 4,
    Validating = 5,
    Queued = 6,
}

/// <summary>A line of a job's log: 1 information, 2 part of a row skipped, 3 row not imported.</summary>
internal sealed record JobLine(int Severity, string Message, DateTime At, string? Row);

/// <summary>One import that was taken in.</summary>
internal sealed class ImportJob(int id, ImportKind kind, ImportHeader header, IReadOnlyList<(int Number, JsonElement Row)> rows, int total, DateTime created)
{
    private readonly Lock _gate = new();
    private readonly List<JobLine> _log = [];
    private readonly HashSet<int> _failed = [];

    public int Id => id;

    public ImportKind Kind => kind;

    public ImportHeader Header => header;

    /// <summary>Rows that may be imported; let go when they have been.</summary>
    public IReadOnlyList<(int Number, JsonElement Row)> Rows { get; set; } = rows;

    /// <summary>What was wrong with the rows that are not imported at all.</summary>
    public IReadOnlyList<(int Number, string Message)> Failures { get; set; } = [];

    public int Total => total;

    public int ApplicationId { get; init; }

    public List<Fault> Faults { get; set; } = [];

    /// <summary>How many more times nobody finds it.</summary>
    public int LostReads { get; set; }

    public JobStatus Status { get; set; } = JobStatus.Queued;

    public DateTime Created => created;

    public DateTime? Start { get; set; }

    public DateTime? Stop { get; set; }

    public DateTime LastUpdated { get; set; }

    public int Inserts { get; set; }

    public int Updates { get; set; }

    public int Fail
    {
        get
        {
            lock (_gate)
            {
                return _failed.Count;
            }
        }
    }

    public bool IsFinished => Status is JobStatus.Succeeded or JobStatus.Failed or JobStatus.ValidationFailed;

    public void Log(int severity, string message, DateTime at, JsonElement? row = null, int number = 0)
    {
        lock (_gate)
        {
            string? text = row?.GetRawText();
            _log.Add(new JobLine(severity, message, at, text is { Length: > 500 } ? text[..500] : text));
            if (severity == 3 && number > 0)
            {
                _failed.Add(number);
            }

            LastUpdated = at;
        }
    }

    public JsonArray Lines()
    {
        lock (_gate)
        {
            return [.. _log.Select(l => (JsonNode)new JsonObject { ["SeverityId"] = l.Severity, ["Message"] = l.Message, ["TimeStamp"] = Stamp(l.At), ["ImportedRow"] = l.Row })];
        }
    }

    public JsonObject Describe(string spelling)
    {
        JsonObject job = new()
        {
            ["JobId"] = id, ["StatusId"] = (int)Status, ["StorageName"] = $"{NorceSandbox.ClientId}/{created:yyyy/MM}/{id}.json".Replace('-', '/'), ["Totals"] = total,
        };
        foreach (string name in spelling == "both" ? (string[])["Insert", "Inserts"] : [spelling])
        {
            job[name] = Inserts;
        }

        job["Updates"] = Updates;
        job["Fail"] = Fail;
        job["Start"] = Start is { } start ? Stamp(start) : null;
        job["Stop"] = Stop is { } stop ? Stamp(stop) : null;
        job["LastUpdated"] = Stamp(LastUpdated);
        job["IsFinished"] = IsFinished;
        job["RunTime"] = Start is { } from ? ((Stop ?? LastUpdated) - from).ToString("hh\\:mm\\:ss\\.fffffff", CultureInfo.InvariantCulture) : null;
        return job;
    }

    /// <summary>UTC, and not a word about it.</summary>
    private static string Stamp(DateTime at) => at.ToString("yyyy-MM-ddTHH:mm:ss.FFF", CultureInfo.InvariantCulture);
}
