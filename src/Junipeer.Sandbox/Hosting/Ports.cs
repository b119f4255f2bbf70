using System.Net;
using System.Net.Sockets;

namespace Junipeer.Sandbox.Hosting;

/// <summary>Three neighbouring ports: the first and the third to serve on, the one between held so that nobody else takes it.</summary>
internal static class Ports
{
    public static (int Port, Socket[] Reserved) Reserve(int wanted)
    {
        if (wanted != 0)
        {
            Probe(wanted);
            Probe(wanted + 2);
            return (wanted, [Hold(wanted + 1)]);
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

            Socket? second = null;
            try
            {
                second = Bind(port + 1);
                Bind(port + 2).Dispose();
                return (port, [second]);
            }
            catch (SocketException)
            {
                second?.Dispose();
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

    private static Socket Hold(int port)
    {
        try
        {
            return Bind(port);
        }
        catch (SocketException taken)
        {
            throw new IOException($"Port {port} on 127.0.0.1, kept for the other systems, cannot be used: {taken.Message}", taken);
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
