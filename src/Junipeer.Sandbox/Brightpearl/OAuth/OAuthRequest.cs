using System.Text;
using Junipeer.Sandbox.Brightpearl.Front;
using Microsoft.AspNetCore.Http;

namespace Junipeer.Sandbox.Brightpearl.OAuth;

/// <summary>Named values of a query or a form; an empty value counts as not given, as OAuth says.</summary>
internal sealed class Parameters(IReadOnlyList<(string Name, string Value)> pairs)
{
    public string? this[string name] => pairs.FirstOrDefault(p => p.Name == name).Value is { Length: > 0 } value ? value : null;

    /// <summary>A name that comes more than once: OAuth forbids that.</summary>
    public string? Repeated => pairs.GroupBy(p => p.Name).FirstOrDefault(g => g.Count() > 1)?.Key;
}

/// <summary>A request to the authorise page or to one of the token endpoints.</summary>
internal sealed class OAuthRequest
{
    public const string TokenResource = "oauth-token";
    public const string AuthorizeResource = "oauth-authorize";
    private const int LongestForm = 64 * 1024;

    public required string Resource { get; init; }

    public required string Method { get; init; }

    /// <summary>The account of the path, where the path has one.</summary>
    public string? Account { get; private init; }

    /// <summary>The query of a GET, the form of a POST.</summary>
    public Parameters Parameters { get; private set; } = new([]);

    /// <summary>What is wrong with the body as a whole.</summary>
    public string? Malformed { get; private set; }

    public bool IsRefresh => Resource == TokenResource && Parameters["grant_type"] == "refresh_token";

    /// <summary>As in counters and faults: the two grants can be told apart.</summary>
    public string Verb => Resource != TokenResource ? Method : Parameters["grant_type"] switch { "refresh_token" => "REFRESH", "authorization_code" => "EXCHANGE", _ => Method };

    /// <summary>Reads a request; null when its path belongs to something else.</summary>
    public static async Task<OAuthRequest?> Read(HttpContext http, RequestTarget target)
    {
        string method = http.Request.Method;
        OAuthRequest? request = target.Segments switch
        {
            ["authorize", var account] => new() { Resource = AuthorizeResource, Method = method, Account = account },
            ["oauth", "token"] => new() { Resource = TokenResource, Method = method },
            ["token", var account] => new() { Resource = TokenResource, Method = method, Account = account },
            [var account, "oauth", "token"] => new() { Resource = TokenResource, Method = method, Account = account },
            _ => null,
        };
        if (request is null)
        {
            return null;
        }

        if (method == "POST")
        {
            await request.ReadForm(http);
        }
        else
        {
            request.Parameters = new Parameters(target.Query);
        }

        return request;
    }

    private async Task ReadForm(HttpContext http)
    {
        string type = (http.Request.ContentType ?? string.Empty).Split(';')[0].Trim();
        byte[] buffer = new byte[LongestForm + 1];
        int length = await http.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, http.RequestAborted);
        if (!string.Equals(type, "application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
        {
            Malformed = "The body must be application/x-www-form-urlencoded";
        }
        else if (length > LongestForm)
        {
            Malformed = "The body is too long";
        }
        else
        {
            Parameters = new Parameters(RequestTarget.Pairs(Encoding.UTF8.GetString(buffer, 0, length)));
            Malformed = Parameters.Repeated is { } name ? $"The parameter {name} is repeated" : null;
        }
    }
}
