using System.Net;
using System.Net.Sockets;
using System.Text;
using Junipeer.Connections.SigningIn;
using Junipeer.Tests.SandboxOAuth;
using Xunit;

namespace Junipeer.Tests.Connections;

/// <summary>The listener a browser comes back to, and all else that comes to its port.</summary>
public sealed class LoopbackReceiverTests
{
    [Fact]
    public async Task Garbage_an_icon_and_other_paths_do_not_disturb_a_sign_in()
    {
        using var receiver = LoopbackReceiver.Open(new Uri("http://127.0.0.1:0/callback"));
        var receiving = receiver.ReceiveAsync(OAuthBox.Stop);
        var garbage = new byte[4000];
        new Random(7).NextBytes(garbage);
        await SendAsync(receiver.Address, garbage, close: true);
        await SendAsync(receiver.Address, new byte[40_000], close: true);
        await SendAsync(receiver.Address, [], close: true);
        Assert.StartsWith("HTTP/1.1 404", await AskAsync(receiver.Address, "GET /favicon.ico HTTP/1.1"));
        Assert.StartsWith("HTTP/1.1 404", await AskAsync(receiver.Address, "GET /other?code=x&state=y HTTP/1.1"));
        Assert.StartsWith("HTTP/1.1 404", await AskAsync(receiver.Address, "GET /callback HTTP/1.1"));
        Assert.StartsWith("HTTP/1.1 404", await AskAsync(receiver.Address, "POST /callback?code=x HTTP/1.1"));
        Assert.StartsWith("HTTP/1.1 404", await AskAsync(receiver.Address, "GET http:// HTTP/1.1"));
        Assert.False(receiving.IsCompleted);

        var asking = AskAsync(receiver.Address, "GET /callback?code=good&state=s HTTP/1.1");
        var callback = await receiving.WaitAsync(TimeSpan.FromSeconds(10), OAuthBox.Stop);
        Assert.Equal("?code=good&state=s", callback.Address.Query);
        await callback.AnswerAsync(true, "Connected", "It <b>worked</b>.");
        var page = await asking;
        Assert.StartsWith("HTTP/1.1 200", page);
        Assert.Contains("It &lt;b&gt;worked", page);
    }

    [Fact]
    public async Task A_client_that_never_ends_its_request_holds_nobody_up()
    {
        using var receiver = LoopbackReceiver.Open(new Uri("http://127.0.0.1:0/callback"));
        using var silent = new TcpClient();
        using var slow = new TcpClient();
        await silent.ConnectAsync(IPAddress.Loopback, receiver.Address.Port, OAuthBox.Stop);
        await slow.ConnectAsync(IPAddress.Loopback, receiver.Address.Port, OAuthBox.Stop);
        await slow.GetStream().WriteAsync("GET /callback?co"u8.ToArray(), OAuthBox.Stop);

        var asking = AskAsync(receiver.Address, "GET /callback?code=quick&state=s HTTP/1.1");
        var callback = await receiver.ReceiveAsync(OAuthBox.Stop).WaitAsync(TimeSpan.FromSeconds(5), OAuthBox.Stop);

        Assert.Contains("code=quick", callback.Address.Query);
        await callback.AnswerAsync(false, "Not connected", "No.");
        Assert.Contains("Not connected", await asking);
    }

    [Fact]
    public async Task A_request_that_comes_in_pieces_is_read_as_a_whole()
    {
        using var receiver = LoopbackReceiver.Open(new Uri("http://127.0.0.1:0/callback"));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, receiver.Address.Port, OAuthBox.Stop);
        foreach (var piece in (string[])["GET /call", "back?code=a%20b&st", "ate=s HTTP/1.1\r\nHost: x\r", "\n\r\n"])
        {
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(piece), OAuthBox.Stop);
            await Task.Delay(50, OAuthBox.Stop);
        }

        var callback = await receiver.ReceiveAsync(OAuthBox.Stop).WaitAsync(TimeSpan.FromSeconds(5), OAuthBox.Stop);
        Assert.Equal("?code=a%20b&state=s", callback.Address.Query);
        await callback.AnswerAsync(true, "Connected", "Yes.");
    }

    [Fact]
    public async Task The_first_of_two_browsers_counts_and_the_second_is_not_left_waiting()
    {
        using var receiver = LoopbackReceiver.Open(new Uri("http://127.0.0.1:0/callback"));
        var first = AskAsync(receiver.Address, "GET /callback?code=first&state=s HTTP/1.1");
        var callback = await receiver.ReceiveAsync(OAuthBox.Stop).WaitAsync(TimeSpan.FromSeconds(5), OAuthBox.Stop);

        var second = await AskAsync(receiver.Address, "GET /callback?code=second&state=s HTTP/1.1").WaitAsync(TimeSpan.FromSeconds(5), OAuthBox.Stop);

        Assert.Contains("code=first", callback.Address.Query);
        Assert.StartsWith("HTTP/1.1 ", second); // a page, not a broken connection
        await callback.AnswerAsync(true, "Connected", "Yes.");
        Assert.Contains("Connected", await first);
    }

    [Fact]
    public async Task Localhost_is_listened_to_in_both_families()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6 && HasIpv6(), "this machine has no IPv6 loopback");
        using var receiver = LoopbackReceiver.Open(new Uri("http://localhost:0/callback"));

        Assert.StartsWith("HTTP/1.1 404", await AskAsync(receiver.Address, "GET / HTTP/1.1", IPAddress.Loopback));
        Assert.StartsWith("HTTP/1.1 404", await AskAsync(receiver.Address, "GET / HTTP/1.1", IPAddress.IPv6Loopback));
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}")]
    [InlineData("http://127.0.0.1:{0}/")]
    [InlineData("http://LocalHost:{0}/CallBack")]
    public void The_address_is_kept_to_the_letter(string format)
    {
        var registered = string.Format(System.Globalization.CultureInfo.InvariantCulture, format, SignInDesk.FreePort());

        using var receiver = LoopbackReceiver.Open(new Uri(registered));

        Assert.Equal(registered, receiver.Address.OriginalString);
    }

    [Fact]
    public void A_port_that_is_taken_is_not_shared()
    {
        using var receiver = LoopbackReceiver.Open(new Uri("http://127.0.0.1:0/callback"));

        Assert.ThrowsAny<SocketException>(() => LoopbackReceiver.Open(receiver.Address));
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/x", true)]
    [InlineData("http://localhost/x", true)]
    [InlineData("http://[::1]:80/x", true)]
    [InlineData("https://127.0.0.1:1/x", false)]
    [InlineData("http://example.com/x", false)]
    [InlineData("myapp://callback", false)]
    public void Only_plain_addresses_of_this_machine_are_served(string address, bool serves) => Assert.Equal(serves, LoopbackReceiver.Serves(new Uri(address)));

    private static async Task SendAsync(Uri to, byte[] bytes, bool close)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, to.Port, OAuthBox.Stop);
        try
        {
            await client.GetStream().WriteAsync(bytes, OAuthBox.Stop);
            if (close) client.Client.Shutdown(SocketShutdown.Both);
        }
        catch (Exception gone) when (gone is IOException or SocketException)
        {
            // It may hang up first.
        }
    }

    private static async Task<string> AskAsync(Uri to, string line, IPAddress? address = null)
    {
        using var client = new TcpClient((address ?? IPAddress.Loopback).AddressFamily);
        await client.ConnectAsync(address ?? IPAddress.Loopback, to.Port, OAuthBox.Stop);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"{line}\r\nHost: {to.Authority}\r\nCookie: a=b\r\n\r\n"), OAuthBox.Stop);
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadToEndAsync(OAuthBox.Stop);
    }

    private static bool HasIpv6()
    {
        try
        {
            using var probe = new TcpListener(IPAddress.IPv6Loopback, 0);
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
