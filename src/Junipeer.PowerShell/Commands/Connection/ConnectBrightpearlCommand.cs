using System.Management.Automation;
using System.Security;
using Junipeer.Connections;
using Junipeer.Operations;
using Junipeer.PowerShell.Arguments;
using Junipeer.PowerShell.Common;
using Junipeer.PowerShell.Completers;
using Junipeer.PowerShell.Sessions;

namespace Junipeer.PowerShell.Commands;

/// <summary>Makes a connection to a Brightpearl account and makes it the session's default. Sends nothing.</summary>
[Cmdlet(VerbsCommunications.Connect, "Brightpearl", DefaultParameterSetName = StaffTokenSet)]
[OutputType(typeof(BrightpearlConnection))]
public sealed class ConnectBrightpearlCommand : JunipeerCmdlet
{
    private const string StaffTokenSet = "StaffToken";
    private const string AccountTokenSet = "AccountToken";

    /// <summary>The account code, as used at login.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [AllowEmptyString]
    public string Account { get; set; } = "";

    /// <summary>The data centre the account lives in.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(DataCenterCompleter))]
    public string? DataCenter { get; set; }

    /// <summary>The address to call, in place of a data centre.</summary>
    [Parameter]
    [ValidateNotNull]
    public Uri? BaseUri { get; set; }

    /// <summary>The reference of the private app.</summary>
    [Parameter(Mandatory = true)]
    [AllowEmptyString]
    public string AppReference { get; set; } = "";

    /// <summary>The token of a private staff app.</summary>
    [Parameter(Mandatory = true, ParameterSetName = StaffTokenSet)]
    public SecureString? StaffToken { get; set; }

    /// <summary>The token of a private system app.</summary>
    [Parameter(Mandatory = true, ParameterSetName = AccountTokenSet)]
    public SecureString? AccountToken { get; set; }

    /// <summary>The connection's name; the account code when left out.</summary>
    [Parameter]
    public string? Name { get; set; }

    /// <summary>Write the connection to the pipeline.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void End()
    {
        var account = BrightpearlInput.Account(Account);
        var name = BrightpearlInput.Name(Name ?? account);
        var app = BrightpearlInput.AppReference(AppReference);
        var address = BrightpearlInput.Address(DataCenter, BaseUri);
        var token = BrightpearlInput.Token((StaffToken ?? AccountToken)!, StaffToken is null ? nameof(AccountToken) : nameof(StaffToken));

        var connection = Session.Current.Add(token, reference => new BrightpearlConnection
        {
            Name = name,
            AccountCode = account,
            DataCenter = DataCenter?.ToLowerInvariant(),
            BaseUri = address,
            AppReference = app,
            Kind = StaffToken is null ? BrightpearlAuthentication.AccountToken : BrightpearlAuthentication.StaffToken,
            SecretReference = reference,
        });
        WriteVerbose($"Connected to {connection.System} as '{connection.Name}': account {connection.Account} at {connection.BaseUri}. Nothing was sent; Test-JunipeerConnection proves it.");
        if (PassThru) WriteObject(connection);
    }
}
