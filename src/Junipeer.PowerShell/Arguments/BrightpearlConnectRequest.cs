using System.Security;
using Junipeer.Connections;
using Junipeer.Operations;
using Junipeer.PowerShell.Commands;
using Junipeer.PowerShell.Secrets;

namespace Junipeer.PowerShell.Arguments;

/// <summary>Turns the parameters of Connect-Brightpearl into a request; refuses what cannot be meant, before anything is sent.</summary>
internal static class BrightpearlConnectRequest
{
    private const string AuthorizeHost = "https://oauth.brightpearlapp.com";

    public static ConnectRequest From(ConnectBrightpearlCommand given) => given.ParameterSetName switch
    {
        "Token" => FromToken(given),
        "Stored" => FromStore(given),
        _ => FromSignIn(given),
    };

    private static ConnectRequest FromToken(ConnectBrightpearlCommand given)
    {
        if (given.StaffToken is not null && given.AccountToken is not null)
        {
            throw Fault("Junipeer.Connection.TwoTokens", "A staff token and an account token were both given; a private app sends one of them.",
                "Give -StaffToken for a private staff app, or -AccountToken for a private system app.", given.Name ?? given.Account);
        }

        var kind = given.StaffToken is null ? BrightpearlAuthentication.AccountToken : BrightpearlAuthentication.StaffToken;
        var draft = Draft(given, given.Account, given.AppReference, given.DataCenter, given.BaseUri, kind);
        return new ConnectRequest
        {
            Connection = draft,
            Places = Places(given, draft),
            Token = BrightpearlInput.Token((given.StaffToken ?? given.AccountToken)!, kind.ToString()),
        };
    }

    private static ConnectRequest FromSignIn(ConnectBrightpearlCommand given)
    {
        var draft = Draft(given, given.Account, given.AppReference, given.DataCenter, given.BaseUri, BrightpearlAuthentication.OAuth);
        draft = draft with { OAuth = Settings(given, draft) };
        if (draft.OAuth!.ClientType == OAuthClientType.Confidential && given.ClientSecret is null)
        {
            throw Fault("Junipeer.Authorization.ClientSecretMissing", "-ClientType Confidential was given without the app's secret.",
                "Give -ClientSecret (Read-Host -AsSecureString), or -ClientType Public for an app without a secret.", draft.Name, FaultCategory.AuthenticationError);
        }

        return new ConnectRequest
        {
            Connection = draft,
            Places = Places(given, draft),
            ClientSecret = given.ClientSecret is null ? null : BrightpearlInput.Token(given.ClientSecret, "ClientSecret"),
            SignIn = new SignIn
            {
                AuthorizationCode = given.AuthorizationCode,
                StateLength = given.StateLength,
                NoBrowser = given.NoBrowser,
                Timeout = given.Timeout,
                TokenKey = given.TokenKey,
                Unattended = Surroundings.Unattended,
                NoPrompt = Surroundings.NoPrompt,
            },
        };
    }

    private static ConnectRequest FromStore(ConnectBrightpearlCommand given)
    {
        var sources = (given.FromEnvironment ? 1 : 0) + (given.Asset is null ? 0 : 1) + (given.SecretName is null ? 0 : 1);
        if (sources != 1)
        {
            throw Fault("Junipeer.Connection.OneSource", sources == 0 ? "Nothing was given to connect with." : "Several sources of secrets were given.",
                "Give one of -FromEnvironment, -Asset and -SecretName, or connect with -StaffToken.", given.Name ?? given.Account);
        }

        if (given.SecretName is not null) return FromSecret(given);
        if (given.FromEnvironment)
        {
            if (PlatformVariables.AccessToken is null && PlatformVariables.StaffToken is null) throw PlatformVariables.Missing();
            return FromTokens(given, given.Account ?? PlatformVariables.Account, given.AppReference, null, PlatformVariables.ApiDomain, PlatformVariables.InstallationId,
                given.DeveloperReference, null, PlatformVariables.StaffToken, PlatformVariables.AccessToken, PlatformVariables.RefreshToken, PlatformVariables.ExpiresAt);
        }

        var asset = new AssetReader(given.Asset!);
        return FromTokens(given, given.Account ?? asset.Text("Account", "AccountCode"), given.AppReference ?? asset.Text("AppReference", "AppRef", "ClientId"),
            asset.Text("DataCenter", "DataCentre"), asset.Text("ApiDomain", "BaseUri"), asset.Text("InstallationId", "InstallationInstanceId"),
            given.DeveloperReference ?? asset.Text("DeveloperReference", "DevRef"), asset.Secret("ClientSecret", "Secret"),
            asset.Secret("StaffToken", "Token", "Password"), asset.Secret("AccessToken"), asset.Secret("RefreshToken"), asset.Instant("ExpiresAt"), asset.Secret("AccountToken"));
    }

    /// <summary>The secret stays where it is; only its name is remembered.</summary>
    private static ConnectRequest FromSecret(ConnectBrightpearlCommand given)
    {
        var vault = given.Vault ?? VaultStore.DefaultVault() ?? throw VaultFaults.Missing("(default)", []);
        VaultStore.Require(vault);
        var draft = Draft(given, given.Account, given.AppReference, given.DataCenter, given.BaseUri, BrightpearlAuthentication.StaffToken);
        return new ConnectRequest { Connection = draft, Places = [new SecretReference(SecretPlace.Vault, given.SecretName!, vault)], IsForSession = given.NoSave };
    }

    private static ConnectRequest FromTokens(
        ConnectBrightpearlCommand given, string? account, string? app, string? center, string? domain, string? installation, string? developer, SecureString? clientSecret,
        SecureString? staff, SecureString? access, SecureString? refresh, DateTimeOffset? end, SecureString? accountToken = null)
    {
        var isOAuth = access is not null;
        center = given.DataCenter ?? (given.BaseUri is null ? center : null);
        var address = given.BaseUri ?? (center is null && domain is not null ? new Uri(domain.Contains("://", StringComparison.Ordinal) ? domain : "https://" + domain) : null);
        var kind = isOAuth ? BrightpearlAuthentication.OAuth : staff is null ? BrightpearlAuthentication.AccountToken : BrightpearlAuthentication.StaffToken;
        var draft = Draft(given, account, app, center, address, kind) with { InstallationId = installation, DeveloperReference = developer };
        if (isOAuth) draft = draft with { OAuth = Settings(given, draft, clientSecret ?? given.ClientSecret) };
        if (!isOAuth && staff is null && accountToken is null)
        {
            throw Fault("Junipeer.Authentication.SecretMissing", "There is neither a staff token nor an access token in what was given.",
                "Put the token into a field named StaffToken, AccountToken or AccessToken.", draft.Name, FaultCategory.AuthenticationError);
        }

        // A place for renewed tokens makes the connection an own, writable one.
        var isWritable = given.Vault is not null || given.AllowUnprotectedStore;
        if (isWritable && given.OnTokenChanged is not null)
        {
            throw Fault("Junipeer.Store.Contradiction", "-OnTokenChanged and a place to keep renewed tokens were both given; one of them would be behind the other.",
                "Give -Vault, or -OnTokenChanged without it.", draft.Name);
        }

        return new ConnectRequest
        {
            Connection = draft with { IsReadOnly = isOAuth && !isWritable && given.OnTokenChanged is null },
            Places = isWritable ? Places(given, draft) : [SecretReference.InMemory()],
            KeepNewer = isWritable,
            ClientSecret = clientSecret ?? given.ClientSecret,
            Token = isOAuth ? null : BrightpearlInput.Token((staff ?? accountToken)!, kind.ToString()),
            Tokens = isOAuth ? new TokenSet(access, refresh, end) : null,
        };
    }

    private static BrightpearlConnection Draft(ConnectBrightpearlCommand given, string? account, string? app, string? center, Uri? baseUri, BrightpearlAuthentication kind)
    {
        var code = BrightpearlInput.Account(account ?? string.Empty);
        return new BrightpearlConnection
        {
            Name = BrightpearlInput.Name(given.Name ?? code),
            AccountCode = code,
            DataCenter = center?.ToLowerInvariant(),
            BaseUri = BrightpearlInput.Address(center, baseUri),
            AppReference = BrightpearlInput.AppReference(app ?? string.Empty),
            DeveloperReference = given.DeveloperReference,
            Kind = kind,
            SecretReference = new SecretReference(SecretPlace.Memory, "none"), // chosen when it is made
        };
    }

    private static OAuthSettings Settings(ConnectBrightpearlCommand given, BrightpearlConnection draft, SecureString? clientSecret = null) => new()
    {
        ClientId = draft.AppReference,
        ClientType = given.ClientType ?? (given.ClientSecret is null && clientSecret is null ? OAuthClientType.Public : OAuthClientType.Confidential),
        // A server on this machine is no Brightpearl; it has the page to sign in at with it.
        AuthorizeUri = OAuthInput.Endpoint(given.AuthorizeUri ?? new Uri($"{(draft.BaseUri.IsLoopback ? draft.BaseUri.GetLeftPart(UriPartial.Authority) : AuthorizeHost)}/authorize/{draft.AccountCode}"), nameof(given.AuthorizeUri)),
        TokenUri = OAuthInput.Endpoint(given.TokenUri ?? new Uri(draft.BaseUri, "/oauth/token"), nameof(given.TokenUri)),
        RedirectUri = OAuthInput.Redirect(given.RedirectUri),
        Scope = given.Scope,
    };

    private static IReadOnlyList<SecretReference> Places(ConnectBrightpearlCommand given, BrightpearlConnection draft) =>
        SavePlaces.For(draft.System, draft.Name, given.Vault, given.NoSave, given.AllowUnprotectedStore);

    private static JunipeerException Fault(string id, string message, string action, object? target, FaultCategory category = FaultCategory.InvalidArgument) =>
        new(new JunipeerFault(id, category, message, action) { Target = target, System = "Brightpearl" });
}
