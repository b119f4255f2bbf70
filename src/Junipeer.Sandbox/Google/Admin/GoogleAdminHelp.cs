using Junipeer.Sandbox.Google.Front;
using Junipeer.Sandbox.Google.OAuth;

namespace Junipeer.Sandbox.Google.Admin;

internal static class GoogleAdminHelp
{
    public static string Text(GoogleSandbox sandbox) => $$"""
        Google sandbox: project {{sandbox.Project}}, OAuth client {{sandbox.OAuth.Client.Id}}, service account {{sandbox.Principals.ServiceAccount}}

        API            http://{{sandbox.Host}}/bigquery/v2/... and http://{{sandbox.Host}}/projects/...
        uploads        http://{{sandbox.Host}}/upload/bigquery/v2/projects/{project}/jobs?uploadType=multipart|resumable (and /resumable/upload/...)
        sign-in        GET /o/oauth2/v2/auth   POST /token   POST /revoke   POST /v1/token (exchange)   POST /v1/projects/-/serviceAccounts/{email}:generateAccessToken
                       GET /computeMetadata/v1/... (point GCE_METADATA_HOST here)

        GET    status, counters, requests?last=200   POST counters/reset
        GET    dump                       all tables; dump/{project}.{dataset}.{table}: its rows, one JSON object a line
        POST   world                      {"actions":[{"do":"create-dataset","dataset":"d","location":"EU"}]}
        GET    clock   POST clock         {"advanceSeconds":3600,"set":"2026-06-01T00:00:00Z","skewSeconds":90}; shared with the Brightpearl side
        GET    quirks  PUT quirks         {"name":"value"}   POST quirks/reset
        GET    faults  POST faults        {"kind":"status","match":{"resource":"upload.chunk"},"skip":1,"times":1,"when":"before"|"after","status":503,"reason":"backendError"}
        GET    faults/{id}?wait=30&hits=1  POST faults/{id}/release   DELETE faults   DELETE faults/{id}
        GET    limits  POST limits        any of the limits by name, {"forget":true} empties the windows
        GET    jobs    POST jobs          all jobs; {"pendingMs":0,"runningMs":20}: how long they take
        POST   uploads                    {"discardUploads":"off"|"rows"|"bytes","expireSessions":true}: rows counts lines and keeps nothing, bytes counts bytes only
        POST   projects                   {"project":"{{sandbox.Project}}","apiEnabled":true,"billing":false}
        GET    principals  POST principals  {"email":"x@example.com","roles":["dataEditor","jobUser"],"dataset":"d"|absent: everywhere}
        GET    oauth   POST oauth         {"autoApprove":"off"|"allow"|"deny","user":"owner@example.com","grantedScopes":["..."]|null,"testing":true,"clientState":"ok"|"deleted_client"|"org_internal"|"admin_policy_enforced",
                                           "accessTokenSeconds":60,"codeSeconds":600,"metadata":true,"metadataAccount":"..."}
        POST   oauth/tokens               {"principal":"owner@example.com","scopes":["..."],"lifetimeSeconds":60,"refresh":true}: an access token without signing in
        POST   oauth/expire, oauth/revoke, oauth/invalid-rapt   {"token":"..."} or {"principal":"..."} or {} for all; {"accessTokens":false} leaves those alone

        People and service accounts: {{string.Join(", ", sandbox.Principals.All.Select(p => $"{p.Email} ({string.Join("+", p.Roles)})"))}}
        Roles: {{string.Join(", ", Principal.RoleNames)}}
        Actions of world: {{string.Join(", ", GoogleWorld.Names)}}; insert-rows and create-table take "rows", create-table "schema"

        Kinds of faults: {{string.Join(", ", GoogleFaults.Kinds)}}
          match: method, verb (for oauth.token EXCHANGE, REFRESH, ASSERTION), resource, pathContains, queryContains; for job-error, job-abort and job-stuck jobContains: part of the job's id or configuration
          resources: {{string.Join(", ", sandbox.AllOperations.Select(o => o.Name).Distinct())}}
          status             an error instead of acting, or with when=after instead of the answer: {"status":503,"reason":"backendError","message":"..."}; body, contentType and headers are possible
          html               the same with a page (502)
          rate-limit, quota  403 rateLimitExceeded, 403 quotaExceeded
          drop-before, drop-after, drop-mid-body, truncate   no answer at all (unseen, or carried out), or half of one
          delay, hold        milliseconds; until released (before or after acting)
          drop-mid-upload, fail-mid-upload  "bytes" of the chunk are taken in, then the connection ends or 503 comes
          short-range        the chunk comes, the answer is 308 with only "bytes" of it kept
          session-gone       the session is 404 (or 410, a quirk) from now on
          expire-token, revoke-token, invalid-rapt   the request's token ends just before it is looked at; the last two its refresh token too
          world              "actions" before or after the request, such as delete-dataset in the middle of a run
          job-incomplete     jobs.query and getQueryResults answer jobComplete false
          empty-page         a page without rows, with a token
          hide-after-duplicate  strikes jobs.insert or an upload: after its 409 the job is 404 for the next "rows" reads
          job-error          the job ends in "reason": jobBackendError, jobInternalError, jobRateLimitExceeded, ... and does nothing
          job-abort          aborted by a concurrent update
          job-stuck          "mode" pending or running, until released or cancelled

        Quirks (now; [default]):
        {{string.Join("\n", GoogleQuirks.All.Select(q => $"  {q.Name} = {sandbox.Quirks[q.Name]} [{q.Default}] {string.Join("|", q.Values)}: {q.About}"))}}

        """;
}
