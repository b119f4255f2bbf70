namespace Junipeer.Sandbox.Brightpearl.Front;

/// <summary>A path of one resource below the account; <c>{}</c> stands for a variable part.</summary>
internal sealed class Route(string method, string verb, string resource, string pattern, Func<Call, Answer> answer)
{
    private readonly string[] _parts = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);

    public string Method => method;

    /// <summary>GET, OPTIONS, SEARCH or META: the first half of a counter's key.</summary>
    public string Verb => verb;

    public string Resource => resource;

    public string Pattern => pattern;

    public Func<Call, Answer> Answer => answer;

    public bool Assumed { get; init; }

    public string MessageType => verb switch
    {
        "SEARCH" => "bulk-data-search",
        "META" => "bulk-data-search-meta-data",
        "OPTIONS" => "options-" + resource,
        _ => "get-" + resource,
    };

    /// <summary>More literal parts win: <c>product/custom-field-meta-data</c> before <c>product/{}</c>.</summary>
    public int Weight => _parts.Count(p => p != "{}");

    public bool Match(ReadOnlySpan<string> path, out string[] values)
    {
        values = [];
        if (path.Length != _parts.Length)
        {
            return false;
        }

        List<string>? found = null;
        for (int i = 0; i < _parts.Length; i++)
        {
            if (_parts[i] == "{}")
            {
                (found ??= []).Add(path[i]);
            }
            else if (!string.Equals(_parts[i], path[i], StringComparison.Ordinal))
            {
                return false;
            }
        }

        values = found is null ? [] : [.. found];
        return true;
    }
}

/// <summary>All routes, by first part (the service) and the rest.</summary>
internal sealed class Router
{
    private readonly Dictionary<string, Route[]> _byService;

    public Router(IEnumerable<Route> routes) => _byService = routes
        .GroupBy(r => r.Pattern.Split('/')[0])
        .ToDictionary(g => g.Key, g => g.OrderByDescending(r => r.Weight).ToArray());

    public (Route? Route, string[] Values, bool OtherMethod) Find(string method, ReadOnlySpan<string> path)
    {
        bool other = false;
        foreach (Route route in path.Length > 0 ? _byService.GetValueOrDefault(path[0], []) : [])
        {
            if (route.Match(path, out string[] values))
            {
                if (route.Method == method)
                {
                    return (route, values, false);
                }

                other = true;
            }
        }

        return (null, [], other);
    }
}
