using System.Globalization;
using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Brightpearl.IdSets;
using Junipeer.Sandbox.Brightpearl.World;

namespace Junipeer.Sandbox.Brightpearl.Resources;

internal enum WhenNothing
{
    NotFound,
    EmptyList,
}

/// <summary>How a resource answers a GET by id set.</summary>
internal sealed record GetRules(string Noun, int MaxIds = 0, WhenNothing Nothing = WhenNothing.NotFound, int PartialStatus = 200);

/// <summary>The usual answers: lists and maps of documents under <c>response</c>.</summary>
internal static class Reply
{
    /// <summary>The documents of an id set as a list.</summary>
    public static Answer Documents<T>(Call call, IdSet set, Func<long, T?> find, Func<IEnumerable<T>> all, Action<DocWriter, T> write, GetRules rules)
        where T : class
    {
        (List<T> found, bool partial) = Find(call, set, find, all, rules);
        return found.Count == 0
            ? Nothing(call, rules, asMap: false)
            : Write(call, Status(call, rules, partial), Shuffle(call, found), write);
    }

    /// <summary>The documents of an id set as a map keyed by id.</summary>
    public static Answer Map<T>(Call call, IdSet set, Func<long, T?> find, Func<IEnumerable<T>> all, Func<T, long> id, Action<DocWriter, T> write, GetRules rules)
        where T : class
    {
        (List<T> found, bool partial) = Find(call, set, find, all, rules);
        return found.Count == 0 ? Nothing(call, rules, asMap: true) : WriteMap(call, Shuffle(call, found), id, write, Status(call, rules, partial));
    }

    public static Answer Write<T>(Call call, int status, IEnumerable<T> documents, Action<DocWriter, T> write) => Answer.Of(status, json =>
    {
        DocWriter doc = call.Writer(json);
        doc.Open().OpenArray("response");
        foreach (T document in documents)
        {
            doc.Open();
            write(doc, document);
            doc.Close();
        }

        doc.CloseArray().Close();
    });

    public static Answer WriteMap<T>(Call call, IEnumerable<T> documents, Func<T, long> id, Action<DocWriter, T> write, int status = 200) => Answer.Of(status, json =>
    {
        DocWriter doc = call.Writer(json);
        doc.Open().Open("response");
        foreach (T document in documents)
        {
            doc.Open(id(document).ToString(CultureInfo.InvariantCulture));
            write(doc, document);
            doc.Close();
        }

        doc.Close().Close();
    });

    /// <summary>One object under <c>response</c>.</summary>
    public static Answer One(Call call, Action<DocWriter> write) => Answer.Of(200, json =>
    {
        DocWriter doc = call.Writer(json);
        doc.Open().Open("response");
        write(doc);
        doc.Close().Close();
    });

    public static Answer Value(long value) => Answer.Of(200, json =>
    {
        json.WriteStartObject();
        json.WriteNumber("response", value);
        json.WriteEndObject();
    });

    /// <summary>The URIs that read everything there is: at most 200 existing ids each, ranges compressed, relative to the service.</summary>
    public static Answer Uris(Call call, IEnumerable<int> ids, Func<string, string> uri) => Answer.Of(200, json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("response");
        json.WriteStartArray("getUris");
        foreach (int[] chunk in ids.Chunk(200))
        {
            json.WriteStringValue(uri(IdSet.Compress(chunk)));
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    });

    public static ApiException NotFound(string noun) => new(404, "CMNC-404", $"No {noun} Found");

    public static ApiException NeedsSet(string noun) => new(400, "CMNC-009", $"An ID set is required to read a {noun}");

    public static IEnumerable<long> Cut(Call call, IdSet set, int max)
    {
        if (max > 0 && set.Size > max)
        {
            return call.Sandbox.Quirks["oversizeSet"] == "cut"
                ? set.Ids().Take(max)
                : throw new ApiException(400, "CMNC-011", $"At most {max} IDs are allowed in one request, not {set.Size}");
        }

        return set.Ids();
    }

    private static (List<T> Found, bool Partial) Find<T>(Call call, IdSet set, Func<long, T?> find, Func<IEnumerable<T>> all, GetRules rules)
        where T : class
    {
        if (set.IsAll)
        {
            return ([.. all()], false);
        }

        if (rules.MaxIds == 0 && set.Size > 10_000)
        {
            return ([.. all().Where(d => d is not null)], true);
        }

        List<T> found = [];
        int asked = 0;
        foreach (long id in Cut(call, set, rules.MaxIds))
        {
            asked++;
            if (find(id) is { } document)
            {
                found.Add(document);
            }
        }

        return (found, found.Count < asked);
    }

    private static Answer Nothing(Call call, GetRules rules, bool asMap)
    {
        bool empty = call.Sandbox.Quirks["missingDocuments"] switch
        {
            "404" => false,
            "empty" => true,
            _ => rules.Nothing == WhenNothing.EmptyList,
        };
        if (!empty)
        {
            throw NotFound(rules.Noun);
        }

        return asMap ? One(call, _ => { }) : Write<object>(call, 200, [], (_, _) => { });
    }

    private static int Status(Call call, GetRules rules, bool partial) => !partial ? 200 : call.Sandbox.Quirks["partialSet"] switch
    {
        "200" => 200,
        "207" => 207,
        _ => rules.PartialStatus,
    };

    /// <summary>Documents of a set come in no guaranteed order; a recorded three-id answer did not begin with its lowest id.</summary>
    private static List<T> Shuffle<T>(Call call, List<T> documents)
    {
        if (documents.Count > 1 && call.Sandbox.Quirks.On("shuffleDocuments"))
        {
            Random random = new(documents.Count * 7919);
            for (int i = documents.Count - 1; i > 0; i--)
            {
                int other = random.Next(i + 1);
                (documents[i], documents[other]) = (documents[other], documents[i]);
            }
        }

        return documents;
    }
}
