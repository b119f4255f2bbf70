using System.Management.Automation;
using System.Security;
using Junipeer.Connections;
using Junipeer.PowerShell.Arguments;
using Junipeer.PowerShell.Common;
using Junipeer.PowerShell.Completers;
using Junipeer.PowerShell.Sessions;

namespace Junipeer.PowerShell.Commands;

/// <summary>Makes a connection to a BigQuery project, saves it, and makes it the session's default.</summary>
[Cmdlet(VerbsCommunications.Connect, "BigQuery", DefaultParameterSetName = Interactive)]
[OutputType(typeof(BigQueryConnection))]
public sealed class ConnectBigQueryCommand : JunipeerCmdlet
{
    private const string Interactive = "Interactive";
    private const string KeySet = "Key";
    private const string Machine = "Machine";
    private const string TokenSet = "Token";

    private Session? _session;

    /// <summary>The project's id.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Project { get; set; }

    /// <summary>The dataset to work in.</summary>
    [Parameter(Position = 1)]
    [ValidatePattern("^[A-Za-z0-9_]{1,1024}\\z")]
    public string? Dataset { get; set; }

    /// <summary>Where the dataset lives, or is to be made: EU, US, europe-west2, ...</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Location { get; set; }

    /// <summary>The client id of a desktop app of your own Google Cloud project.</summary>
    [Parameter(Mandatory = true, ParameterSetName = Interactive)]
    [ValidateNotNullOrEmpty]
    public string? ClientId { get; set; }

    /// <summary>The client secret of that app.</summary>
    [Parameter(ParameterSetName = Interactive)]
    public SecureString? ClientSecret { get; set; }

    /// <summary>A code of a sign-in made elsewhere, or the whole address its browser ended at.</summary>
    [Parameter(ParameterSetName = Interactive)]
    [ValidateNotNullOrEmpty]
    public string? AuthorizationCode { get; set; }

    /// <summary>Print the address and take the code by hand.</summary>
    [Parameter(ParameterSetName = Interactive)]
    public SwitchParameter NoBrowser { get; set; }

    /// <summary>Where the browser comes back to; any free port of this machine by default.</summary>
    [Parameter(ParameterSetName = Interactive)]
    [ValidateNotNull]
    public Uri RedirectUri { get; set; } = new("http://127.0.0.1:0/");

    /// <summary>How long to wait for the sign-in.</summary>
    [Parameter(ParameterSetName = Interactive)]
    [Duration]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The JSON key of a service account, as a file.</summary>
    [Parameter(ParameterSetName = KeySet)]
    [ValidateNotNullOrEmpty]
    public string? KeyFile { get; set; }

    /// <summary>The name of a secret in a vault that holds such a key.</summary>
    [Parameter(ParameterSetName = KeySet)]
    [ValidateNotNullOrEmpty]
    public string? SecretName { get; set; }

    /// <summary>Use what this machine is set up with: Application Default Credentials.</summary>
    [Parameter(ParameterSetName = Machine)]
    public SwitchParameter ApplicationDefault { get; set; }

    /// <summary>Use the service account of the Google machine this runs on.</summary>
    [Parameter(ParameterSetName = Machine)]
    public SwitchParameter MetadataServer { get; set; }

    /// <summary>The audience of workload identity federation, for an Azure managed identity.</summary>
    [Parameter(ParameterSetName = Machine)]
    [ValidateNotNullOrEmpty]
    public string? FederationAudience { get; set; }

    /// <summary>The application id URI the managed identity's token is for.</summary>
    [Parameter(ParameterSetName = Machine)]
    [ValidateNotNullOrEmpty]
    public string? FederationResource { get; set; }

    /// <summary>The service account to act as.</summary>
    [Parameter(ParameterSetName = Machine)]
    [ValidateNotNullOrEmpty]
    public string? Impersonate { get; set; }

    /// <summary>An access token got elsewhere; it lives an hour.</summary>
    [Parameter(Mandatory = true, ParameterSetName = TokenSet)]
    public SecureString? AccessToken { get; set; }

    /// <summary>The address to call in place of Google's, for tests.</summary>
    [Parameter]
    [ValidateNotNull]
    public Uri? BaseUri { get; set; }

    /// <summary>The connection's name; the project's id when left out.</summary>
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

    /// <summary>Write the connection to the pipeline.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void End()
    {
        _session = Session.Current;
        var request = BigQueryConnectRequest.From(this, ProviderPathOf(KeyFile));
        Run((engine, sink, stop) => engine.ConnectAsync(request, sink, stop));
    }

    /// <summary>The connection as it was made.</summary>
    private protected override object? Shape(object result)
    {
        if (result is not BigQueryConnection connection) return null;
        _session!.Add(connection);
        return PassThru ? connection : null;
    }

    private string? ProviderPathOf(string? path) => path is null ? null : ProviderPath.Resolve(this, path);
}
