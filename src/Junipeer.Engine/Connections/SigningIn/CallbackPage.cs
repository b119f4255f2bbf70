using System.Net;
using System.Text;

namespace Junipeer.Connections.SigningIn;

/// <summary>The page the browser ends at: says what happened, needs nothing from anywhere else, reads well aloud.</summary>
internal static class CallbackPage
{
    public static byte[] Render(bool isGood, string title, string text)
    {
        var mark = isGood ? "#1b6e3c" : "#a4262c";
        return Encoding.UTF8.GetBytes($$"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="referrer" content="no-referrer">
            <title>{{Encode(title)}} - Junipeer for PowerShell</title>
            <style>
            :root { color-scheme: light dark; }
            body { font: 1.125rem/1.5 system-ui, sans-serif; margin: 0; display: grid; min-height: 100vh; place-items: center; }
            main { max-width: 34rem; width: calc(100% - 3rem); padding: 1.5rem 0; border-top: .4rem solid {{mark}}; }
            h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .75rem; text-wrap: balance; }
            p { margin: 0 0 .75rem; overflow-wrap: anywhere; }
            </style>
            </head>
            <body>
            <main role="{{(isGood ? "status" : "alert")}}">
            <h1>{{Encode(title)}}</h1>
            <p>{{Encode(text)}}</p>
            <p>You can close this page and go back to PowerShell.</p>
            </main>
            </body>
            </html>
            """);
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
