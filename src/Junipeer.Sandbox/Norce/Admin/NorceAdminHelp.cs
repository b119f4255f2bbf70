using Junipeer.Sandbox.Norce.Events;
using Junipeer.Sandbox.Norce.Front;
using Junipeer.Sandbox.Norce.Identity;

namespace Junipeer.Sandbox.Norce.Admin;

/// <summary>What <c>GET /_sandbox/</c> says.</summary>
internal static class NorceAdminHelp
{
    public static string Text(NorceSandbox sandbox) => $$"""
        Norce sandbox: environment {{sandbox.Environment}}, client id {{NorceIdentity.Main.Id}}, applications {{string.Join(" and ", NorceSandbox.Applications.Select(a => a.Id))}}, account {{NorceSandbox.AccountId}}

        token          POST http://{{sandbox.Host}}/identity/1.0/connect/token
        Query          http://{{sandbox.Host}}/commerce/query/2.0/Products/ProductSkus   (and 3.0; application-id in a header)
        Connect        http://{{sandbox.Host}}/commerce/connect/4.0/Product/ImportOnhands, Job/Get?id=..., Order/SendOrderStatus
        Services       http://{{sandbox.Host}}/commerce/metadata/1.1/GetApplication

        GET    status, counters, requests?last=200   POST counters/reset
        GET    dump                       all tables and their rows; dump/Products/ProductSkus: one JSON object a line
        POST   world                      {"actions":[{"do":"touch-sku","partNo":"NL-01001"}]}; rows by partNo, partNos, id, ids, or count of them by chance
        GET    clock   POST clock         {"advanceSeconds":3600,"set":"2026-06-01T00:00:00Z","skewSeconds":90}; shared with the other sides
        GET    quirks  PUT quirks         {"name":"value"}   POST quirks/reset
        GET    faults  POST faults        {"kind":"status","match":{"resource":"query.Products.ProductSkus"},"skip":1,"times":1,"when":"before"|"after","status":503}
        GET    faults/{id}?wait=30&hits=1  POST faults/{id}/release   DELETE faults   DELETE faults/{id}
        GET    limits  POST limits        {"tokensPerMinute":3,"tokenBurst":20,"queryPerMinute":0,"importRows":0,"importBytes":30000000}; 0 is no limit
        GET    jobs    POST jobs          all imports; {"queuedMs":20,"validatingMs":20,"runningMs":40}: how long they take
        GET    identity  POST identity    {"environment":"playground"|"stage"|"prod","tokenSeconds":3600}
        POST   clients                    {"id":"{{NorceIdentity.Main.Id}}","secret":"...","state":"ok"|"expired"|"disabled","environments":["playground"],"resources":["query","connect","services"],"applications":[1042]}
        POST   tokens                     {"client":"...","scopes":["playground"],"lifetimeSeconds":60}: a token without asking for it
        POST   tokens/expire              {"token":"..."} or {} for all
        GET    order-receiver  POST order-receiver  {"url":"http://127.0.0.1:9000/orders","user":"u","password":"p","retrySeconds":[5,15,60],"timeoutSeconds":30,"auto":true}
        GET    events  POST events        {"event":"OrderReceivedEvent","url":"http://127.0.0.1:9000/hook"|null,"headers":{"x":"y"} }; {{string.Join(", ", EventPush.Names)}}
        POST   orders/push                {"clientOrderRef":880001}: sends an order (again)
        GET    money, messages            what messages about orders captured, credited or cancelled; those that are only recorded

        Actions of world: {{string.Join(", ", sandbox.Changes.Names)}}
          set-sku-status and set-order-status take statusId; rename-sku and name-by-hand name; change-price (priceListId), change-stock (warehouseId) and reserve value;
          add-products count and prefix; place-order count, applicationId, statusId, customerCode, lines, items [{"partNo":"..","quantity":2}], push;
          clear-catalogue removes all that is sold; take-over adds what Brightpearl has now and this side has not

        Kinds of faults: {{string.Join(", ", NorceFaults.Kinds)}}
          match: method, resource, pathContains, queryContains; for job-... jobContains: part of the import's name, header or body
          resources: {{string.Join(", ", sandbox.Faults.Resources)}}
          status, html, rate-limit  an error instead of acting, or with when=after instead of the answer; status, reason, message, body, contentType, headers are possible
          drop-before, drop-after, drop-mid-body, truncate   no answer at all (unseen, or carried out), or half of one
          delay, hold        milliseconds; until released (before or after acting)
          expire-token       the request's token ends just before it is looked at
          header-missing     "mode" names the header that gets lost on the way
          deep-skip          500 when $skip is at least "rows"
          shifted-page       a page after the first begins "rows" too early (mode repeat) or too late (mode lose)
          no-link            a page without its @odata.nextLink
          other-spelling     the insert counter of a job in its other spelling
          world              "actions" before or after the request
          job-stuck          "mode" queued, validating or running, until released
          job-rejected       "mode" validation (status 4) or failed (status 3): nothing is imported
          job-partial        the first "rows" rows fail
          job-lost           nobody finds the job the first "rows" times

        Quirks (now; [default]):
        {{string.Join("\n", NorceQuirks.All.Select(q => $"  {q.Name} = {sandbox.Quirks[q.Name]} [{q.Default}] {string.Join("|", q.Values)}: {q.About}"))}}

        """;
}
