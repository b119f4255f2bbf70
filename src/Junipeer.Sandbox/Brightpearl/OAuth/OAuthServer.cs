using Junipeer.Sandbox.Brightpearl.Front;

namespace Junipeer.Sandbox.Brightpearl.OAuth;

/// <summary>
/// OAuth 2, authorization code grant (https://help.brightpearl.com/hc/en-us/articles/360032240811-OAuth-authentication,
/// https://api-docs.brightpearl.com/utilities/oauth-token/post.html): the authorise page, the token endpoints
/// of both generations, and what they issued. Introspection and revocation are not served: nothing is known of their parameters.
/// </summary>
internal sealed class OAuthServer
{
    private readonly BrightpearlSandbox _sandbox;
    private readonly AuthorizeEndpoint _authorize;
    private readonly TokenEndpoint _token;

    public OAuthServer(BrightpearlSandbox sandbox)
    {
        _sandbox = sandbox;
        Apps = new OAuthApps(sandbox.Tokens.DeveloperReference);
        Grants = new Grants(sandbox, Settings);
        _authorize = new AuthorizeEndpoint(sandbox, this);
        _token = new TokenEndpoint(sandbox, this);
    }

    public OAuthApps Apps { get; }

    public OAuthSettings Settings { get; } = new();

    public Grants Grants { get; }

    public OAuthCounters Counters { get; } = new();

    public bool IsAccount(string? account) => account == _sandbox.Tokens.Account || account == _sandbox.Tokens.OtherAccount;

    /// <summary>Notes that a request arrived; disposed when its answer is about to go out.</summary>
    public IDisposable? Arrive(OAuthRequest? request)
    {
        if (request is not { IsRefresh: true, Method: "POST" })
        {
            return null;
        }

        (TokenFamily? family, bool dead) = Grants.Look(request.Parameters["refresh_token"]);
        return Counters.Arrive(family is null ? "client " + request.Parameters["client_id"] : "family " + family.Id, dead);
    }

    public Answer Answer(OAuthRequest request) => request.Resource == OAuthRequest.TokenResource ? _token.Answer(request) : _authorize.Answer(request);

    /// <summary>A fault took the place of what a token endpoint would have done, or of its answer.</summary>
    public void Faulted(OAuthRequest? request, string how)
    {
        if (request is { Resource: OAuthRequest.TokenResource })
        {
            Counters.Token(request, how);
        }
    }
}
