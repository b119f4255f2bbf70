using System.Management.Automation;
using Junipeer.Connections;
using Junipeer.Operations;

namespace Junipeer.PowerShell.Secrets;

/// <summary>What can be wrong with a vault, told apart by what SecretManagement and its vaults say.</summary>
internal static class VaultFaults
{
    /// <summary>All settings together: -Interaction None alone locks the owner of a new store out.</summary>
    public const string OpenWithoutPassword = "Set-SecretStoreConfiguration -Scope CurrentUser -Authentication None -PasswordTimeout -1 -Interaction None -Confirm:$false";

    /// <summary>The other command asks for a password where there is no store yet, and so fails where nobody can type one.</summary>
    private const string BeginWithoutPassword = "Reset-SecretStore -Scope CurrentUser -Authentication None -PasswordTimeout -1 -Interaction None -Force";

    public static JunipeerException NoModule(string vault) => Fault("Junipeer.Vault.ModuleMissing", FaultCategory.ResourceUnavailable,
        $"The vault '{vault}' cannot be used: the module {SecretManagement.Module} is not installed.",
        $"Install it: Install-PSResource {SecretManagement.Module}, Microsoft.PowerShell.SecretStore", vault);

    public static JunipeerException Missing(string vault, IReadOnlyList<string> others) => Fault("Junipeer.Vault.Missing", FaultCategory.ObjectNotFound,
        $"{Environment.UserName} has no vault named '{vault}' registered on {Environment.MachineName}. {(others.Count == 0 ? "There is none at all." : $"There is {string.Join(", ", others.Select(o => $"'{o}'"))}.")} Vaults are registered for each user.",
        $"Register it as this user: Register-SecretVault -Name {vault} -ModuleName Microsoft.PowerShell.SecretStore", vault);

    public static JunipeerException WrongType(SecretReference reference, Type type) => Fault("Junipeer.Vault.WrongType", FaultCategory.InvalidData,
        $"The secret '{reference.Name}' in vault '{reference.Vault}' is a {type.Name}; it must be a string, a SecureString or a PSCredential.",
        $"Set it anew: Set-Secret -Name {reference.Name} -Vault {reference.Vault} -Secret (Read-Host -AsSecureString)", reference.Vault);

    /// <summary>What the errors of a call mean. A locked vault may add a misleading "not found", so being locked comes first.</summary>
    public static JunipeerException From(string vault, IReadOnlyList<ErrorRecord> errors, Func<string[]> vaults)
    {
        if (IsLocked(errors))
        {
            return Fault("Junipeer.Vault.Locked", FaultCategory.ResourceUnavailable,
                $"The vault '{vault}' is locked, and nobody can be asked for its password here.",
                $"Unlock it first: Unlock-SecretVault -Name {vault} -Password (<from a safe place>). For scheduled runs let it open without a password, as the account that runs them: {OpenWithoutPassword}. A new, empty SecretStore is begun so: {BeginWithoutPassword}", vault, errors[0].Exception);
        }

        if (errors.Any(e => e.Exception is CommandNotFoundException)) return NoModule(vault);
        var names = vaults();
        if (!names.Contains(vault, StringComparer.OrdinalIgnoreCase)) return Missing(vault, names);
        return Fault("Junipeer.Vault.Failed", FaultCategory.ResourceUnavailable,
            $"The vault '{vault}' failed: {errors[0].Exception.Message}",
            $"Find out why: Test-SecretVault -Name {vault}", vault, errors[0].Exception);
    }

    /// <summary>Only where the vault was open: there is no secret of that name.</summary>
    public static bool IsNotFound(IReadOnlyList<ErrorRecord> errors) => !IsLocked(errors) && errors.All(e => e.Exception is ItemNotFoundException);

    private static bool IsLocked(IReadOnlyList<ErrorRecord> errors) => errors.Any(e =>
    {
        for (Exception? at = e.Exception; at is not null; at = at.InnerException)
        {
            if (at.GetType().Name.Contains("PasswordRequired", StringComparison.Ordinal)
                || at.Message.Contains("password is required", StringComparison.OrdinalIgnoreCase)
                || at.Message.Contains("valid password", StringComparison.OrdinalIgnoreCase)
                || at.Message.Contains("locked", StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    });

    private static JunipeerException Fault(string id, FaultCategory category, string message, string fix, string? vault, Exception? cause = null) => new(
        new JunipeerFault(id, category, message, fix) { Target = vault, Cause = cause });
}
