using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Lifetime;

/// <summary>
/// The datagram socket on which systemd hears of a service of <c>Type=notify</c>. Saying something never fails and never waits: whoever
/// supervises is no reason to stop serving.
/// </summary>
internal sealed class SupervisorSocket : IDisposable
{
    /// <summary>Where systemd says that it listens: a path, or <c>@name</c> for one that is in no folder.</summary>
    public const string Variable = "NOTIFY_SOCKET";

    private readonly Socket _socket;
    private readonly UnixDomainSocketEndPoint _to;
    private readonly ILogger _log;
    private bool _complained;

    private SupervisorSocket(Socket socket, UnixDomainSocketEndPoint to, ILogger log)
    {
        _socket = socket;
        _to = to;
        _log = log;
    }

    /// <summary>The socket that the environment names; null: it names none, or none that can be used, which is logged.</summary>
    public static SupervisorSocket? Of(Func<string, string?> environment, ILogger log)
    {
        if (environment(Variable) is not { Length: > 1 } name)
        {
            return null;
        }

        if (name[0] is not ('/' or '@'))
        {
            log.CannotReport($"{Variable} is {name}, neither a path nor @ and a name");
            return null;
        }

        try
        {
            var to = new UnixDomainSocketEndPoint(name[0] == '@' ? "\0" + name[1..] : name);
            var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
            return new SupervisorSocket(socket, to, log);
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            log.CannotReport(error.Message);
            return null;
        }
    }

    /// <summary>Sends assignments such as <c>READY=1</c>, in one datagram.</summary>
    public void Say(params ReadOnlySpan<string> assignments)
    {
        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(string.Join('\n', assignments)), _to);
            _complained = false;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            if (!_complained)
            {
                _complained = true;
                _log.CannotReport(error.Message);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}

internal static partial class SupervisorSocketLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "supervisor.unreached: systemd is not told how this member does: {reason}")]
    public static partial void CannotReport(this ILogger log, string reason);
}
