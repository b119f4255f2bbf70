using System.Security;
using Junipeer.Connections;
using Junipeer.Operations;
using Junipeer.PowerShell.Commands;
using Junipeer.PowerShell.Secrets;

namespace Junipeer.PowerShell.Arguments;

/// <summary>Turns the parameters of Connect-BigQuery into a request; refuses what cannot be meant, before anything is sent.</summary>
internal static class BigQueryConnectRequest
{
    public static ConnectRequest From(ConnectBigQueryCommand given, string? keyFile) => Make(given, keyFile) with { NoPrompt = Surroundings.NoPrompt };

    private static ConnectRequest Make(ConnectBigQueryCommand given, string? keyFile) => given.ParameterSetName switch
    {
        "Key" => FromKey(given, keyFile),
        "Machine" => FromMachine(given),
        "Token" => new ConnectRequest
        {
            Connection = Draft(given, BigQueryAuthentication.AccessToken),
            Places = Places(given),
            Token = BrightpearlInput.Token(given.AccessToken!, nameof(given.AccessToken)),
        },
        _ => FromSignIn(given),
    };

    private static ConnectRequest FromSignIn(ConnectBigQueryCommand given) => new()
    {
        Connection = Draft(given, BigQueryAuthentication.User) with
        {
            OAuth = new OAuthSettings
            {
                ClientId = given.ClientId!,
                ClientType = given.ClientSecret is null ? OAuthClientType.Public : OAuthClientType.Confidential,
                AuthorizeUri = Near(given, "/o/oauth2/v2/auth", "https://accounts.google.com/o/oauth2/v2/auth"),
                TokenUri = Near(given, "/token", "https://oauth2.googleapis.com/token"),
                RedirectUri = OAuthInput.Redirect(given.RedirectUri),
            },
        },
        Places = Places(given),
        ClientSecret = given.ClientSecret,
        SignIn = new SignIn
        {
            AuthorizationCode = given.AuthorizationCode,
            NoBrowser = given.NoBrowser,
            Timeout = given.Timeout,
            Unattended = Surroundings.Unattended,
            NoPrompt = Surroundings.NoPrompt,
        },
    };

    private static ConnectRequest FromKey(ConnectBigQueryCommand given, string? keyFile)
    {
        if (keyFile is null == given.SecretName is null)
        {
            throw Fault("Junipeer.Connection.OneSource", keyFile is null ? "Neither a key file nor the name of a secret was given." : "A key file and the name of a secret were both given.",
                "Give -KeyFile <file>, or -SecretName <name> of a secret that holds the key.", given.Name ?? given.Project);
        }

        var draft = Draft(given, BigQueryAuthentication.ServiceAccount);
        if (given.SecretName is not null)
        {
            var vault = given.Vault ?? VaultStore.DefaultVault() ?? throw VaultFaults.Missing("(default)", []);
            VaultStore.Require(vault);
            return new ConnectRequest { Connection = draft, Places = [new SecretReference(SecretPlace.Vault, given.SecretName, vault)] };
        }

        return new ConnectRequest { Connection = draft, Places = Places(given), Token = ReadKey(keyFile!) };
    }

    private static ConnectRequest FromMachine(ConnectBigQueryCommand given)
    {
        var kind = given.FederationAudience is not null ? BigQueryAuthentication.WorkloadIdentity
            : given.MetadataServer ? BigQueryAuthentication.MetadataServer
            : BigQueryAuthentication.ApplicationDefault;
        if (kind == BigQueryAuthentication.WorkloadIdentity && given.FederationResource is null)
        {
            throw Fault("Junipeer.Connection.OneSource", "-FederationAudience was given without -FederationResource.",
                "Give -FederationResource the application id URI of the Entra app that the pool's provider allows.", given.Name ?? given.Project);
        }

        return new ConnectRequest
        {
            Connection = Draft(given, kind) with { FederationAudience = given.FederationAudience, FederationResource = given.FederationResource, Impersonate = given.Impersonate },
            Places = Places(given),
            Token = Nothing(), // the identity is the machine's; the place only says that the connection is saved
        };
    }

    private static BigQueryConnection Draft(ConnectBigQueryCommand given, BigQueryAuthentication kind)
    {
        return new BigQueryConnection
        {
            Name = BrightpearlInput.Name(NameOf(given)),
            Project = given.Project ?? string.Empty, // found out when it is made
            Dataset = given.Dataset,
            Location = given.Location,
            Kind = kind,
            BaseUri = given.BaseUri is null ? BigQueryConnection.DefaultAddress : OAuthInput.Endpoint(given.BaseUri, nameof(given.BaseUri)),
            SecretReference = new SecretReference(SecretPlace.Memory, "none"), // chosen when it is made
        };
    }

    private static string NameOf(ConnectBigQueryCommand given) => given.Name ?? given.Project ?? "bigquery";

    /// <summary>A server on this machine is no Google; it has the sign-in with it.</summary>
    private static Uri Near(ConnectBigQueryCommand given, string path, string google) => given.BaseUri is { IsLoopback: true } near ? new Uri(near, path) : new Uri(google);

    private static IReadOnlyList<SecretReference> Places(ConnectBigQueryCommand given) =>
        SavePlaces.For("BigQuery", NameOf(given), given.Vault, given.NoSave, given.AllowUnprotectedStore);

    private static SecureString ReadKey(string file)
    {
        try
        {
            var secret = new SecureString();
            foreach (var c in File.ReadAllText(file)) secret.AppendChar(c);
            secret.MakeReadOnly();
            return secret;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new JunipeerException(new JunipeerFault("Junipeer.Path.NotFound", FaultCategory.ObjectNotFound, $"The key file '{file}' cannot be read: {error.Message}",
                "Give the JSON file of a service account's key to -KeyFile.") { Target = file, Cause = error });
        }
    }

    private static SecureString Nothing()
    {
        var secret = new SecureString();
        foreach (var c in "machine-identity") secret.AppendChar(c);
        secret.MakeReadOnly();
        return secret;
    }

    private static JunipeerException Fault(string id, string message, string action, object? target) =>
        new(new JunipeerFault(id, FaultCategory.InvalidArgument, message, action) { Target = target, System = "BigQuery" });
}
