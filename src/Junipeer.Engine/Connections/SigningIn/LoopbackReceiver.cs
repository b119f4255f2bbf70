using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Junipeer.Connections.SigningIn;

/// <summary>
/// Receives the redirect at the end of a sign-in (RFC 8252, section 7.3): a listener on this machine alone that answers one
/// address. The browser waits for its page until the outcome is known, so that what it shows is true.
/// </summary>
internal sealed class LoopbackReceiver : IDisposable
{
    private const int MostHeader = 16 * 1024;
    private static readonly TimeSpan Slowest = TimeSpan.FromSeconds(10);

    private readonly List<TcpListener> _listeners = [];
    private readonly string _path;
    private readonly TaskCompletionSource<Callback> _came = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _closing = new();

    private LoopbackReceiver(Uri redirect) => _path = redirect.AbsolutePath;

    /// <summary>The address to be sent back to: the one asked for, with the port that was taken for port 0.</summary>
    public Uri Address { get; private set; } = null!;

    public static bool Serves(Uri redirect) => redirect is { IsAbsoluteUri: true, Scheme: "http", IsLoopback: true };

    /// <exception cref="SocketException">The port is taken.</exception>
    public static LoopbackReceiver Open(Uri redirect)
    {
        var receiver = new LoopbackReceiver(redirect);
        try
        {
            // "localhost" can mean either family to the browser; an address in figures means itself.
            var hosts = IPAddress.TryParse(redirect.Host.Trim('[', ']'), out var host) ? [host] : new[] { IPAddress.Loopback, IPAddress.IPv6Loopback };
            var port = redirect.Port;
            foreach (var address in hosts)
            {
                if (receiver.Listen(address, port, optional: receiver._listeners.Count > 0) is { } taken) port = taken;
            }

            receiver.Address = port == redirect.Port ? redirect : new UriBuilder(redirect) { Port = port }.Uri; // to the letter: it is compared so
            return receiver;
        }
        catch
        {
            receiver.Dispose();
            throw;
        }
    }

    /// <summary>Waits for the browser.</summary>
    public Task<Callback> ReceiveAsync(CancellationToken stop) => _came.Task.WaitAsync(stop);

    public void Dispose()
    {
        _closing.Cancel();
        foreach (var listener in _listeners) listener.Dispose();
    }

    private int? Listen(IPAddress address, int port, bool optional)
    {
        var listener = new TcpListener(address, port) { ExclusiveAddressUse = true };
        try
        {
            listener.Start();
        }
        catch (SocketException) when (optional)
        {
            return null; // a machine without IPv6
        }

        _listeners.Add(listener);
        _ = AcceptAsync(listener);
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(_closing.Token).ConfigureAwait(false);
                _ = ServeAsync(client); // a browser opens several at once, some of which never say a word
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
            limit.CancelAfter(Slowest);
            var stream = client.GetStream();
            var line = await ReadRequestLineAsync(stream, limit.Token).ConfigureAwait(false);
            var target = line is ["GET", var path, _] && Uri.TryCreate(Address, path, out var asked) && asked.AbsolutePath == _path ? asked : null;
            if (target is null || target.Query.Length < 2)
            {
                // The browser's own wishes (an icon), a curious program: they neither end nor disturb the sign-in.
                await AnswerAsync(stream, "404 Not Found", CallbackPage.Render(false, "Nothing here", "This address only takes the answer of a sign-in."), limit.Token).ConfigureAwait(false);
                client.Dispose();
                return;
            }

            if (_came.TrySetResult(new Callback(target, client))) return;
            await AnswerAsync(stream, "409 Conflict", CallbackPage.Render(false, "Too late", "Another page has brought the answer of this sign-in; close this one."), limit.Token).ConfigureAwait(false);
            client.Dispose();
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
        {
            client.Dispose();
        }
    }

    private static async Task<string[]?> ReadRequestLineAsync(NetworkStream stream, CancellationToken stop)
    {
        var buffer = new byte[MostHeader];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), stop).ConfigureAwait(false);
            if (read == 0) return null;
            length += read;
            if (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) >= 0) break;
        }

        var end = buffer.AsSpan(0, length).IndexOf("\r\n"u8);
        return end < 0 ? null : Encoding.ASCII.GetString(buffer, 0, end).Split(' ');
    }

    private static async Task AnswerAsync(NetworkStream stream, string status, byte[] page, CancellationToken stop)
    {
        var head = $"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {page.Length}\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nContent-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), stop).ConfigureAwait(false);
        await stream.WriteAsync(page, stop).ConfigureAwait(false);
        await stream.FlushAsync(stop).ConfigureAwait(false);
    }

    /// <summary>What the browser brought, and the browser still waiting for its page.</summary>
    internal sealed class Callback(Uri address, TcpClient client)
    {
        public Uri Address => address;

        /// <summary>Shows the outcome; a browser that went away is no matter.</summary>
        public async Task AnswerAsync(bool isGood, string title, string text)
        {
            try
            {
                using (client)
                {
                    using var limit = new CancellationTokenSource(Slowest);
                    await LoopbackReceiver.AnswerAsync(client.GetStream(), "200 OK", CallbackPage.Render(isGood, title, text), limit.Token).ConfigureAwait(false);
                    client.Client.Shutdown(SocketShutdown.Send);
                }
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // Nobody to tell.
            }
        }
    }
}
