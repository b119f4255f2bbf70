using System.Net;

namespace Junipeer.Sandbox.Google.OAuth;

/// <summary>The HTML a person sees: no script, nothing from elsewhere; an account, scopes to untick, two buttons.</summary>
internal static class ConsentPage
{
    private const string Style = """
        body { font: 1rem/1.5 system-ui, sans-serif; max-width: 36rem; margin: 3rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff }
        fieldset { border: 1px solid #767676; border-radius: .3rem; margin: 0 0 1rem } label { overflow-wrap: anywhere } select, button { font: inherit }
        button { padding: .6rem 1.4rem; margin: 0 .75rem .75rem 0; border: 2px solid #0b5394; border-radius: .3rem; background: #fff; color: #0b5394; cursor: pointer }
        button.allow { background: #0b5394; color: #fff }
        :focus-visible { outline: 3px solid #b45f06; outline-offset: 2px }
        """;

    public static string Ask(string app, ConsentRequest asked, string request, string user, IEnumerable<string> users) => Page($"{Text(app)} wants to access your account", $"""
        <form method="post" action="/o/oauth2/v2/auth" aria-labelledby="title">
        <input type="hidden" name="request" value="{Text(request)}">
        <p><label for="user">Account</label> <select id="user" name="user">
        {string.Join("\n", users.Select(u => $"<option{(u == user ? " selected" : string.Empty)}>{Text(u)}</option>"))}
        </select></p>
        <fieldset><legend>What it may do</legend>
        {string.Join("\n", asked.Scopes.Select((s, i) => $"<div><input type=\"checkbox\" id=\"scope{i}\" name=\"scope\" value=\"{Text(s)}\" checked> <label for=\"scope{i}\">{Text(s)}</label></div>"))}
        </fieldset>
        <p>You will be sent to <span id="redirect">{Text(asked.RedirectUri)}</span>.</p>
        <button class="allow" type="submit" id="allow" name="decision" value="allow">Continue</button>
        <button type="submit" id="deny" name="decision" value="deny">Cancel</button>
        </form>
        """);

    public static string Refusal(string error, string why, int status) => Page("Access blocked", $"""
        <p id="error" role="alert">Error {status}: {Text(error)}</p>
        <p id="why">{Text(why)}</p>
        """);

    private static string Page(string title, string content) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{title}</title>
        <style>
        {Style}
        </style>
        </head>
        <body>
        <main>
        <h1 id="title">{title}</h1>
        {content}
        </main>
        </body>
        </html>

        """;

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
