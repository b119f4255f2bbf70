using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Brightpearl.Search;
using Junipeer.Sandbox.Brightpearl.World;

namespace Junipeer.Sandbox.Brightpearl.Resources;

/// <summary>A resource of the API: its routes, and its own truth to compare answers with.</summary>
internal sealed class Resource(string service, string name)
{
    public string Service => service;

    public string Name => name;

    /// <summary>Its path is only assumed: it exists while the quirk assumedPaths is on.</summary>
    public bool Assumed { get; init; }

    public List<Route> Routes { get; } = [];

    public string[] KeyFields { get; private set; } = [];

    public string Shape { get; private set; } = "document";

    public Func<WorldState, IEnumerable<Action<DocWriter>>>? Dump { get; private set; }

    /// <summary>The truth as its search shows it; null where there is no search.</summary>
    public Func<WorldState, IEnumerable<Action<DocWriter>>>? Rows { get; private set; }

    public Func<WorldState, int>? Count { get; private set; }

    public Resource Get(string pattern, Func<Call, Answer> answer) => Add("GET", "GET", pattern, answer);

    public Resource Options(string pattern, Func<Call, Answer> answer) => Add("OPTIONS", "OPTIONS", pattern, answer);

    public Resource Search<T>(SearchDefinition<T> search)
        where T : class
    {
        Add("GET", "SEARCH", search.Path, call => SearchEngine.Run(search, call));
        Add("GET", "META", search.Path + "/meta-data", call => SearchEngine.MetaData(search, call));
        Rows = world => SearchEngine.Dump(search, world);
        return this;
    }

    /// <summary>A resource that only a search shows: its truth is the rows.</summary>
    public Resource DumpRows<T>(SearchDefinition<T> search, params string[] keys)
        where T : class
    {
        KeyFields = keys;
        Shape = "row";
        Dump = world => SearchEngine.Dump(search, world);
        return this;
    }

    public Resource DumpDocuments<T>(Func<WorldState, IEnumerable<T>> documents, Action<DocWriter, T> write, params string[] keys)
        where T : class
    {
        KeyFields = keys;
        Dump = world => documents(world).Select(d => (Action<DocWriter>)(doc =>
        {
            doc.Open();
            write(doc, d);
            doc.Close();
        }));
        return this;
    }

    /// <summary>A resource answered as a map by id: in its truth the id stands in each document.</summary>
    public Resource DumpMap<T>(Func<WorldState, IEnumerable<T>> documents, Action<DocWriter, T> write, string key, Func<T, long> id)
        where T : class
    {
        KeyFields = [key];
        Shape = "map";
        Dump = world => documents(world).Select(d => (Action<DocWriter>)(doc =>
        {
            doc.Open().Int(key, id(d));
            write(doc, d);
            doc.Close();
        }));
        return this;
    }

    public Resource Counted(Func<WorldState, int> count)
    {
        Count = count;
        return this;
    }

    private Resource Add(string method, string verb, string pattern, Func<Call, Answer> answer)
    {
        Routes.Add(new Route(method, verb, name, service.Length == 0 ? pattern : service + "/" + pattern, answer) { Assumed = Assumed });
        return this;
    }
}
