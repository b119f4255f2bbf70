using System.Runtime.CompilerServices;
using Junipeer.Operations;

namespace Junipeer.BigQuery;

/// <summary>Reads the rows of a finished query or of a table, page by page.</summary>
internal sealed class BigQueryRows(BigQueryClient client, IOperationSink sink)
{
    private const string PageRows = "20000";

    /// <summary>Rows of a query job, with their schema.</summary>
    public async IAsyncEnumerable<(IReadOnlyList<TableField> Fields, object?[] Row)> OfJobAsync(JobReference job, [EnumeratorCancellation] CancellationToken stop)
    {
        string? token = null;
        IReadOnlyList<TableField>? fields = null;
        do
        {
            var path = BigQueryClient.Path($"projects/{job.ProjectId}/queries/{job.JobId}",
                ("location", job.Location), ("maxResults", PageRows), ("pageToken", token), ("formatOptions.useInt64Timestamp", "true"));
            var page = await client.SendAsync<RowPage>(HttpMethod.Get, path, null, "read the result of a query", sink, stop).ConfigureAwait(false);
            if (page.JobComplete == false)
            {
                await Task.Delay(500, stop).ConfigureAwait(false);
                continue;
            }

            fields ??= page.Schema?.Fields ?? [];
            foreach (var row in BigQueryCells.Rows(fields, page.Answer.Slice(page.Rows.Start, page.Rows.Length))) yield return (fields, row);
            token = page.PageToken;
            if (string.IsNullOrEmpty(token)) yield break; // a page may be empty and still have a successor
        }
        while (true);
    }
}
