using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Junipeer.Benchmarks;

/// <summary>A line of a known speed between a client and a server, since sending is free between programs of one machine.</summary>
internal sealed class LinkRelay : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _server;
    private readonly double _bytesPerSecond;
    /// <summary>Waits last longer than asked for; the line makes up for so much of it.</summary>
    private const double Credit = 0.05;

    private readonly Lock _lock = new();
    private double _freeAt;

    /// <param name="server">Where everything goes.</param>
    /// <param name="megabits">Speed of the line in each direction together, in megabits a second.</param>
    public LinkRelay(Uri server, double megabits)
    {
        (_server, _bytesPerSecond) = (server, megabits * 1e6 / 8);
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}{server.AbsolutePath}");
        _ = AcceptAsync();
    }

    /// <summary>Where clients call.</summary>
    public Uri Address { get; }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = CarryAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
            // The measurement is over.
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using (client)
        {
            using var server = new TcpClient { NoDelay = true };
            client.NoDelay = true;
            try
            {
                await server.ConnectAsync(_server.Host, _server.Port, _stop.Token);
                await Task.WhenAny(CopyAsync(client.GetStream(), server.GetStream()), CopyAsync(server.GetStream(), client.GetStream()));
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // One side hung up.
            }
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[1 << 16];
        for (int read; (read = await from.ReadAsync(buffer, _stop.Token)) > 0;)
        {
            var wait = Book(read);
            if (wait > TimeSpan.FromMilliseconds(2)) await Task.Delay(wait, _stop.Token); // shorter ones add up to one that can be waited for
            await to.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
        }
    }

    /// <summary>Takes the line for some bytes; gives how long it is busy with what came before.</summary>
    private TimeSpan Book(int bytes)
    {
        lock (_lock)
        {
            var now = Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
            _freeAt = Math.Max(now - Credit, _freeAt) + (bytes / _bytesPerSecond);
            return TimeSpan.FromSeconds(_freeAt - now);
        }
    }
}
