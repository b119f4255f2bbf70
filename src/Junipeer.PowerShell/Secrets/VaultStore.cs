using System.Collections;
using System.Management.Automation;
using System.Security;
using Junipeer.Connections;
using Junipeer.Operations;

namespace Junipeer.PowerShell.Secrets;

/// <summary>Secrets in SecretManagement's vaults, whatever vault it is.</summary>
internal sealed class VaultStore : ISecretStore
{
    /// <summary>The vault to use where none is named: the user's default one, or the only one; null when there is none.</summary>
    public static string? DefaultVault()
    {
        if (!SecretManagement.IsInstalled) return null;
        var vaults = SecretManagement.Call("Get-SecretVault", []).Output;
        var chosen = vaults.FirstOrDefault(v => v.Properties["IsDefault"]?.Value is true) ?? (vaults.Count == 1 ? vaults[0] : null);
        return chosen?.Properties["Name"]?.Value as string;
    }

    /// <summary>Refuses a vault that is not registered, before anything is begun.</summary>
    public static void Require(string vault)
    {
        if (!SecretManagement.IsInstalled) throw VaultFaults.NoModule(vault);
        var vaults = Names();
        if (!vaults.Contains(vault, StringComparer.OrdinalIgnoreCase)) throw VaultFaults.Missing(vault, vaults);
    }

    public async ValueTask<SecureString?> ReadAsync(SecretReference reference, CancellationToken stop) =>
        await PipelineThread.RunAsync(() => Read(reference), stop).ConfigureAwait(false);

    public async ValueTask WriteAsync(JunipeerConnection connection, SecureString secret, CancellationToken stop) =>
        await PipelineThread.RunAsync(() => Write(connection, secret), stop).ConfigureAwait(false);

    public async ValueTask RemoveAsync(SecretReference reference, CancellationToken stop) =>
        await PipelineThread.RunAsync(() => Remove(reference), stop).ConfigureAwait(false);

    public async ValueTask<AttendedStore?> WhyAttendedAsync(SecretReference reference, CancellationToken stop) =>
        await PipelineThread.RunAsync(() => WantsPassword(reference.Vault!), stop).ConfigureAwait(false);

    /// <summary>SecretStore says how it opens; of other vaults nothing is known but that this one opened just now.</summary>
    private static AttendedStore? WantsPassword(string vault)
    {
        var registered = SecretManagement.Call("Get-SecretVault", new() { ["Name"] = vault }).Output;
        if (registered.Count == 0 || registered[0].Properties["ModuleName"]?.Value as string != SecretManagement.StoreModule) return null;
        var settings = SecretManagement.CallStore("Get-SecretStoreConfiguration").Output;
        return settings.Count > 0 && string.Equals(settings[0].Properties["Authentication"]?.Value?.ToString(), "Password", StringComparison.OrdinalIgnoreCase)
            ? new AttendedStore("which opens with a password", $"Either unlock it at the start of each run (Unlock-SecretVault -Name {vault} -Password <SecureString>), or let it open without one, as the account that runs the job: {VaultFaults.OpenWithoutPassword}")
            : null;
    }

    private static SecureString? Read(SecretReference reference)
    {
        SharedStore.Take()?.Dispose();
        try
        {
            if (Get(reference) is { } found) return found;
        }
        catch (JunipeerException failed) when (failed.Fault.Id == "Junipeer.Vault.Failed")
        {
            // It may have been read half written.
        }

        // SecretStore replaces a secret by removing it first: look again while nobody writes.
        using var turn = SharedStore.Take();
        return Get(reference);
    }

    private static SecureString? Get(SecretReference reference)
    {
        var (output, errors) = SecretManagement.Call("Get-Secret", new() { ["Name"] = reference.Name, ["Vault"] = reference.Vault! });
        if (output.Count > 0)
        {
            return output[0].BaseObject switch
            {
                SecureString secret => secret.Copy(),
                PSCredential credential => credential.Password.Copy(),
                var other => throw VaultFaults.WrongType(reference, other.GetType()),
            };
        }

        if (errors.Count == 0 || VaultFaults.IsNotFound(errors)) return null;
        throw VaultFaults.From(reference.Vault!, errors, Names);
    }

    private static void Write(JunipeerConnection connection, SecureString secret)
    {
        var reference = connection.SecretReference;
        using var turn = SharedStore.Take();
        var (_, errors) = SecretManagement.Call("Set-Secret", new() { ["Name"] = reference.Name, ["Vault"] = reference.Vault!, ["SecureStringSecret"] = secret });
        if (errors.Count > 0) throw VaultFaults.From(reference.Vault!, errors, Names);

        // Not every vault keeps descriptions; the secret itself is safe by now.
        var facts = new Hashtable { ["JunipeerSystem"] = connection.System, ["JunipeerAccount"] = connection.Account };
        if (connection.ExpiresAt is { } end) facts["JunipeerExpiresAt"] = end.UtcDateTime;
        SecretManagement.Call("Set-SecretInfo", new() { ["Name"] = reference.Name, ["Vault"] = reference.Vault!, ["Metadata"] = facts });
    }

    private static void Remove(SecretReference reference)
    {
        using var turn = SharedStore.Take();
        var (_, errors) = SecretManagement.Call("Remove-Secret", new() { ["Name"] = reference.Name, ["Vault"] = reference.Vault! });
        if (errors.Count > 0 && !VaultFaults.IsNotFound(errors)) throw VaultFaults.From(reference.Vault!, errors, Names);
    }

    public static string[] Names() =>
        SecretManagement.Call("Get-SecretVault", []).Output.Select(v => v.Properties["Name"]?.Value as string).OfType<string>().ToArray();
}
