using System.Management.Automation;
using System.Text.Json;
using Junipeer.Operations;
using Junipeer.PowerShell.Common;
using Junipeer.PowerShell.Output;
using Junipeer.Requests;

namespace Junipeer.PowerShell.Commands;

/// <summary>Sends one call as it is, with authentication, quota and retry.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "BrightpearlRequest", SupportsShouldProcess = true)]
[OutputType(typeof(PSObject), typeof(RawResponse))]
public sealed class InvokeBrightpearlRequestCommand : BrightpearlCmdlet
{
    private RawResponse? _answer;

    /// <summary>The path below the account, with service and query.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The HTTP method.</summary>
    [Parameter]
    [ValidateSet("GET", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")]
    public string Method { get; set; } = "GET";

    /// <summary>The JSON to send.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public string? Body { get; set; }

    /// <summary>Write status, headers and text in place of the parsed answer.</summary>
    [Parameter]
    public SwitchParameter Raw { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var method = Method.ToUpperInvariant();
        var target = Target();
        if (method is not ("GET" or "OPTIONS") && !ShouldProcess($"account {target.Account} at {target.BaseUri.Host}", $"{method} {Path}")) return;

        var request = new RawRequest { Connection = target, Method = method, Path = Path, Body = Body, QuotaShare = QuotaShare };
        _answer = null;
        Run((engine, sink, stop) => engine.InvokeAsync(request, sink, stop));
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
        catch (JsonException e)
        {
            throw new JunipeerException(new JunipeerFault("Junipeer.Response.Invalid", FaultCategory.InvalidData, $"The answer to {Method} {Path} is not JSON: {e.Message}",
                "Add -Raw to see the answer as it came.")
            { Target = Path, System = System, StatusCode = answer.StatusCode, RequestId = answer.RequestId, Cause = e });
        }
    }
}
