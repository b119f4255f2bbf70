using System.Text.Json;
using Junipeer.Sandbox;
using Junipeer.Sandbox.Hosting;

CommandLine line;
try
{
    line = CommandLine.Parse(args);
}
catch (ArgumentException wrong)
{
    Console.Error.WriteLine(wrong.Message);
    Console.Error.WriteLine();
    Console.Error.WriteLine(CommandLine.Usage);
    return 2;
}

if (line.Help)
{
    Console.WriteLine(CommandLine.Usage);
    return 0;
}

SandboxServer server;
try
{
    server = await SandboxServer.StartAsync(line.Options);
}
catch (Exception wrong) when (wrong is ArgumentException or IOException)
{
    Console.Error.WriteLine(wrong.Message);
    return 2;
}

await using (server)
{
    string root = server.BrightpearlUri.ToString().TrimEnd('/');
    string norce = server.NorceUri.ToString().TrimEnd('/');
    string google = server.GoogleUri.ToString().TrimEnd('/');

    // Lives as long as the sandbox: its key is good for this run only.
    string keyFile = Path.Combine(Path.GetTempPath(), $"junipeer-sandbox-{Environment.ProcessId}-key.json");
    FileStreamOptions mine = new() { Mode = FileMode.Create, Access = FileAccess.Write };
    if (!OperatingSystem.IsWindows())
    {
        mine.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    }

    File.Delete(keyFile);
    await using (StreamWriter key = new(keyFile, mine))
    {
        await key.WriteAsync(server.GoogleServiceAccountKey);
    }

    Console.WriteLine($"""
        Brightpearl sandbox   {root}
          account             {server.Account}
          app reference       {server.AppReference}
          staff token         {server.StaffToken}
          account token       {server.AccountToken}
          OAuth app           {server.OAuthClientId}, secret {server.OAuthClientSecret}
          OAuth public app    {server.OAuthPublicClientId}
          redirect URIs       {string.Join("  ", server.OAuthRedirectUris)}
          authorise           {server.OAuthAuthorizeUri}
          token               {server.OAuthTokenUri}
          API                 {root}/public-api/{server.Account}/order-service/order
          admin               {root}/_sandbox/

        Norce sandbox         {norce}
          client id           {server.NorceClientId}
          client secret       {server.NorceClientSecret}
          environment         {server.NorceEnvironment}
          application         {server.NorceApplicationId}
          account             {server.NorceAccountId}
          admin               {norce}/_sandbox/

        Google sandbox        {google}
          project             {server.GoogleProject}
          dataset             existing, in {server.GoogleLocation}
          OAuth client        {server.GoogleClientId}, secret {server.GoogleClientSecret}
          service account     {server.GoogleServiceAccount}, key file {keyFile}
          admin               {google}/_sandbox/

        Connect-Brightpearl -Account '{server.Account}' -BaseUri '{root}' -AppReference '{server.AppReference}' -StaffToken (ConvertTo-SecureString '{server.StaffToken}' -AsPlainText -Force)

        Ctrl+C stops it.
        """);
    if (line.ReadyFile is { } ready)
    {
        // Others wait for this file: it must be whole the moment it exists.
        string whole = JsonSerializer.Serialize(new
        {
            brightpearl = new { baseUri = root, account = server.Account, appReference = server.AppReference, staffToken = server.StaffToken, accountToken = server.AccountToken, adminUri = root + "/_sandbox" },
            oauth = new
            {
                authorizeUri = server.OAuthAuthorizeUri, tokenUri = server.OAuthTokenUri, accountTokenUri = $"{root}/{server.Account}/oauth/token", oldTokenUri = $"{root}/token/{server.Account}",
                account = server.Account, developerReference = server.DeveloperReference, clientId = server.OAuthClientId, clientSecret = server.OAuthClientSecret, publicClientId = server.OAuthPublicClientId, redirectUris = server.OAuthRedirectUris,
            },
            norce = new
            {
                baseUri = norce, adminUri = norce + "/_sandbox", tokenUri = norce + "/identity/1.0/connect/token", slug = server.NorceSlug, environment = server.NorceEnvironment, clientId = server.NorceClientId, clientSecret = server.NorceClientSecret,
                applicationId = server.NorceApplicationId, applicationKey = server.NorceApplicationKey, accountId = server.NorceAccountId,
            },
            google = new
            {
                baseUri = google, adminUri = google + "/_sandbox", project = server.GoogleProject, dataset = "existing", location = server.GoogleLocation, clientId = server.GoogleClientId, clientSecret = server.GoogleClientSecret,
                authUri = google + "/o/oauth2/v2/auth", tokenUri = google + "/token", serviceAccount = server.GoogleServiceAccount, serviceAccountKeyFile = keyFile,
            },
            pid = Environment.ProcessId,
        }, new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        string half = ready + ".tmp" + Environment.ProcessId;
        await File.WriteAllTextAsync(half, whole);
        File.Move(half, ready, overwrite: true);
    }

    await server.WaitForShutdownAsync();
    File.Delete(keyFile);
}

return 0;
