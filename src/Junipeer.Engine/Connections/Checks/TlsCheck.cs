using System.Diagnostics;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Junipeer.Operations;

namespace Junipeer.Connections.Checks;

/// <summary>Whether the system's certificate is one this machine trusts, and for how long.</summary>
internal static class TlsCheck
{
    public const string Name = "Tls";
    private static readonly TimeSpan Soon = TimeSpan.FromDays(7);

    public static async Task<ConnectionCheck> RunAsync(CheckMaker make, Uri address, TimeSpan patience, CancellationToken stop)
    {
        if (address.Scheme != Uri.UriSchemeHttps) return make.Skipped("the address is plain http, to this machine", Name).Single();
        if (HttpClient.DefaultProxy is { } proxy && !proxy.IsBypassed(address) && proxy.GetProxy(address) is { } by)
            return make.Skipped($"calls go through the proxy {by.Host}", Name).Single();
        var started = Stopwatch.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(patience);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(address.DnsSafeHost, address.Port, limit.Token).ConfigureAwait(false);
            var problem = SslPolicyErrors.None;
            X509Certificate2? seen = null;
            await using var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, errors) =>
            {
                problem = errors;
                seen = certificate is null ? null : new X509Certificate2(certificate);
                return true; // nothing is sent over it; the verdict is ours to word
            });
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = address.DnsSafeHost }, limit.Token).ConfigureAwait(false);
            return Judge(make, address, tls.SslProtocol, seen, problem, Stopwatch.GetElapsedTime(started));
        }
        catch (Exception error) when (error is SocketException or IOException or AuthenticationException || (error is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return error is AuthenticationException
                ? make.Failed(Name, Bad(address, error.Message), Stopwatch.GetElapsedTime(started))
                : make.Skipped("no connection came about", Name).Single();
        }
    }

    private static ConnectionCheck Judge(CheckMaker make, Uri address, SslProtocols protocol, X509Certificate2? certificate, SslPolicyErrors problem, TimeSpan took)
    {
        if (certificate is null || problem != SslPolicyErrors.None) return make.Failed(Name, Bad(address, Explain(address, certificate, problem)), took);
        var left = certificate.NotAfter.ToUniversalTime() - DateTime.UtcNow;
        var issuer = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: true);
        var detail = $"{protocol}, certificate from {issuer}, good until {certificate.NotAfter.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";
        return left > Soon
            ? make.Passed(Name, detail, took)
            : make.Warning(Name, detail, $"The certificate of {address.Host} ends in {Math.Max(0, (int)left.TotalDays)} days.", "Its owner renews it; if it stays so, look for a program on the way that replaces certificates.", took: took);
    }

    private static string Explain(Uri address, X509Certificate2? certificate, SslPolicyErrors problem) => problem switch
    {
        _ when certificate is null => "it shows no certificate.",
        _ when certificate.NotAfter < DateTime.Now => $"its certificate ended on {certificate.NotAfter.ToUniversalTime():u}, or this machine's clock is wrong.",
        _ when certificate.NotBefore > DateTime.Now => $"its certificate begins on {certificate.NotBefore.ToUniversalTime():u}, or this machine's clock is wrong.",
        _ when problem.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) => $"its certificate is for '{certificate.GetNameInfo(X509NameType.DnsName, forIssuer: false)}', not for {address.Host}.",
        _ => $"its certificate comes from '{certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: true)}', which this machine does not trust.",
    };

    private static JunipeerFault Bad(Uri address, string why) => new(
        "Junipeer.Connection.Tls",
        FaultCategory.ConnectionError,
        $"{address.Host} cannot be trusted: {why}",
        "Check the clock of this machine and the address; where a proxy inspects traffic, its root certificate must be trusted by this machine.");
}
