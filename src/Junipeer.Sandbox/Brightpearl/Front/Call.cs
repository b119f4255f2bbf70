using System.Text.Json;
using Junipeer.Sandbox.Brightpearl.IdSets;
using Junipeer.Sandbox.Brightpearl.World;

namespace Junipeer.Sandbox.Brightpearl.Front;

/// <summary>What faults change in an answer while it is made.</summary>
internal sealed class Tampering
{
    public bool RepeatPage { get; set; }

    public int DropRows { get; set; }

    public int? ResultsAvailable { get; set; }

    public bool? MorePages { get; set; }
}

/// <summary>One request on its way to a resource.</summary>
internal sealed class Call
{
    public required BrightpearlSandbox Sandbox { get; init; }

    public required RequestTarget Target { get; init; }

    public required string Method { get; init; }

    public Route? Route { get; init; }

    /// <summary>What is asked of OAuth, when that is what the request is for.</summary>
    public OAuth.OAuthRequest? OAuth { get; init; }

    /// <summary>The resource's name, as in counters and faults.</summary>
    public string? Resource => OAuth?.Resource ?? Route?.Resource;

    /// <summary>The variable parts of the path, in order.</summary>
    public string[] Values { get; init; } = [];

    public Tampering Tampering { get; } = new();

    /// <summary>Faults whose work on this request has been told to those who wait for it.</summary>
    public HashSet<Sandbox.Faults.Fault> Announced { get; } = [];

    /// <summary>The first row or document of the answer, for faults that act on what is being paged.</summary>
    public object? LastPage { get; set; }

    public WorldState World => Sandbox.World;

    public string? Query(string name)
    {
        foreach ((string key, string value) in Target.Query)
        {
            if (key == name)
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>An id set of the path; its order is checked.</summary>
    public IdSet Set(int index, bool starAllowed = false)
    {
        IdSet? set = IdSet.Parse(Values[index]);
        if (set is null || (set.IsAll && !starAllowed))
        {
            throw new ApiException(400, "CMNC-007", $"{Values[index]} is not a valid ID set");
        }

        if (Sandbox.Quirks["notAscending"] == "refuse")
        {
            set.RequireAscending();
        }

        return set;
    }

    /// <summary>A single id of the path: writes and some reads take no set.</summary>
    public int Id(int index) =>
        int.TryParse(Values[index], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int id)
            ? id
            : throw new ApiException(400, "CMNC-007", $"{Values[index]} is not a valid ID");

    public DocWriter Writer(Utf8JsonWriter json) => new(json, Sandbox, Sections(), isDump: false);

    private HashSet<string> Sections()
    {
        HashSet<string> sections = [];
        foreach (string name in (Query("includeOptional") ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (name is "customFields" or "nullCustomFields" or "postalAddresses" or "breakDownByLocation" or "allocatedOrders" or "allocatedTransfers" or "onOrder")
            {
                sections.Add(name);
            }
            else if (Sandbox.Quirks["unknownOptional"] == "refuse")
            {
                throw new ApiException(400, "CMNC-025", $"The optional section {name} is not recognised");
            }
        }

        return sections;
    }
}
