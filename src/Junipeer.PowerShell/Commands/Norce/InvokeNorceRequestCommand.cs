using System.Collections;
using System.Management.Automation;
using System.Text.Json;
using Junipeer.Norce;
using Junipeer.Operations;
using Junipeer.PowerShell.Arguments;
using Junipeer.PowerShell.Common;
using Junipeer.PowerShell.Output;
using Junipeer.Requests;

namespace Junipeer.PowerShell.Commands;

/// <summary>Sends one call to any family as it is, with token, application and retry.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "NorceRequest", SupportsShouldProcess = true)]
[OutputType(typeof(PSObject), typeof(RawResponse))]
public sealed class InvokeNorceRequestCommand : NorceCmdlet
{
    private RawResponse? _answer;

    /// <summary>The path below the host, with its query.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The HTTP method.</summary>
    [Parameter]
    [ValidateSet("GET", "POST", "PUT", "PATCH", "DELETE")]
    public string Method { get; set; } = "GET";

    /// <summary>The JSON to send.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public string? Body { get; set; }

    /// <summary>Headers to send besides those every call has.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary Header { get; set; } = new Hashtable();

    /// <summary>Write status, headers and text in place of the parsed answer.</summary>
    [Parameter]
    public SwitchParameter Raw { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var method = Method.ToUpperInvariant();
        var target = Target();
        if (method != "GET" && !ShouldProcess($"tenant {target.Tenant} at {target.BaseUri.Host}", $"{method} {Path}")) return;
        var headers = PlainValue.Dictionary(Header).ToDictionary(p => p.Key, p => PlainValue.Text(p.Value));
        var request = new NorceRawRequest { Connection = target, Method = method, Path = Path, Body = Body, Headers = headers };
        _answer = null;
        Run((engine, sink, stop) => engine.Norce.InvokeAsync(request, sink, stop));
        if (_answer is null || Raw) return;
        if (Parse(_answer) is { } parsed) WriteObject(parsed, enumerateCollection: true);
    }

    private protected override object? Shape(object result)
    {
        if (!Raw) _answer = result as RawResponse;
        return Raw ? result : null;
    }

    private object? Parse(RawResponse answer)
    {
        try
        {
            return JsonShape.Response(answer.Content);
        }
        catch (JsonException)
        {
            return answer.Content; // metadata is XML, and a few calls answer plain text
        }
    }
}
