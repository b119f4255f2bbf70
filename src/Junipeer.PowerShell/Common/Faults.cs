using System.Management.Automation;
using Junipeer.Operations;

namespace Junipeer.PowerShell.Common;

/// <summary>The one place where a fault becomes an error record.</summary>
internal static class Faults
{
    public static ErrorRecord ToRecord(JunipeerException error) =>
        new(error, error.Fault.Id, CategoryOf(error.Fault.Category), error.Fault.Target)
        {
            ErrorDetails = new ErrorDetails(error.Fault.Message) { RecommendedAction = error.Fault.RecommendedAction },
        };

    /// <summary>What nobody foresaw, so that it too has an id and says what to do.</summary>
    public static JunipeerException Unforeseen(Exception error) => new(new JunipeerFault(
        "Junipeer.Module.Unexpected",
        FaultCategory.InvalidOperation,
        $"Something unforeseen went wrong: {error.Message}",
        "Run Get-Error and report what it shows, with the command that was run.")
    { Cause = error });

    private static ErrorCategory CategoryOf(FaultCategory category) => category switch
    {
        FaultCategory.InvalidArgument => ErrorCategory.InvalidArgument,
        FaultCategory.InvalidData => ErrorCategory.InvalidData,
        FaultCategory.ObjectNotFound => ErrorCategory.ObjectNotFound,
        FaultCategory.AuthenticationError => ErrorCategory.AuthenticationError,
        FaultCategory.PermissionDenied => ErrorCategory.PermissionDenied,
        FaultCategory.LimitsExceeded => ErrorCategory.LimitsExceeded,
        FaultCategory.ConnectionError => ErrorCategory.ConnectionError,
        FaultCategory.OperationTimeout => ErrorCategory.OperationTimeout,
        FaultCategory.ResourceUnavailable => ErrorCategory.ResourceUnavailable,
        FaultCategory.ResourceBusy => ErrorCategory.ResourceBusy,
        FaultCategory.WriteError => ErrorCategory.WriteError,
        FaultCategory.ReadError => ErrorCategory.ReadError,
        FaultCategory.InvalidOperation => ErrorCategory.InvalidOperation,
        FaultCategory.NotSupported => ErrorCategory.NotImplemented,
        _ => ErrorCategory.NotSpecified,
    };
}
