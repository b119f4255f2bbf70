using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Junipeer.Operations;

namespace Junipeer.Connections.SigningIn;

/// <summary>
/// Gets an authorization code (RFC 6749, section 4.1): from a browser that comes back to this machine, from a person who
/// pastes it, or from the caller.
/// </summary>
/// <param name="system">The system's name.</param>
/// <param name="redirect">Where the browser is to come back to, as registered.</param>
/// <param name="authorize">The address to open, for a redirect address and a state.</param>
/// <param name="signIn">How.</param>
/// <param name="faults">What to say when it fails.</param>
internal sealed class AuthorizationCodeFlow(string system, Uri redirect, Func<Uri, string, Uri> authorize, SignIn signIn, AuthorizationFaults faults)
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    /// <summary>Gets a code and hands it to <paramref name="redeem"/> with the redirect address it was asked for with; the browser then shows how that ended.</summary>
    public async Task<T> RunAsync<T>(Func<string, Uri, Task<T>> redeem, IOperationSink sink, CancellationToken stop)
    {
        if (signIn.AuthorizationCode is { } given) return await redeem(CodeOf(given, state: null), redirect).ConfigureAwait(false);
        var state = RandomNumberGenerator.GetString(Alphabet, signIn.StateLength);
        if (signIn.Unattended is { } nobody) throw faults.NotInteractive(nobody, null);
        var noBrowser = signIn.NoBrowser ? "-NoBrowser was given" : LoopbackReceiver.Serves(redirect) ? Browser.WhyNot() : "the redirect address does not lead to this machine";
        return noBrowser is null
            ? await BrowseAsync(state, redeem, sink, stop).ConfigureAwait(false)
            : await PasteAsync(state, noBrowser, redeem, sink, stop).ConfigureAwait(false);
    }

    private async Task<T> BrowseAsync<T>(string state, Func<string, Uri, Task<T>> redeem, IOperationSink sink, CancellationToken stop)
    {
        using var receiver = Open();
        var address = authorize(receiver.Address, state);
        if (!Browser.TryOpen(address)) return await PasteAsync(state, "no browser could be started", redeem, sink, stop).ConfigureAwait(false);
        sink.Tell($"Sign in to {system} in the browser. If no page opened, open this address:{Environment.NewLine}{address.AbsoluteUri}");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(signIn.Timeout);
        LoopbackReceiver.Callback callback;
        try
        {
            callback = await receiver.ReceiveAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw faults.TimedOut(signIn.Timeout);
        }

        try
        {
            var result = await redeem(CodeOf(callback.Address.AbsoluteUri, state), receiver.Address).ConfigureAwait(false);
            await callback.AnswerAsync(true, "Connected", $"PowerShell is now connected to {system}.").ConfigureAwait(false);
            return result;
        }
        catch (JunipeerException failed)
        {
            await callback.AnswerAsync(false, "Not connected", failed.Fault.Message).ConfigureAwait(false);
            throw;
        }
        catch
        {
            await callback.AnswerAsync(false, "Not connected", "PowerShell stopped before the connection was made.").ConfigureAwait(false);
            throw;
        }
    }

    private async Task<T> PasteAsync<T>(string state, string why, Func<string, Uri, Task<T>> redeem, IOperationSink sink, CancellationToken stop)
    {
        var address = authorize(redirect, state);
        if (signIn.NoPrompt is { } mute) throw faults.NotInteractive($"{why}; and {mute}", address);
        sink.Tell($"{char.ToUpperInvariant(why[0])}{why[1..]}. Open this address in any browser and sign in to {system}:{Environment.NewLine}{address.AbsoluteUri}");
        var line = await sink.AskAsync($"Paste the address the browser ends at (it may show an error; the address counts), or the code in it", stop).ConfigureAwait(false);
        return await redeem(CodeOf(line ?? string.Empty, state), redirect).ConfigureAwait(false);
    }

    private LoopbackReceiver Open()
    {
        try
        {
            return LoopbackReceiver.Open(redirect);
        }
        catch (SocketException taken)
        {
            throw faults.PortInUse(redirect, taken.Message);
        }
    }

    /// <summary>The code in an address, or the code itself. An address must carry the state that was sent, if one was.</summary>
    private string CodeOf(string given, string? state)
    {
        given = given.Trim().Trim('"', '\'');
        var question = given.IndexOf('?', StringComparison.Ordinal);
        if (question < 0 && !given.Contains("code=", StringComparison.Ordinal) && !given.Contains("error=", StringComparison.Ordinal))
            return given.Length > 0 && !given.Any(char.IsWhiteSpace) && !given.Contains("://", StringComparison.Ordinal) ? Uri.UnescapeDataString(given) : throw faults.NoCode();
        var fields = Fields(given[(question + 1)..]);
        if (state is not null && !Same(fields.GetValueOrDefault("state"), state)) throw faults.StateMismatch();
        if (fields.GetValueOrDefault("error") is { Length: > 0 } error) throw faults.Denied(error, fields.GetValueOrDefault("error_description"));
        return fields.GetValueOrDefault("code") is { Length: > 0 } code ? code : throw faults.NoCode();
    }

    private static Dictionary<string, string> Fields(string query)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in query.Split('#')[0].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? part : part[..equals];
            fields.TryAdd(Decode(name), equals < 0 ? string.Empty : Decode(part[(equals + 1)..]));
        }

        return fields;
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    /// <summary>In constant time, so that answering tells nobody how much of a guess was right.</summary>
    private static bool Same(string? given, string expected) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given ?? string.Empty), Encoding.UTF8.GetBytes(expected));
}
