using Junipeer.Sandbox.Google.Data;
using Junipeer.Sandbox.Google.Front;
using Junipeer.Sandbox.Google.Jobs;
using Junipeer.Sandbox.Google.OAuth;
using Junipeer.Sandbox.Google.Rest;
using Junipeer.Sandbox.Google.Sql;
using Junipeer.Sandbox.Google.Uploads;
using Junipeer.Sandbox.Hosting;

namespace Junipeer.Sandbox.Google;

internal enum DiscardMode
{
    /// <summary>Uploads are read into their tables.</summary>
    Off,

    /// <summary>Uploads are unpacked and their lines counted; no row is kept.</summary>
    Rows,

    /// <summary>Only bytes are counted.</summary>
    Bytes,
}

/// <summary>A project and what is switched on in it.</summary>
internal sealed class Project(string id, string number)
{
    public string Id => id;

    public string Number => number;

    public bool ApiEnabled { get; set; } = true;

    public bool Billing { get; set; } = true;
}

/// <summary>The simulated warehouse with everything around it.</summary>
internal sealed class GoogleSandbox : IDisposable
{
    /// <summary>Where the seeded dataset is.</summary>
    public const string SeededLocation = "US";
    private readonly Project[] _projects;

    public GoogleSandbox(SandboxClock clock)
    {
        Clock = clock;
        Project = "sandbox-project";
        _projects = [new Project(Project, "100000000001"), new Project("sandbox-without-api", "100000000002") { ApiEnabled = false }];
        Store = new DataStore(() => clock.Now);
        Sql = new SqlEngine(Store);
        Principals = new Principals(Project);
        Limits = new Limits(clock);
        OAuth = new GoogleOAuth(this);
        Consent = new ConsentEndpoint(this);
        Tokens = new GoogleTokenEndpoint(this);
        Other = new OtherCredentials(this);
        Paging = new Paging(this);
        Runner = new JobRunner(this);
        Loads = new LoadJobs(this);
        Queries = new QueryJobs(this);
        JobMethods = new JobMethods(this);
        QueryMethods = new QueryMethods(this);
        Uploads = new UploadMethods(this);
        Operations =
        [
            .. new DatasetMethods(this).All(), .. new TableMethods(this).All(), .. new TableDataMethods(this).All(), .. JobMethods.All(), .. QueryMethods.All(),
        ];
        UploadOperations = [.. Uploads.All()];
        SignInOperations = [.. new SignIn(this).All()];
        Faults = new GoogleFaults(this);
        Seed();
    }

    public SandboxClock Clock { get; }

    /// <summary>Host and port, once bound.</summary>
    public string Host { get; set; } = "127.0.0.1";

    public string Project { get; }

    public IReadOnlyList<Project> Projects => _projects;

    public DataStore Store { get; }

    public SqlEngine Sql { get; }

    public Principals Principals { get; }

    public GoogleOAuth OAuth { get; }

    public ConsentEndpoint Consent { get; }

    public GoogleTokenEndpoint Tokens { get; }

    public OtherCredentials Other { get; }

    public Limits Limits { get; }

    public GoogleQuirks Quirks { get; } = new();

    public GoogleCounters Counters { get; } = new();

    public GoogleFaults Faults { get; }

    public Paging Paging { get; }

    public JobStore Jobs { get; } = new();

    public JobRunner Runner { get; }

    public LoadJobs Loads { get; }

    public QueryJobs Queries { get; }

    public JobMethods JobMethods { get; }

    public QueryMethods QueryMethods { get; }

    public UploadMethods Uploads { get; }

    public DiscardMode DiscardUploads { get; set; }

    /// <summary>Methods under /bigquery/v2.</summary>
    public IReadOnlyList<Operation> Operations { get; }

    /// <summary>Methods under /upload/bigquery/v2.</summary>
    public IReadOnlyList<Operation> UploadOperations { get; }

    /// <summary>Sign-in, at the root.</summary>
    public IReadOnlyList<Operation> SignInOperations { get; }

    public IEnumerable<Operation> AllOperations => [.. Operations, .. UploadOperations, .. SignInOperations];

    /// <exception cref="GoogleException">The project is not known, or not to be seen.</exception>
    public Project ProjectOf(string id) => Array.Find(_projects, p => p.Id == id || p.Number == id) ?? throw GoogleException.NotFound($"Not found: Project {id}");

    /// <summary>Whose token a request carries.</summary>
    /// <exception cref="GoogleException">It carries none, or one that is not good.</exception>
    public GoogleCaller Authenticate(GoogleCall call)
    {
        string header = call.Http.Request.Headers.Authorization.ToString();
        string? bearer = header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header[7..].Trim() : call.Query("access_token");
        if (bearer is not { Length: > 0 })
        {
            throw new GoogleException(401, "required", "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.", "Authorization");
        }

        if (Tokens.SelfSigned(bearer) is { } self)
        {
            return self;
        }

        AccessToken token = OAuth.Tokens.Authenticate(bearer);
        return new GoogleCaller(Principals.Find(token.Principal) ?? throw TokenStore.Unauthenticated(), token.Scopes);
    }

    /// <summary>The seeded dataset with its small table.</summary>
    private void Seed()
    {
        Store.CreateDataset(new Dataset(Project, "existing", SeededLocation) { Description = "Was here before." });
        Store.CreateTable(new Table(new TableRef(Project, "existing", "fruit"), [new Field("id", FieldType.Integer, FieldMode.Required), new Field("name", FieldType.String), new Field("price", FieldType.Numeric)])
        {
            Rows = RowSet.Of([[1L, "apple", Price("0.5")], [2L, "pear", Price("0.75")], [3L, "cherry", null]]),
        });
    }

    private static object Price(string text) => Exact.TryParse(text, big: false, out Exact price) ? price : throw new FormatException(text);

    public void Dispose()
    {
        Faults.ReleaseAll();
        foreach (Job job in Jobs.All)
        {
            job.Stop.Cancel();
        }

        Uploads.Dispose();
        OAuth.Dispose();
    }
}
