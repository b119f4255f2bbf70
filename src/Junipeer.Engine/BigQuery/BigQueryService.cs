using Google.Apis.Services;

namespace Junipeer.BigQuery;

/// <summary>BigQuery v2 on Google's own client library: the same construction as its generated packages.</summary>
internal sealed class BigQueryService : BaseClientService
{
    public BigQueryService(Initializer initializer)
        : base(initializer)
    {
    }

    public override string Name => "bigquery";

    public override string BaseUri => BaseUriOverride ?? "https://bigquery.googleapis.com/bigquery/v2/";

    public override string BasePath => "bigquery/v2/";

    public override IList<string> Features => [];
}
