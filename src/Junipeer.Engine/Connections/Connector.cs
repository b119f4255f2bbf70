using Junipeer.BigQuery;
using Junipeer.Brightpearl;
using Junipeer.Norce;
using Junipeer.Operations;

namespace Junipeer.Connections;

/// <summary>Makes connections, and forgets them.</summary>
internal sealed class Connector(ISecretStore store)
{
    /// <summary>
    /// Signs in where that is asked for, keeps the secret, then lists the connection: a listed connection always has its
    /// secret. Nothing is changed when a step before fails.
    /// </summary>
    public async Task<JunipeerConnection> ConnectAsync(ConnectRequest request, IOperationSink sink, CancellationToken stop)
    {
        // First of all, so that nobody signs in, and no code is used up, for tokens that cannot be kept.
        var place = await ChooseAsync(request.Places, stop).ConfigureAwait(false);
        var (proven, document) = request.Connection is NorceConnection norce
            ? await NorceSignIn.RunAsync(norce, request, store, place, sink, stop).ConfigureAwait(false)
            : await ProveAsync(request, sink, stop).ConfigureAwait(false);
        if (proven is BigQueryConnection bigQuery && document.Current is not null) proven = await new BigQueryChooser(bigQuery, document, request.NoPrompt, sink).RunAsync(stop).ConfigureAwait(false);
        var connection = proven with { SecretReference = place };
        if (request is { Token: null, Tokens: null, SignIn: null } && proven is not NorceConnection) return request.IsForSession ? connection : await ListAsync(connection, stop).ConfigureAwait(false); // the secret is there already
        if (request.KeepNewer && await HasNewerAsync(connection, document, stop).ConfigureAwait(false))
        {
            sink.Verbose($"The {connection.SecretReference} holds newer tokens that grew out of the same ones; they stay.");
        }
        else
        {
            using var secret = document.Hide();
            await store.WriteAsync(connection, secret, stop).ConfigureAwait(false);
        }

        return await ListAsync(connection, stop).ConfigureAwait(false);
    }

    private static async Task<JunipeerConnection> ListAsync(JunipeerConnection connection, CancellationToken stop) =>
        connection.SecretReference.IsLasting ? await ConnectionBook.SaveAsync(connection, stop).ConfigureAwait(false) : connection;

    /// <summary>Removes a connection from the list, then its secret.</summary>
    public async Task ForgetAsync(JunipeerConnection connection, CancellationToken stop)
    {
        if (connection.SavedBy is not null) await ConnectionBook.RemoveAsync(connection, stop).ConfigureAwait(false);

        // A secret under another name is the user's own: -SecretName only pointed at it.
        if (!connection.SecretReference.IsLasting || connection.SecretReference.Name == SecretReference.NameFor(connection.System, connection.Name))
            await store.RemoveAsync(connection.SecretReference, stop).ConfigureAwait(false);
    }

    private static async Task<(JunipeerConnection Connection, SecretDocument Secret)> ProveAsync(ConnectRequest request, IOperationSink sink, CancellationToken stop)
    {
        var secret = request.ClientSecret is null ? null : SecretText.Reveal(request.ClientSecret);
        switch (request.Connection)
        {
            case BrightpearlConnection brightpearl when request.SignIn is { } signIn:
                return await BrightpearlSignIn.RunAsync(brightpearl, signIn, secret, sink, stop).ConfigureAwait(false);
            case BigQueryConnection bigQuery when request.SignIn is { } signIn:
                return await BigQuerySignIn.RunAsync(bigQuery, signIn, secret, sink, stop).ConfigureAwait(false);
        }

        if (request.Tokens is { } tokens)
        {
            var access = tokens.AccessToken is null ? null : SecretText.Reveal(tokens.AccessToken);
            var refresh = tokens.RefreshToken is null ? null : SecretText.Reveal(tokens.RefreshToken);
            return (request.Connection with { ExpiresAt = tokens.ExpiresAt }, new SecretDocument
            {
                AccessToken = access,
                RefreshToken = refresh,
                ClientSecret = secret,
                ExpiresAt = tokens.ExpiresAt,
                Origin = SecretDocument.OriginOf(access, refresh),
            });
        }

        return (request.Connection, new SecretDocument { Token = request.Token is null ? null : SecretText.Reveal(request.Token) });
    }

    /// <summary>The first place that can be opened; a locked one is an error, not a reason to take a worse one.</summary>
    private async Task<SecretReference> ChooseAsync(IReadOnlyList<SecretReference> places, CancellationToken stop)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                using var there = await store.ReadAsync(places[i], stop).ConfigureAwait(false);
                return places[i];
            }
            catch (JunipeerException none) when (none.Fault.Id == "Junipeer.Store.Unavailable" && i + 1 < places.Count)
            {
                // The next one.
            }
        }
    }

    private async Task<bool> HasNewerAsync(JunipeerConnection connection, SecretDocument given, CancellationToken stop)
    {
        using var kept = await store.ReadAsync(connection.SecretReference, stop).ConfigureAwait(false);
        return kept is not null && given.Origin is not null && SecretDocument.Parse(kept)?.Origin == given.Origin;
    }
}
