namespace Junipeer.Sandbox.Google.Front;

/// <summary>Which tokens a method takes, besides bigquery and cloud-platform.</summary>
internal enum TokenScope
{
    /// <summary>The method needs no token of this API.</summary>
    None,

    /// <summary>cloud-platform.read-only does too.</summary>
    Read,
    Write,

    /// <summary>devstorage.* does too.</summary>
    Load,

    /// <summary>bigquery.insertdata does too.</summary>
    Insert,
}

/// <summary>A method of the API: where it is found, what it takes, what it does.</summary>
internal sealed record Operation(string Name, string Method, string Path, TokenScope Scope, string[] Query, Func<GoogleCall, Task<GoogleAnswer>> Run)
{
    private readonly string[] _parts = Path.Length == 0 ? [] : Path.Split('/');

    /// <summary>The name of the shape the body must have; null for no body, or one that the method reads itself.</summary>
    public string? Body { get; init; }

    public Operation(string name, string method, string path, TokenScope scope, string[] query, Func<GoogleCall, GoogleAnswer> run)
        : this(name, method, path, scope, query, call => Task.FromResult(run(call)))
    {
    }

    /// <summary>The variable parts of a path that is this one's; null if it is not.</summary>
    public Dictionary<string, string>? Match(ReadOnlySpan<string> path)
    {
        if (path.Length != _parts.Length)
        {
            return null;
        }

        Dictionary<string, string> values = [];
        for (int i = 0; i < _parts.Length; i++)
        {
            string part = _parts[i];
            int colon = part.IndexOf("}:", StringComparison.Ordinal);
            if (colon > 0)
            {
                // A custom method: {table}:testIamPermissions.
                string verb = part[(colon + 1)..];
                if (!path[i].EndsWith(verb, StringComparison.Ordinal) || path[i].Length == verb.Length)
                {
                    return null;
                }

                values[part[1..colon]] = path[i][..^verb.Length];
            }
            else if (part[0] == '{')
            {
                values[part[1..^1]] = path[i];
            }
            else if (part != path[i])
            {
                return null;
            }
        }

        return values;
    }
}
