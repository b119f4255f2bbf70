using System.Net;

namespace Junipeer.Sandbox.Brightpearl.OAuth;

/// <summary>The HTML a person sees: nothing from elsewhere, no script, two buttons that submit a form.</summary>
internal static class AuthorizePage
{
    private const string Style = """
        body { font: 1rem/1.5 system-ui, sans-serif; max-width: 36rem; margin: 3rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff }
        h1 { font-size: 1.5rem; line-height: 1.25; text-wrap: balance }
        dt { font-weight: 600 } dd { margin: 0 0 .75rem; overflow-wrap: anywhere }
        button { font: inherit; padding: .6rem 1.4rem; margin: 0 .75rem .75rem 0; border: 2px solid #0b5394; border-radius: .3rem; background: #fff; color: #0b5394; cursor: pointer }
        button.allow { background: #0b5394; color: #fff }
        button:focus-visible { outline: 3px solid #b45f06; outline-offset: 2px }
        """;

    public static string Ask(AuthorizeRequest asked, string request) => Page($"Allow {Text(asked.App.Name)}?", $"""
        <p>The app <strong>{Text(asked.App.Name)}</strong> asks for access to the account <strong>{Text(asked.Account)}</strong>.</p>
        <dl>
        <dt>App reference</dt><dd id="client">{Text(asked.App.ClientId)}</dd>
        <dt>You will be sent to</dt><dd id="redirect">{Text(asked.RedirectUri)}</dd>
        </dl>
        <form method="post" action="/authorize/{Text(Uri.EscapeDataString(asked.Account))}" aria-labelledby="title">
        <input type="hidden" name="request" value="{Text(request)}">
        <button class="allow" type="submit" id="allow" name="decision" value="allow">Allow</button>
        <button type="submit" id="deny" name="decision" value="deny">Deny</button>
        </form>
        """);

    public static string Refusal(string why) => Page("This request cannot be answered", $"""
        <p id="error" role="alert">{Text(why)}</p>
        <p>Go back to the app and start again.</p>
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
