using Junipeer.Operations;

namespace Junipeer.Connections;

/// <summary>What can be wrong with a place that keeps secrets.</summary>
internal static class StoreFaults
{
    public static JunipeerException Unavailable(string why, Exception? cause = null) => new(new JunipeerFault(
        "Junipeer.Store.Unavailable",
        FaultCategory.ResourceUnavailable,
        $"The operating system's protected store cannot be used by {DataFolder.User}: {why}",
        "Install SecretManagement with a vault (Install-PSResource Microsoft.PowerShell.SecretManagement, Microsoft.PowerShell.SecretStore) and connect with -Vault, keep the connection in this session with -NoSave, or accept an unencrypted file with -AllowUnprotectedStore.")
    { Target = "Protected", Cause = cause });

    /// <summary>Protected for somebody else: DPAPI and keyrings open for the user who closed them.</summary>
    public static JunipeerException OtherUser(string what, string savedBy, string command) => new(new JunipeerFault(
        "Junipeer.Store.OtherUser",
        FaultCategory.PermissionDenied,
        $"{what} was saved by {savedBy}, and this is {DataFolder.User}: a protected store opens only for the user who saved it.",
        $"Run this as {savedBy}, or connect once as {DataFolder.User}: {command}")
    { Target = savedBy });

    public static JunipeerException Unwritable(string place, string why, Exception? cause = null) => new(new JunipeerFault(
        "Junipeer.Store.WriteFailed",
        FaultCategory.WriteError,
        $"'{place}' cannot be written: {why}",
        "Make the folder writable for this user, or set JUNIPEER_HOME to a folder that is.")
    { Target = place, Cause = cause });

    public static JunipeerException Unreadable(string place, string why, Exception? cause = null) => new(new JunipeerFault(
        "Junipeer.Store.ReadFailed",
        FaultCategory.ReadError,
        $"'{place}' cannot be read: {why}",
        "Make the file readable for this user; if it is damaged, delete it and connect again.")
    { Target = place, Cause = cause });

    public static JunipeerException Busy(string place) => new(new JunipeerFault(
        "Junipeer.Store.Busy",
        FaultCategory.ResourceBusy,
        $"'{place}' stayed in use by another process for longer than it should.",
        "Wait for the other command to end, then run this again.")
    { Target = place, IsTransient = true });
}
