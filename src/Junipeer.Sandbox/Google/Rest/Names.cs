using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Junipeer.Sandbox.Google.Data;
using Junipeer.Sandbox.Google.Front;

namespace Junipeer.Sandbox.Google.Rest;

/// <summary>What ids, labels and locations may look like.</summary>
internal static partial class Names
{
    private static readonly string[] Regions =
    [
        "us-central1", "us-east1", "us-east4", "us-east5", "us-south1", "us-west1", "us-west2", "us-west3", "us-west4", "northamerica-northeast1", "northamerica-northeast2", "southamerica-east1", "southamerica-west1",
        "europe-central2", "europe-north1", "europe-southwest1", "europe-west1", "europe-west2", "europe-west3", "europe-west4", "europe-west6", "europe-west8", "europe-west9", "europe-west10", "europe-west12",
        "asia-east1", "asia-east2", "asia-northeast1", "asia-northeast2", "asia-northeast3", "asia-south1", "asia-south2", "asia-southeast1", "asia-southeast2", "australia-southeast1", "australia-southeast2", "me-central1", "me-west1", "africa-south1",
    ];

    public static string Dataset(string id) => DatasetShape().IsMatch(id)
        ? id
        : throw GoogleException.Invalid($"Invalid dataset ID \"{id}\". Dataset IDs must be alphanumeric (plus underscores) and must be at most 1024 characters long.");

    public static string Table(string id) => id.Length is > 0 and <= 1024 && TableShape().IsMatch(id)
        ? id
        : throw GoogleException.Invalid($"Invalid table ID \"{id}\". Table IDs must be alphanumeric (plus underscores, dashes and spaces) and must be at most 1024 characters long.");

    public static string Job(string id) => JobShape().IsMatch(id)
        ? id
        : throw GoogleException.Invalid($"Invalid job ID \"{id}\". Job IDs must be alphanumeric (plus underscores and dashes) and must be at most 1024 characters long.");

    /// <summary>US and EU in capitals, regions in small letters.</summary>
    public static string Location(string text) => text.ToUpperInvariant() is "US" or "EU"
        ? text.ToUpperInvariant()
        : Regions.Contains(text.ToLowerInvariant()) ? text.ToLowerInvariant() : throw GoogleException.Invalid($"Location {text} does not support this operation.");

    public static bool SameLocation(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    public static TableRef Reference(JsonElement reference, string project) =>
        new(reference.Text("projectId") ?? project, Dataset(reference.NeededText("datasetId")), reference.NeededText("tableId"));

    /// <summary>The labels of a body on top of those before: null removes one.</summary>
    public static IReadOnlyDictionary<string, string> Labels(JsonElement body, IReadOnlyDictionary<string, string> before)
    {
        if (!body.Has("labels"))
        {
            return before;
        }

        SortedDictionary<string, string> labels = new(before.ToDictionary(), StringComparer.Ordinal);
        if (body.Member("labels") is not { } given)
        {
            return new Dictionary<string, string>();
        }

        foreach (JsonProperty label in given.EnumerateObject())
        {
            if (label.Value.ValueKind == JsonValueKind.Null)
            {
                labels.Remove(label.Name);
                continue;
            }

            string value = label.Value.GetString()!;
            if (!LabelKey().IsMatch(label.Name))
            {
                throw GoogleException.Invalid($"Label key \"{label.Name}\" is not valid: keys have 1 to 63 small letters, digits, underscores and dashes, and start with a letter.");
            }

            if (!LabelValue().IsMatch(value))
            {
                throw GoogleException.Invalid($"Label value \"{value}\" is not valid: values have up to 63 small letters, digits, underscores and dashes.");
            }

            labels[label.Name] = value;
        }

        return labels.Count <= 64 ? labels : throw GoogleException.Invalid("Too many labels: a resource has 64 at most.");
    }

    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    public static string Millis(DateTimeOffset time) => Text(time.ToUnixTimeMilliseconds());

    [GeneratedRegex(@"\A[A-Za-z0-9_]{1,1024}\z", RegexOptions.CultureInvariant)]
    private static partial Regex DatasetShape();

    [GeneratedRegex(@"\A[\p{L}\p{M}\p{N}\p{Pc}\p{Pd}\p{Zs}]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex TableShape();

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,1024}\z", RegexOptions.CultureInvariant)]
    private static partial Regex JobShape();

    [GeneratedRegex(@"\A[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}\z", RegexOptions.CultureInvariant)]
    private static partial Regex LabelKey();

    [GeneratedRegex(@"\A[\p{Ll}\p{Lo}\p{N}_-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex LabelValue();
}
