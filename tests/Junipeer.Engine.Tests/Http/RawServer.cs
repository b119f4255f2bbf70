using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Junipeer.Tests.Http;

/// <summary>Answers every request with the same bytes: for hosts that are not Brightpearl, which the sandbox cannot be.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, byte[]> _answer;
    private readonly Task _loop;
    private int _requests;

    public RawServer(Func<string, byte[]> answer)
    {
        _answer = answer;
        _listener.Start();
        _loop = RunAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>The head of the last request.</summary>
    public string LastHead { get; private set; } = string.Empty;

    public static byte[] Answer(string status, string body, string headers = "Content-Type: text/html\r\n") =>
        Encoding.UTF8.GetBytes($"HTTP/1.1 {status}\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loop;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var socket = await _listener.AcceptTcpClientAsync(_stop.Token);
                var stream = socket.GetStream();
                var head = new StringBuilder();
                var buffer = new byte[4096];
                while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
                {
                    var read = await stream.ReadAsync(buffer, _stop.Token);
                    if (read == 0) break;
                    head.Append(Encoding.Latin1.GetString(buffer, 0, read));
                    if (head[0] == 0x16) break; // a TLS greeting has no empty line
                }

                LastHead = head.ToString();
                Interlocked.Increment(ref _requests);
                await stream.WriteAsync(_answer(LastHead), _stop.Token);
            }
            catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The client went away, or the test is over.
            }
        }
    }
}
