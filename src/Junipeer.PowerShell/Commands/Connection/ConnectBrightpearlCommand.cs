using System.Management.Automation;
using System.Security;
using Junipeer.Connections;
using Junipeer.PowerShell.Arguments;
using Junipeer.PowerShell.Common;
using Junipeer.PowerShell.Completers;
using Junipeer.PowerShell.Secrets;
using Junipeer.PowerShell.Sessions;

namespace Junipeer.PowerShell.Commands;

/// <summary>Makes a connection to a Brightpearl account, saves it, and makes it the session's default.</summary>
[Cmdlet(VerbsCommunications.Connect, "Brightpearl", DefaultParameterSetName = Interactive)]
[OutputType(typeof(BrightpearlConnection))]
public sealed class ConnectBrightpearlCommand : JunipeerCmdlet
{
    private const string Interactive = "Interactive";
    private const string Code = "Code";
    private const string Token = "Token";
    private const string Stored = "Stored";

    private Session? _session;
    private BrightpearlConnection? _made;

    /// <summary>The account code, as used at login.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = Interactive)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = Code)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = Token)]
    [Parameter(Position = 0, ParameterSetName = Stored)]
    [AllowEmptyString]
    public string? Account { get; set; }

    /// <summary>The data centre the account lives in.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(DataCenterCompleter))]
    public string? DataCenter { get; set; }

    /// <summary>The address to call, in place of a data centre.</summary>
    [Parameter]
    [ValidateNotNull]
    public Uri? BaseUri { get; set; }

    /// <summary>The reference of the app: its client id where it signs in with OAuth.</summary>
    [Parameter(Mandatory = true, ParameterSetName = Interactive)]
    [Parameter(Mandatory = true, ParameterSetName = Code)]
    [Parameter(Mandatory = true, ParameterSetName = Token)]
    [Parameter(ParameterSetName = Stored)]
    [Alias("ClientId")]
    [AllowEmptyString]
    public string? AppReference { get; set; }

    /// <summary>The reference of the developer, sent along by installed apps.</summary>
    [Parameter(ParameterSetName = Interactive)]
    [Parameter(ParameterSetName = Code)]
    [Parameter(ParameterSetName = Stored)]
    [ValidateNotNullOrEmpty]
    public string? DeveloperReference { get; set; }

    /// <summary>The secret of a confidential app.</summary>
    [Parameter(ParameterSetName = Interactive)]
    [Parameter(ParameterSetName = Code)]
    [Parameter(ParameterSetName = Stored)]
    public SecureString? ClientSecret { get; set; }

    /// <summary>Whether the app has a client secret; told by whether one is given.</summary>
    [Parameter(ParameterSetName = Interactive)]
    [Parameter(ParameterSetName = Code)]
    public OAuthClientType? ClientType { get; set; }

    /// <summary>The code of a sign-in made elsewhere, or the whole address its browser ended at.</summary>
    [Parameter(Mandatory = true, ParameterSetName = Code)]
    [ValidateNotNullOrEmpty]
    public string? AuthorizationCode { get; set; }

    /// <summary>Where the browser comes back to, exactly as registered for the app.</summary>
    [Parameter(ParameterSetName = Interactive)]
    [Parameter(ParameterSetName = Code)]
    [ValidateNotNull]
    public Uri RedirectUri { get; set; } = new("http://127.0.0.1:53682/callback");

    /// <summary>The page to sign in at.</summary>
    [Parameter(ParameterSetName = Interactive)]
    [ValidateNotNull]
    public Uri? AuthorizeUri { get; set; }

    /// <summary>The endpoint that gives tokens.</summary>
    [Parameter(ParameterSetName = Interactive)]
    [Parameter(ParameterSetName = Code)]
    [Parameter(ParameterSetName = Stored)]
    [ValidateNotNull]
    public Uri? TokenUri { get; set; }

    /// <summary>The access to ask for; Brightpearl documents no scopes.</summary>
    [Parameter(ParameterSetName = Interactive)]
    public string? Scope { get; set; }

    /// <summary>Length of the random state of the sign-in.</summary>
    [Parameter(ParameterSetName = Interactive)]
    [ValidateRange(32, 256)]
    public int StateLength { get; set; } = 64;

    /// <summary>Print the address and take the code by hand.</summary>
    [Parameter(ParameterSetName = Interactive)]
    public SwitchParameter NoBrowser { get; set; }

    /// <summary>How long to wait for the sign-in.</summary>
    [Parameter(ParameterSetName = Interactive)]
    [Duration]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Which member of the answer holds the access token.</summary>
    [Parameter(ParameterSetName = Interactive, DontShow = true)]
    [Parameter(ParameterSetName = Code, DontShow = true)]
    [ValidateSet("access_token")]
    public string TokenKey { get; set; } = "access_token";

    /// <summary>The OAuth grant.</summary>
    [Parameter(ParameterSetName = Interactive, DontShow = true)]
    [Parameter(ParameterSetName = Code, DontShow = true)]
    [ValidateSet("authorization_code")]
    public string GrantType { get; set; } = "authorization_code";

    /// <summary>The OAuth response.</summary>
    [Parameter(ParameterSetName = Interactive, DontShow = true)]
    [Parameter(ParameterSetName = Code, DontShow = true)]
    [ValidateSet("code")]
    public string ResponseType { get; set; } = "code";

    /// <summary>The token of a private staff app.</summary>
    [Parameter(ParameterSetName = Token)]
    public SecureString? StaffToken { get; set; }

    /// <summary>The token of a private system app.</summary>
    [Parameter(ParameterSetName = Token)]
    public SecureString? AccountToken { get; set; }

    /// <summary>Take the secrets from the variables an integration platform sets.</summary>
    [Parameter(ParameterSetName = Stored)]
    public SwitchParameter FromEnvironment { get; set; }

    /// <summary>What Get-AutomationConnection or Get-AutomationPSCredential returns, or a hashtable like it.</summary>
    [Parameter(ParameterSetName = Stored)]
    [ValidateNotNull]
    public object? Asset { get; set; }

    /// <summary>The name of a secret in a vault that holds the staff token.</summary>
    [Parameter(ParameterSetName = Stored)]
    [ValidateNotNullOrEmpty]
    public string? SecretName { get; set; }

    /// <summary>The connection's name; the account code when left out.</summary>
    [Parameter]
    public string? Name { get; set; }

    /// <summary>The vault of SecretManagement to keep the secret in; the default one when left out.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(VaultCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Vault { get; set; }

    /// <summary>Keep the connection in this session only.</summary>
    [Parameter]
    public SwitchParameter NoSave { get; set; }

    /// <summary>Where there is neither a vault nor a protected store, keep the secret in a file that is not encrypted.</summary>
    [Parameter]
    public SwitchParameter AllowUnprotectedStore { get; set; }

    /// <summary>Called with renewed tokens, so that they can be put back where they came from.</summary>
    [Parameter(ParameterSetName = Stored)]
    [ValidateNotNull]
    public ScriptBlock? OnTokenChanged { get; set; }

    /// <summary>Write the connection to the pipeline.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void End()
    {
        _session = Session.Current;
        var request = BrightpearlConnectRequest.From(this);
        Hide(nameof(AuthorizationCode));
        if (OnTokenChanged is not null) MemorySecretStore.Shared.OnChange(request.Places[0], OnTokenChanged);
        Run((engine, sink, stop) => engine.ConnectAsync(request, sink, stop));
        if (_made is not null) WarnWhenUnprotected(_made);
    }

    /// <summary>The connection as it was made.</summary>
    private protected override object? Shape(object result)
    {
        var connection = (BrightpearlConnection)result;
        _session!.Add(connection);
        _made = connection; // a warning belongs to the pipeline's thread, and this is not it
        return PassThru ? connection : null;
    }
}
