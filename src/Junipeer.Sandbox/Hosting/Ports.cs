using System.Net;
using System.Net.Sockets;

namespace Junipeer.Sandbox.Hosting;

/// <summary>Three neighbouring ports: Brightpearl, Norce, Google.</summary>
internal static class Ports
{
    /// <summary>The first of three ports that are free now.</summary>
    public static int Find(int wanted)
    {
        if (wanted != 0)
        {
            for (int i = 0; i < 3; i++)
            {
                Probe(wanted + i);
            }

            return wanted;
        }

        for (int attempt = 0; attempt < 50; attempt++)
        {
            int port;
            using (Socket any = Bind(0))
            {
                port = ((IPEndPoint)any.LocalEndPoint!).Port;
            }

            if (port > 65_533)
            {
                continue;
            }

            try
            {
                Bind(port + 1).Dispose();
                Bind(port + 2).Dispose();
                return port;
            }
            catch (SocketException)
            {
                // One of the neighbours is taken; another three are tried.
            }
        }

        throw new IOException("No three free neighbouring ports were found.");
    }

    private static void Probe(int port)
    {
        try
        {
            Bind(port).Dispose();
        }
        catch (SocketException taken)
        {
            throw new IOException($"Port {port} on 127.0.0.1 cannot be used: {taken.Message}", taken);
        }
    }

    private static Socket Bind(int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
