using System.Collections.Concurrent;
using System.Security;
using Junipeer.Http;
using Junipeer.Operations;

namespace Junipeer.Connections;

/// <summary>How one system renews tokens.</summary>
/// <param name="Endpoint">Where.</param>
/// <param name="Form">The fields of the request, in the system's own words.</param>
internal sealed record RefreshGrant(TokenEndpoint Endpoint, Func<SecretDocument, IReadOnlyList<KeyValuePair<string, string?>>> Form)
{
    /// <summary>
    /// True where a token is got with the client's secret alone: nothing is used up by asking, so there is nothing to mark
    /// before and nothing to lose when the answer is lost or cannot be kept.
    /// </summary>
    public bool FromClientSecret { get; init; }

    /// <summary>What a refusal means, where the system's words for it mean something of their own.</summary>
    public Func<TokenRefusedException, JunipeerException?>? Explain { get; init; }
}

/// <summary>
/// The secret of one connection while it is used: read from its store once, kept as a <see cref="SecureString"/>, text only
/// while a header is being written, and renewed before it ends or when the system says that it has.
/// </summary>
/// <remarks>
/// Renewing, with refresh tokens that may serve once only: take the machine's turn; read the store again, as another may have
/// renewed meanwhile; write into the store that a renewal begins, and without that do not begin; ask; keep both new tokens;
/// only then use them.
/// </remarks>
internal sealed class TokenKeeper(
    JunipeerConnection connection, ISecretStore store, Redactor redactor, RefreshGrant? grant, string connect, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan TurnPatience = TimeSpan.FromSeconds(120);

    /// <summary>Renewed tokens whose saving failed, until it works.</summary>
    private static readonly ConcurrentDictionary<SecretReference, Unkept> Unsaved = new();

    /// <summary>One at a time, or one client could save them over those another has renewed since.</summary>
    private static readonly SemaphoreSlim Saving = new(1, 1);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly TokenFaults _faults = new(connection, connect);
    private Held? _held;

    /// <summary>When the token ends; null when it does not, or nobody knows.</summary>
    public DateTimeOffset? ExpiresAt => Volatile.Read(ref _held)?.ExpiresAt;

    /// <summary>True when a token that has ended can be renewed.</summary>
    public bool CanRenew => grant is not null && !connection.IsReadOnly && Volatile.Read(ref _held) is { Renewable: true };

    /// <summary>Counts the tokens held so far, so that a refusal can be matched to the token it was for.</summary>
    public int Version => Volatile.Read(ref _held)?.Version ?? 0;

    /// <summary>Makes sure that there is a token which has not ended.</summary>
    public async ValueTask PrepareAsync(IOperationSink sink, CancellationToken stop)
    {
        var held = Volatile.Read(ref _held);
        if (held is not null && !IsDue(held)) return;
        await _reading.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            held = _held ?? Hold(await ReadAsync(stop).ConfigureAwait(false));
            if (IsDue(held)) await RenewAsync(held, sink, stop).ConfigureAwait(false);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>The system refused a token although its time was not up. True when there is another one to try.</summary>
    /// <exception cref="JunipeerException">There could be another one, but it was not got, or must not be got here.</exception>
    public async Task<bool> RenewAsync(int refused, IOperationSink sink, CancellationToken stop)
    {
        await _reading.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            var held = _held;
            if (held is null || held.Version != refused) return held is not null;
            if (grant is null || !held.Renewable) return false;
            if (connection.IsReadOnly) throw ReadOnly(null);
            sink.Verbose($"{connection.System} refused the access token of '{connection.Name}' before its time; renewing it.");
            await RenewAsync(held, sink, stop).ConfigureAwait(false);
            return true;
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>The token as text, without white space around it. Drop it at once.</summary>
    public string Reveal() => SecretText.Reveal((Volatile.Read(ref _held) ?? throw new InvalidOperationException("The secret has not been read.")).Token);

    public void Dispose()
    {
        _held?.Token.Dispose();
        _reading.Dispose();
    }

    private async Task RenewAsync(Held held, IOperationSink sink, CancellationToken stop)
    {
        if (grant is null) throw _faults.Expired(held.ExpiresAt, "this kind of connection cannot renew it");
        if (connection.IsReadOnly) throw ReadOnly(held.ExpiresAt);
        using var turn = await RefreshTurn.TakeAsync(connection.SecretReference, TurnPatience, stop).ConfigureAwait(false) ?? throw _faults.Busy(TurnPatience);
        var document = await ReadAsync(stop).ConfigureAwait(false);
        if (document.Current is { } current && current != SecretText.Reveal(held.Token) && !IsDue(document))
        {
            sink.Verbose($"Another command renewed the tokens of '{connection.Name}' meanwhile.");
            Hold(document);
            return;
        }

        if (grant.FromClientSecret)
        {
            await RenewFromSecretAsync(document, sink, stop).ConfigureAwait(false);
            return;
        }

        if (document.RefreshToken is null) throw _faults.Expired(document.ExpiresAt, "there is no refresh token to renew it with");
        Learn(document);
        using var critical = sink.BeginCritical();
        try
        {
            await StoreAsync(document with { Pending = new PendingRefresh(time.GetUtcNow(), Environment.MachineName, Environment.ProcessId) }, stop).ConfigureAwait(false);
        }
        catch (JunipeerException failed)
        {
            throw _faults.CannotStore(failed);
        }

        // From here on it is carried through, Ctrl+C or not: the old refresh token may be used up by now.
        var answer = await AskAsync(document, sink).ConfigureAwait(false);
        var renewed = document with
        {
            AccessToken = answer.AccessToken,
            RefreshToken = answer.RefreshToken ?? document.RefreshToken,
            IssuedAt = answer.ReceivedAt,
            ExpiresAt = answer.ExpiresAt,
            Pending = null,
            ClockRuns = EndsNoLater(document, answer) ? true : document.ClockRuns,
        };
        await KeepAsync(renewed, document).ConfigureAwait(false);
        Hold(renewed);
        sink.Verbose($"Renewed the tokens of '{connection.Name}'{(answer.ExpiresAt is { } end ? $"; the access token ends {end:u}" : string.Empty)}.");
        await NoteAsync(answer, sink).ConfigureAwait(false);
    }

    /// <summary>A token got with the client's secret is kept for the other processes; one that cannot be kept still serves this one.</summary>
    private async Task RenewFromSecretAsync(SecretDocument document, IOperationSink sink, CancellationToken stop)
    {
        Learn(document);
        TokenAnswer answer;
        try
        {
            answer = await grant!.Endpoint.AskAsync(grant.Form(document), sink, stop).ConfigureAwait(false);
        }
        catch (TokenRefusedException refused)
        {
            throw grant!.Explain?.Invoke(refused) ?? _faults.Refused(refused, null, answerLost: false);
        }

        var renewed = document with { AccessToken = answer.AccessToken, IssuedAt = answer.ReceivedAt, ExpiresAt = answer.ExpiresAt, ClockRuns = EndsNoLater(document, answer) ? true : document.ClockRuns };
        try
        {
            await StoreAsync(renewed, stop).ConfigureAwait(false);
        }
        catch (JunipeerException failed)
        {
            sink.Verbose($"The new token of '{connection.Name}' serves this process only, as it could not be saved: {failed.Fault.Message}");
        }

        Hold(renewed);
        sink.Verbose($"Got a token for '{connection.Name}'{(answer.ExpiresAt is { } end ? $"; it ends {end:u}" : string.Empty)}.");
        await NoteAsync(answer, sink).ConfigureAwait(false);
    }

    private JunipeerException ReadOnly(DateTimeOffset? end) => _faults.Expired(end, "it comes from a place nothing can be written to, so it is not renewed here");

    private async Task<TokenAnswer> AskAsync(SecretDocument document, IOperationSink sink)
    {
        var lost = false;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await grant!.Endpoint.AskAsync(grant.Form(document), sink, CancellationToken.None).ConfigureAwait(false);
            }
            catch (TokenRefusedException refused)
            {
                if (!lost) await UnmarkAsync(document, sink).ConfigureAwait(false);
                throw _faults.Refused(refused, document.Pending, lost);
            }
            catch (JunipeerException failed) when ((failed.Fault.Id == "Junipeer.Token.EndpointUnavailable" || failed.Fault.Cause is NeverSentException) && !lost)
            {
                await UnmarkAsync(document, sink).ConfigureAwait(false);
                throw;
            }
            catch (JunipeerException failed) when (failed.Fault.Id == "Junipeer.Token.EndpointUnreachable" && attempt < 3)
            {
                // The answer may be lost, and with it the new tokens. Where tokens do not rotate, asking again is all it takes.
                lost = true;
            }
        }
    }

    /// <summary>
    /// The system said that it renewed nothing: puts back what was kept before. The mark of this renewal would make the next
    /// one blame a process that did nothing wrong.
    /// </summary>
    private async Task UnmarkAsync(SecretDocument before, IOperationSink sink)
    {
        try
        {
            await StoreAsync(before, CancellationToken.None).ConfigureAwait(false);
        }
        catch (JunipeerException failed)
        {
            sink.Verbose($"The mark of a renewal that came to nothing stays with the tokens of '{connection.Name}': {failed.Fault.Message}");
        }
    }

    /// <summary>Saves renewed tokens; if that fails they stay in this process, which tries again with its next command.</summary>
    private async Task KeepAsync(SecretDocument renewed, SecretDocument before)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await StoreAsync(renewed, CancellationToken.None).ConfigureAwait(false);
                return;
            }
            catch (JunipeerException failed)
            {
                if (attempt == 3)
                {
                    Unsaved[connection.SecretReference] = new Unkept(renewed.Hide(), OriginOf(before));
                    throw _faults.NotStored(failed);
                }

                await Task.Delay(TimeSpan.FromMilliseconds(200 * attempt), CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    /// <summary>New facts for the list of saved connections; the tokens are safe already, so a failure is only told.</summary>
    private async Task NoteAsync(TokenAnswer answer, IOperationSink sink)
    {
        if (connection.SavedBy is null) return;
        try
        {
            await ConnectionBook.UpdateExpiryAsync(connection, answer.ExpiresAt, CancellationToken.None).ConfigureAwait(false);
        }
        catch (JunipeerException failed)
        {
            sink.Verbose($"The list of saved connections still shows the old end of the token: {failed.Fault.Message}");
        }
    }

    private async Task<SecretDocument> ReadAsync(CancellationToken stop)
    {
        if (Unsaved.ContainsKey(connection.SecretReference)) await SaveUnsavedAsync(stop).ConfigureAwait(false);
        SecureString? secret;
        try
        {
            secret = await store.ReadAsync(connection.SecretReference, stop).ConfigureAwait(false);
        }
        catch (JunipeerException) when (IsOfOther)
        {
            throw _faults.OtherUser();
        }

        using var read = secret;
        if (secret is null || secret.Length == 0)
        {
            if (IsOfOther) throw _faults.OtherUser();
            throw _faults.Missing($"has no secret in the place it refers to ({connection.SecretReference}, '{connection.SecretReference.Name}')");
        }

        var document = SecretDocument.Parse(secret);
        if (document is null || document.Version > SecretDocument.CurrentVersion) throw _faults.Unreadable();
        if (document.Current is null && CanBegin(document)) return document;
        if (string.IsNullOrWhiteSpace(document.Current)) throw _faults.Missing("has an empty secret");
        if (document.Current.Any(static c => c is < ' ' or > '~')) throw _faults.Missing("has a secret with characters that no token holds, perhaps from a copied line break");
        return document;
    }

    /// <summary>Tries again to save renewed tokens, unless somebody connected anew meanwhile: then theirs are the newer ones.</summary>
    private async Task SaveUnsavedAsync(CancellationToken stop)
    {
        await Saving.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            if (!Unsaved.TryGetValue(connection.SecretReference, out var unsaved) || SecretDocument.Parse(unsaved.Secret) is not { } renewed) return;
            using var secret = await store.ReadAsync(connection.SecretReference, stop).ConfigureAwait(false);
            if (secret is not { Length: > 0 } || SecretDocument.Parse(secret) is not { } before)
                await KeepAsync(renewed, renewed).ConfigureAwait(false);
            else if (OriginOf(before) == unsaved.Before)
                await KeepAsync(renewed, before).ConfigureAwait(false);
            Unsaved.TryRemove(connection.SecretReference, out _);
        }
        finally
        {
            Saving.Release();
        }
    }

    private static string OriginOf(SecretDocument document) => SecretDocument.OriginOf(document.Current, document.RefreshToken);

    private async Task StoreAsync(SecretDocument document, CancellationToken stop)
    {
        using var secret = document.Hide();
        await store.WriteAsync(connection with { ExpiresAt = document.ExpiresAt }, secret, stop).ConfigureAwait(false);
    }

    private Held Hold(SecretDocument document)
    {
        Learn(document);
        var ends = document.Current is null ? DateTimeOffset.UnixEpoch : document.ExpiresAt; // a client's secret alone opens nothing yet
        var held = new Held(SecretText.Hide(document.Current ?? string.Empty), Version + 1, ends, Margin(document), document.RefreshToken is not null || CanBegin(document));
        Volatile.Write(ref _held, held); // the old one is left to the collector: a request may be reading it
        return held;
    }

    private void Learn(SecretDocument document)
    {
        foreach (var secret in document.Secrets()) redactor.Know(secret);
    }

    /// <summary>True when a token can be got from what is kept without any before.</summary>
    private bool CanBegin(SecretDocument document) => grant is { FromClientSecret: true } && document.ClientSecret is not null;

    private bool IsOfOther => connection.SavedBy is { } by && !by.Equals(DataFolder.User, StringComparison.OrdinalIgnoreCase);

    private bool IsDue(Held held) => held.ExpiresAt is { } end && time.GetUtcNow() >= end - held.Margin;

    private bool IsDue(SecretDocument document) => document.ExpiresAt is { } end && time.GetUtcNow() >= end - Margin(document);

    /// <summary>A tenth of the token's life, at most five minutes: long enough for a call that waits for its quota.</summary>
    private TimeSpan Margin(SecretDocument document)
    {
        var most = TimeSpan.FromMinutes(5);
        if ((document.RefreshToken is null && !CanBegin(document)) || connection.IsReadOnly || document.ClockRuns == true) return TimeSpan.Zero; // used to its end
        if (document.ExpiresAt is not { } end || document.IssuedAt is not { } start || end <= start) return most;
        var tenth = (end - start) / 10;
        return tenth < most ? tenth : most;
    }

    private bool EndsNoLater(SecretDocument before, TokenAnswer answer) =>
        before.ExpiresAt is { } old && old > time.GetUtcNow() && answer.ExpiresAt is { } end && end <= old + TimeSpan.FromSeconds(2);

    /// <param name="Secret">The renewed tokens.</param>
    /// <param name="Before">Fingerprint of the tokens in the store, which they are to replace.</param>
    private sealed record Unkept(SecureString Secret, string Before);

    private sealed record Held(SecureString Token, int Version, DateTimeOffset? ExpiresAt, TimeSpan Margin, bool Renewable);
}
