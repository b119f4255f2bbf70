using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Junipeer.Connections;
using Junipeer.Demo;
using Junipeer.Export;
using Junipeer.Operations;
using Junipeer.Tests.Support;
using Xunit;

namespace Junipeer.Tests.Http;

/// <summary>A server whose certificate nobody vouches for, as behind a proxy that looks into the traffic.</summary>
public sealed class BadCertificateTests : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate = SelfSigned();
    private readonly MemorySecrets _secrets = new();
    private readonly ExportLog _log = new();
    private readonly Task _serving;
    private int _greeted;

    public BadCertificateTests()
    {
        _secrets.Put("tls", "a-token");
        _listener.Start();
        _serving = ServeAsync();
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private BrightpearlConnection Connection => new()
    {
        Name = "tls",
        BaseUri = new Uri($"https://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}"),
        AccountCode = "acme",
        AppReference = "acme_app",
        Kind = BrightpearlAuthentication.StaffToken,
        SecretReference = new SecretReference(SecretPlace.Memory, "tls"),
    };

    [Fact]
    public async Task An_export_fails_at_once_and_says_what_to_check()
    {
        var request = new ExportRequest { Connection = Connection, Resources = ["order", "product"], Target = ExportTarget.Pipeline };
        await new JunipeerEngineFactory().Create(_secrets).ExportAsync(request, _log, Stop);

        Assert.All(_log.Faults, IsTlsFault);
        Assert.Equal(["order", "product"], _log.Faults.Select(f => $"{f.Target}").Order());

        // What ails the connection ails every resource: it is tried once and not repeated.
        Assert.Equal(1, _greeted);
    }

    [Fact]
    public async Task A_test_of_the_connection_says_so_too()
    {
        await new JunipeerEngineFactory().Create(_secrets).TestConnectionAsync(Connection, _log, Stop);

        var failed = _log.Written.OfType<ConnectionCheck>().First(c => c.Status == CheckStatus.Failed);
        Assert.Equal("Junipeer.Connection.Tls", failed.ErrorId);
        Assert.False(string.IsNullOrWhiteSpace(failed.Fix));
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _certificate.Dispose();
    }

    private static void IsTlsFault(JunipeerFault fault)
    {
        Assert.Equal(("Junipeer.Connection.Tls", FaultCategory.ConnectionError, false), (fault.Id, fault.Category, fault.IsTransient));
        Assert.False(string.IsNullOrWhiteSpace(fault.RecommendedAction));
        Assert.DoesNotContain("a-token", fault.ToString(), StringComparison.Ordinal);
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                using var socket = await _listener.AcceptTcpClientAsync();
                _greeted++;
                await using var stream = new SslStream(socket.GetStream());
                await stream.AuthenticateAsServerAsync(_certificate);
                _ = await stream.ReadAsync(new byte[1]);
            }
            catch (Exception e) when (e is AuthenticationException or IOException)
            {
                // The client hung up, as it should.
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }
}
