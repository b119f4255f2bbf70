using Junipeer.Sandbox.Brightpearl;
using Junipeer.Sandbox.Brightpearl.Faults;

namespace Junipeer.Sandbox.Admin;

/// <summary>The plain-text help of <c>GET /_sandbox/</c>.</summary>
internal static class AdminHelp
{
    public static string Text(BrightpearlSandbox sandbox) => $$"""
        Sandbox: Brightpearl account '{{sandbox.Tokens.Account}}', app '{{sandbox.Tokens.AppReference}}'. Everything here is JSON, without authentication and quota.

        GET    status                     clock, counts, quota, quirks, faults, counters
        GET    counters                   total, throttled, unauthorised, byKey ("GET order", "SEARCH order", "COUNT order", "META order", "OPTIONS order"), windows
        POST   counters/reset
        GET    requests?last=200          request log
        GET    dump                       resources with counts, key fields and shape
        GET    dump/{resource}            the truth, one document a line; ?view=rows: as the search shows it
        POST   world                      {"actions":[{"do":"create-order","count":10}]}
        GET    clock   POST clock         {"advanceSeconds":N} | {"set":"..."} | {"skewSeconds":N}
        GET    quirks  PUT quirks         {"name":"value"}     POST quirks/reset
        POST   faults                     {"kind":"status","match":{"resource":"order"},"skip":0,"times":1,...}
        GET    faults  GET faults/{id}?wait=seconds&hits=1     POST faults/{id}/release     DELETE faults[/{id}]
        POST   tokens                     {"kind":"bearer","lifetimeSeconds":5}     POST tokens/expire {"token":"..."}
        POST   quota                      {"limit":200,"windowSeconds":60,"rolling":false,"reset":true}
        POST   other-app                  {"share":0.5,"pattern":"even"|"burst","at":0.5,"pool":"private"|"all"}
        GET    oauth                      apps, codes, token families with every token, counters by grant and outcome
        POST   oauth                      {"autoApprove":"off"|"allow"|"deny","accessTokenSeconds":5,"refreshTokenSeconds":60|null,"codeSeconds":60,"apiDomain":"host:port"|null}
        POST   oauth/apps                 {"clientId":"...","clientSecret":"..."|null,"name":"...","developerReference":"...","redirectUris":["..."],"removeRedirectUris":["..."]}
        POST   oauth/revoke               {"account":"...","clientId":"...","installationInstanceId":21}: the installations that fit, {} for all
        POST   oauth/expire               {"accessTokens":true,"refreshTokens":true,"codes":true}

        OAuth: GET /authorize/{account}, POST /oauth/token (account_code in the form), /{account}/oauth/token or /token/{account}. Faults find
        them by resource oauth-authorize (verbs GET, POST) and oauth-token (verbs EXCHANGE, REFRESH), or by pathContains.

        Actions of world (each takes id, ids or count where it changes something there is):
          {{string.Join(", ", sandbox.Changes.Names)}}

        Kinds of faults:
          {{string.Join(", ", BrightpearlFaults.Kinds)}}
        A fault's match: method, verb, resource, pathContains, queryContains, idContains.
        Its settings: skip, times (null: always), status, body, contentType, headers, milliseconds, when (before|after), mode (repeat|short), rows,
        resultsAvailable, morePagesAvailable, quota (whether it costs a request), actions, id.

        Quirks (now; [default]):
        {{string.Join("\n", Quirks.All.Select(q => $"  {q.Name} = {sandbox.Quirks[q.Name]} [{q.Default}] {string.Join("|", q.Values)}: {q.About}"))}}

        """;
}
