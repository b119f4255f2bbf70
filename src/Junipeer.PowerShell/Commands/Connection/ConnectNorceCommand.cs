using System.Collections;
using System.Management.Automation;
using System.Security;
using Junipeer.Connections;
using Junipeer.PowerShell.Arguments;
using Junipeer.PowerShell.Common;
using Junipeer.PowerShell.Completers;
using Junipeer.PowerShell.Sessions;

namespace Junipeer.PowerShell.Commands;

/// <summary>Makes a connection to an application of a Norce tenant, saves it, and makes it the session's default.</summary>
[Cmdlet(VerbsCommunications.Connect, "Norce", DefaultParameterSetName = SecretSet)]
[OutputType(typeof(NorceConnection))]
public sealed class ConnectNorceCommand : JunipeerCmdlet
{
    private const string SecretSet = "Secret";
    private const string StoredSet = "Stored";

    private Session? _session;
    private NorceConnection? _made;

    /// <summary>The tenant's slug: the first part of its host name.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Tenant { get; set; }

    /// <summary>The environment; it decides host and scope.</summary>
    [Parameter(Position = 1)]
    public NorceEnvironment? Environment { get; set; }

    /// <summary>The region in the host name.</summary>
    [Parameter]
    [ValidatePattern("^[A-Za-z0-9]{1,20}\\z")]
    public string Region { get; set; } = "se";

    /// <summary>The address to call, in place of tenant and region.</summary>
    [Parameter]
    [ValidateNotNull]
    public Uri? BaseUri { get; set; }

    /// <summary>The id of the OAuth client.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SecretSet)]
    [Parameter(ParameterSetName = StoredSet)]
    [ValidateNotNullOrEmpty]
    public string? ClientId { get; set; }

    /// <summary>The client's secret, shown once when it was made.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SecretSet)]
    public SecureString? ClientSecret { get; set; }

    /// <summary>The application to work as: a market or shop.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SecretSet)]
    [Parameter(ParameterSetName = StoredSet)]
    [ValidateRange(1, int.MaxValue)]
    public int ApplicationId { get; set; }

    /// <summary>The system account that imports are logged on.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int AccountId { get; set; }

    /// <summary>Take ids and secret from variables of this process.</summary>
    [Parameter(ParameterSetName = StoredSet)]
    public SwitchParameter FromEnvironment { get; set; }

    /// <summary>The name of a secret in a vault that holds the client's secret.</summary>
    [Parameter(ParameterSetName = StoredSet)]
    [ValidateNotNullOrEmpty]
    public string? SecretName { get; set; }

    /// <summary>The word to ask a token for, where it is not the environment's own.</summary>
    [Parameter]
    [ValidatePattern("^[!-~]+( [!-~]+)*\\z")]
    public string? Scope { get; set; }

    /// <summary>Allow messages that move money: invoices, credits, cancellations.</summary>
    [Parameter]
    public SwitchParameter AllowPayment { get; set; }

    /// <summary>What this tenant does its own way: names of sets, sizes, versions.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NorceSettingCompleter))]
    [ValidateNotNull]
    public IDictionary Setting { get; set; } = new Hashtable();

    /// <summary>The connection's name; tenant and environment when left out.</summary>
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
        var request = NorceConnectRequest.From(this);
        Run((engine, sink, stop) => engine.ConnectAsync(request, sink, stop));
        if (_made is not null) WarnWhenUnprotected(_made);
    }

    /// <summary>The connection as it was made.</summary>
    private protected override object? Shape(object result)
    {
        var connection = (NorceConnection)result;
        _session!.Add(connection);
        _made = connection; // a warning belongs to the pipeline's thread, and this is not it
        return PassThru ? connection : null;
    }
}
