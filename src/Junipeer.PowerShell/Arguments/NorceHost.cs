using System.Text.RegularExpressions;
using Junipeer.Connections;
using Junipeer.Operations;
using Junipeer.PowerShell.Commands;

namespace Junipeer.PowerShell.Arguments;

/// <summary>
/// Finds tenant, environment and host, from the slug or from an address. The admin site's address will do: the API's host is
/// the same with <c>.api-</c> in place of <c>.admin-</c>.
/// </summary>
internal static partial class NorceHost
{
    private const string Advice = "Give -Tenant with the slug alone (acme, not a whole address), or -BaseUri https://acme.api-se.stage.norce.tech.";

    public static (string Tenant, NorceEnvironment Environment, Uri Address) Of(ConnectNorceCommand given)
    {
        var fromVariables = given.FromEnvironment && given.Tenant is null && given.BaseUri is null;
        var tenant = given.Tenant ?? (fromVariables ? NorceVariables.Tenant : null);
        var address = given.BaseUri ?? (fromVariables && NorceVariables.BaseUri is { } text && Uri.TryCreate(text, UriKind.Absolute, out var uri) ? uri : null);
        var environment = given.Environment ?? (given.FromEnvironment && Enum.TryParse<NorceEnvironment>(NorceVariables.Environment, ignoreCase: true, out var named) ? named : null);
        if (address is not null) return FromAddress(address, tenant, environment);
        if (tenant is null) throw Bad("Neither a tenant nor a base address was given.", null);
        if (!Slug().IsMatch(tenant)) throw Bad($"'{tenant}' is not a tenant's slug: it has letters, digits and hyphens only.", tenant);
        var slug = tenant.ToLowerInvariant();
        return (slug, environment ?? NorceEnvironment.Production, NorceConnection.AddressOf(slug, given.Region.ToLowerInvariant(), environment ?? NorceEnvironment.Production));
    }

    private static (string Tenant, NorceEnvironment Environment, Uri Address) FromAddress(Uri address, string? tenant, NorceEnvironment? environment)
    {
        if (!address.IsAbsoluteUri || address.Scheme is not ("https" or "http") || address.Host.Length == 0) throw Bad($"'{address.OriginalString}' is not an address that begins with https://.", address.OriginalString);
        if (address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0) throw Bad($"The base address on {address.Host} has more than a host and a port.", address.Host);
        if (address.Scheme == "http" && !address.IsLoopback)
            throw Fault("Junipeer.Connection.InsecureAddress", $"'{address.GetLeftPart(UriPartial.Authority)}' would send the secret in clear text over the network.", $"Use https://{address.Authority}; plain http is for this machine only.", address.Host);
        if (address.Host.EndsWith(".storm.io", StringComparison.OrdinalIgnoreCase))
            throw Fault("Junipeer.Norce.RetiredHost", $"{address.Host} is a host of Storm, which Norce Commerce replaced.", "Give the host of Norce Commerce: -Tenant <slug>, or -BaseUri https://<slug>.api-se.norce.tech.", address.Host);
        var root = new Uri(address.GetLeftPart(UriPartial.Authority));
        if (NorceTech().Match(root.Host) is not { Success: true } match) return (tenant ?? root.Host, environment ?? NorceEnvironment.Production, root);
        var told = match.Groups["env"].Value switch { "stage" => NorceEnvironment.Stage, "playground" => NorceEnvironment.Playground, _ => NorceEnvironment.Production };
        if (environment is { } wanted && wanted != told)
            throw Fault("Junipeer.Norce.WrongEnvironment", $"The host {root.Host} is {told}, and -Environment says {wanted}; a token of one is no good on the other.", "Leave -Environment out, or give the host of that environment.", root.Host);
        if (tenant is not null && !tenant.Equals(match.Groups["slug"].Value, StringComparison.OrdinalIgnoreCase)) throw Bad($"The host {root.Host} is not that of the tenant '{tenant}'.", tenant);
        var slug = match.Groups["slug"].Value.ToLowerInvariant();
        return (slug, told, NorceConnection.AddressOf(slug, match.Groups["region"].Value.ToLowerInvariant(), told));
    }

    private static JunipeerException Bad(string message, object? target) => Fault("Junipeer.Connection.BadAddress", message, Advice, target);

    private static JunipeerException Fault(string id, string message, string action, object? target) => NorceConnectRequest.Fault(id, message, action, target);

    [GeneratedRegex("^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Slug();

    [GeneratedRegex(@"^(?<slug>[a-z0-9-]+)\.(api|admin)-(?<region>[a-z0-9]+)(\.(?<env>stage|playground))?\.norce\.tech\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NorceTech();
}
