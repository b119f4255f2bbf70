using System.Diagnostics;
using Junipeer.Operations;

namespace Junipeer.Connections.Checks;

/// <summary>Whether the secret can be had, also by a run nobody sits at.</summary>
internal static class SecretStoreCheck
{
    public const string Name = "SecretStore";

    public static async Task<ConnectionCheck> RunAsync(CheckMaker make, JunipeerConnection connection, string connect, ISecretStore store, CancellationToken stop)
    {
        var reference = connection.SecretReference;
        var started = Stopwatch.GetTimestamp();
        try
        {
            using var secret = await store.ReadAsync(reference, stop).ConfigureAwait(false);
            var took = Stopwatch.GetElapsedTime(started);
            if (secret is null) return make.Failed(Name, NoSecret(connection, connect), took);
            if (!reference.IsLasting) return make.Passed(Name, "kept in this session's memory", took);
            var place = $"read from the {reference}";
            return await store.WhyAttendedAsync(reference, stop).ConfigureAwait(false) is { } attended
                ? make.Warning(Name, $"{place}, {attended.Problem}", $"A scheduled run may not be able to open it: {attended.Problem}.", attended.Fix, took: took)
                : make.Passed(Name, $"{place}, which a scheduled run under this account can open", took);
        }
        catch (JunipeerException failed)
        {
            return make.Failed(Name, failed.Fault, Stopwatch.GetElapsedTime(started));
        }
    }

    private static JunipeerFault NoSecret(JunipeerConnection connection, string connect) => new(
        "Junipeer.Authentication.SecretMissing",
        FaultCategory.AuthenticationError,
        $"There is no secret named '{connection.SecretReference.Name}' in the {connection.SecretReference}.",
        $"Connect again: {connect}");
}
