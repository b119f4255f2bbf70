using System.Collections.Concurrent;
using Junipeer.Sandbox.Google.Data;
using Junipeer.Sandbox.Google.Front;

namespace Junipeer.Sandbox.Google.OAuth;

/// <summary>Somebody who may sign in: a person, a service account, or an identity from elsewhere.</summary>
internal sealed class Principal(string email, string kind)
{
    /// <summary>The role a creator gets on a dataset, by the dataset's name.</summary>
    private readonly ConcurrentDictionary<string, string[]> _datasets = new(StringComparer.Ordinal);
    private volatile string[] _roles = [];

    public string Email => email;

    /// <summary>user, serviceAccount or federated.</summary>
    public string Kind => kind;

    public string Id { get; } = "1" + Math.Abs(StringComparer.Ordinal.GetHashCode(email) % 1_000_000_000).ToString("D20", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Roles on every project.</summary>
    public IReadOnlyList<string> Roles { get => _roles; set => _roles = [.. value]; }

    public IReadOnlyDictionary<string, string[]> DatasetRoles => _datasets;

    public void Grant(string project, string dataset, params string[] roles) => _datasets[$"{project}:{dataset}"] = roles;

    public bool May(string permission, string project, string? dataset = null) =>
        _roles.Any(r => RolePermissions.Has(r, permission))
        || (dataset is not null && _datasets.TryGetValue($"{project}:{dataset}", out string[]? inside) && inside.Any(r => RolePermissions.Has(r, permission)));

    private static class RolePermissions
    {
        private const string Viewer = "bigquery.datasets.get bigquery.tables.get bigquery.tables.getData bigquery.tables.list resourcemanager.projects.get";
        private const string Editor = Viewer + " bigquery.datasets.create bigquery.tables.create bigquery.tables.delete bigquery.tables.update bigquery.tables.updateData bigquery.tables.export";
        private const string Owner = Editor + " bigquery.datasets.update bigquery.datasets.delete";
        private const string Jobs = "bigquery.jobs.create resourcemanager.projects.get";

        private static readonly Dictionary<string, HashSet<string>> All = new()
        {
            ["dataViewer"] = Set(Viewer),
            ["dataEditor"] = Set(Editor),
            ["dataOwner"] = Set(Owner),
            ["jobUser"] = Set(Jobs),
            ["admin"] = Set(Owner + " " + Jobs + " bigquery.jobs.listAll bigquery.jobs.get bigquery.jobs.update bigquery.jobs.delete"),
            ["tokenCreator"] = Set("iam.serviceAccounts.getAccessToken"),
        };

        public static bool Has(string role, string permission) => All.TryGetValue(role, out HashSet<string>? permissions) && permissions.Contains(permission);

        public static IEnumerable<string> Names => All.Keys;

        private static HashSet<string> Set(string permissions) => [.. permissions.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
    }

    public static IEnumerable<string> RoleNames => RolePermissions.Names;
}

/// <summary>A request's proven sender.</summary>
internal sealed record GoogleCaller(Principal Principal, IReadOnlySet<string> Scopes)
{
    public void NeedsProject(string permission, string project)
    {
        if (!Principal.May(permission, project))
        {
            throw GoogleException.Denied($"Access Denied: Project {project}: User does not have {permission} permission in project {project}.");
        }
    }

    public void NeedsDataset(string permission, string project, string dataset)
    {
        if (!Principal.May(permission, project, dataset))
        {
            throw GoogleException.Denied($"Access Denied: Dataset {project}:{dataset}: Permission {permission} denied on dataset {project}:{dataset} (or it may not exist).");
        }
    }

    public void NeedsTable(string permission, TableRef table)
    {
        if (!Principal.May(permission, table.Project, table.Dataset))
        {
            throw GoogleException.Denied($"Access Denied: Table {table}: Permission {permission} denied on table {table} (or it may not exist).");
        }
    }
}

/// <summary>Everybody who is known.</summary>
internal sealed class Principals
{
    public const string Owner = "owner@example.com";
    public const string Editor = "editor@example.com";
    public const string JobUser = "jobs@example.com";
    public const string Nobody = "nobody@example.com";
    public const string Federated = "principal://iam.googleapis.com/sandbox";
    private readonly ConcurrentDictionary<string, Principal> _all = new(StringComparer.Ordinal);

    public Principals(string project)
    {
        ServiceAccount = $"loader@{project}.iam.gserviceaccount.com";
        Put(Owner, "user", "admin", "tokenCreator");
        Put(Editor, "user", "dataEditor");
        Put(JobUser, "user", "jobUser");
        Put(Nobody, "user");
        Put(ServiceAccount, "serviceAccount", "dataEditor", "jobUser");
        Put(Federated, "federated", "tokenCreator");
    }

    public string ServiceAccount { get; }

    public IEnumerable<Principal> All => _all.Values.OrderBy(p => p.Email, StringComparer.Ordinal);

    public Principal? Find(string? email) => email is null ? null : _all.GetValueOrDefault(email);

    public Principal Put(string email, string kind, params string[] roles)
    {
        Principal principal = _all.GetOrAdd(email, e => new Principal(e, kind));
        if (roles.FirstOrDefault(r => !Principal.RoleNames.Contains(r)) is { } strange)
        {
            throw new ArgumentException($"There is no role '{strange}'. Known: {string.Join(", ", Principal.RoleNames)}.");
        }

        principal.Roles = roles;
        return principal;
    }
}
