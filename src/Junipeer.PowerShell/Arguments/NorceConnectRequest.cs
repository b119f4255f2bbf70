using System.Globalization;
using System.Security;
using System.Text.RegularExpressions;
using Junipeer.Connections;
using Junipeer.Operations;
using Junipeer.PowerShell.Commands;
using Junipeer.PowerShell.Secrets;

namespace Junipeer.PowerShell.Arguments;

/// <summary>Turns the parameters of Connect-Norce into a request; refuses what cannot be meant, before anything is sent.</summary>
internal static partial class NorceConnectRequest
{
    public static ConnectRequest From(ConnectNorceCommand given)
    {
        if (given.ParameterSetName == "Stored" && given.FromEnvironment == (given.SecretName is not null))
        {
            throw Fault("Junipeer.Connection.OneSource", given.FromEnvironment ? "-FromEnvironment and the name of a secret were both given." : "Nothing was given to connect with.",
                "Give one of -ClientSecret, -SecretName and -FromEnvironment.", given.Name ?? given.Tenant);
        }

        var (tenant, environment, address) = NorceHost.Of(given);
        var name = BrightpearlInput.Name(given.Name ?? DefaultName(tenant, environment));
        var draft = new NorceConnection
        {
            Name = name,
            Tenant = tenant,
            Environment = environment,
            BaseUri = address,
            ClientId = Printable(given.ClientId ?? (given.FromEnvironment ? NorceVariables.ClientId : null), "ClientId"),
            Scope = given.Scope ?? NorceConnection.ScopeOf(environment),
            ApplicationId = Number(given.ApplicationId, given.FromEnvironment ? NorceVariables.ApplicationId : null) is > 0 and var application ? application : throw Fault(
                "Junipeer.Norce.NoApplication", "No application id was given; Query and Services answer nothing without one.", "Give -ApplicationId, the number of the market or shop in the admin site.", name),
            AccountId = Number(given.AccountId, given.FromEnvironment ? NorceVariables.AccountId : null),
            AllowPayment = given.AllowPayment,
            Setting = NorceSettingInput.From(given.Setting),
            SecretReference = new SecretReference(SecretPlace.Memory, "none"), // chosen when it is made
        };
        return new ConnectRequest
        {
            Connection = draft,
            Places = SavePlaces.For("Norce", name, given.SecretName is null ? given.Vault : null, given.NoSave, given.AllowUnprotectedStore),
            ClientSecret = SecretOf(given),
            ClientSecretFrom = given.SecretName is null ? null : SecretPlaceOf(given),
        };
    }

    private static string DefaultName(string tenant, NorceEnvironment environment) =>
        environment == NorceEnvironment.Production ? tenant : $"{tenant}-{environment.ToString().ToLowerInvariant()}";

    private static SecureString? SecretOf(ConnectNorceCommand given)
    {
        if (given.SecretName is not null) return null;
        var secret = given.FromEnvironment ? NorceVariables.ClientSecret : given.ClientSecret!;
        if (secret is null || SecretText.IsBlank(secret))
        {
            throw Fault("Junipeer.Authentication.SecretMissing", given.FromEnvironment ? $"The variable {NorceVariables.SecretName} is not set in this process." : "The secret given to -ClientSecret is empty.",
                "Run Connect-Norce again with -ClientSecret (Read-Host -AsSecureString) and paste the client's secret.", given.Name ?? given.Tenant, FaultCategory.AuthenticationError);
        }

        return SecretText.IsPrintable(secret) ? secret : throw Fault("Junipeer.Authentication.BadSecret", "The client secret has characters no secret holds.",
            "Copy the secret again from the admin site; take the secret alone.", given.Name ?? given.Tenant, FaultCategory.AuthenticationError);
    }

    private static SecretReference SecretPlaceOf(ConnectNorceCommand given)
    {
        var vault = given.Vault ?? VaultStore.DefaultVault() ?? throw VaultFaults.Missing("(default)", []);
        VaultStore.Require(vault);
        return new SecretReference(SecretPlace.Vault, given.SecretName!, vault);
    }

    private static int Number(int given, string? variable) =>
        given > 0 ? given : int.TryParse(variable, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static string Printable(string? text, string parameter) => text is not null && NoSpaces().IsMatch(text)
        ? text
        : throw Fault("Junipeer.Norce.BadClientId", $"'{text}' is not the id of a client: it is empty or has white space or special characters.",
            "Copy the client id from the admin site (Settings, Users, OAUTH).", parameter);

    internal static JunipeerException Fault(string id, string message, string action, object? target, FaultCategory category = FaultCategory.InvalidArgument) =>
        new(new JunipeerFault(id, category, message, action) { Target = target, System = "Norce" });

    [GeneratedRegex("^[!-~]+\\z", RegexOptions.CultureInvariant)]
    private static partial Regex NoSpaces();
}

/// <summary>The variables a job can be handed its Norce client in.</summary>
internal static class NorceVariables
{
    public const string SecretName = "NORCE_CLIENT_SECRET";

    public static string? Tenant => Read("NORCE_TENANT");

    public static string? Environment => Read("NORCE_ENVIRONMENT");

    public static string? BaseUri => Read("NORCE_BASE_URI");

    public static string? ClientId => Read("NORCE_CLIENT_ID");

    public static string? ApplicationId => Read("NORCE_APPLICATION_ID");

    public static string? AccountId => Read("NORCE_ACCOUNT_ID");

    public static SecureString? ClientSecret
    {
        get
        {
            if (Read(SecretName) is not { } text) return null;
            var secret = new SecureString();
            foreach (var c in text) secret.AppendChar(c);
            secret.MakeReadOnly();
            return secret;
        }
    }

    private static string? Read(string name) => System.Environment.GetEnvironmentVariable(name) is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
}
