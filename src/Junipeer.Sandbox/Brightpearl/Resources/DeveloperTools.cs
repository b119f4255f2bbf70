using Junipeer.Sandbox.Brightpearl.Front;

namespace Junipeer.Sandbox.Brightpearl.Resources;

/// <summary>Paths beside the accounts, without authentication: https://api-docs.brightpearl.com/utilities/account-location/get.html</summary>
internal static class DeveloperTools
{
    public const string Root = "developer-tools";

    public static IEnumerable<Resource> All(BrightpearlSandbox sandbox)
    {
        yield return new Resource(Root, "account-location")
            .Get("{}/account-location/{}", call => call.Values[1] == sandbox.Tokens.Account
                ? Reply.One(call, Location)
                : throw Reply.NotFound("Account"))
            .DumpDocuments(_ => new[] { sandbox }, (doc, _) => Location(doc), "datacentreCode");
        yield return new Resource(Root, "installed-accounts")
            .Get("{}/installed-accounts/{}", call => Answer.Of(200, json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("response");
                if (call.Values[0] == sandbox.Tokens.DeveloperReference && call.Values[1] == sandbox.Tokens.AppReference)
                {
                    json.WriteStringValue(sandbox.Tokens.Account);
                }

                foreach (string account in sandbox.OAuth.Grants.AccountsWith(call.Values[1], call.Values[0]))
                {
                    json.WriteStringValue(account);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }))
            .DumpDocuments(_ => new[] { sandbox }, (doc, s) => doc.Str("accountCode", s.Tokens.Account), "accountCode");
    }

    private static void Location(DocWriter doc) => doc.Str("datacentreCode", "euw1").Str("apiDomain", doc.Sandbox.Host).Open("urls").Str("login", $"http://{doc.Sandbox.Host}/login")
        .Str("authorizeServer", $"http://{doc.Sandbox.Host}/authorize").Str("authorizeInstance", $"http://{doc.Sandbox.Host}/authorize/{doc.Sandbox.Tokens.Account}").Close();
}
