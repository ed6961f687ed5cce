using System.Net.Sockets;
using System.Text;

namespace Berth.Testing.Processes;

/// <summary>A supervisor that hears what a process of <c>Type=notify</c> says.</summary>
public sealed class NotifySocket : IDisposable
{
    private const int MaxBytes = 4096;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly List<string> _heard = [];

    /// <summary>Listens at a path, or at <c>@name</c>.</summary>
    public NotifySocket(string name)
    {
        Name = name;
        _socket.Bind(new UnixDomainSocketEndPoint(name[0] == '@' ? "\0" + name[1..] : name));
    }

    /// <summary>What <c>NOTIFY_SOCKET</c> is to be.</summary>
    public string Name { get; }

    /// <summary>The datagrams that were waited for or passed over, in the order in which they came.</summary>
    public IReadOnlyList<string> Heard => _heard;

    /// <summary>A name of its own that is in no folder.</summary>
    public static NotifySocket Abstract() => new($"@berth-test-{Guid.NewGuid():N}");

    /// <summary>Reads on until a datagram has this line.</summary>
    public async Task<string> WaitForAsync(string line)
    {
        using var limit = new CancellationTokenSource(_patience, TimeProvider.System);
        return await WaitForAsync(line, limit.Token);
    }

    /// <summary>The same with a limit of its own.</summary>
    public async Task<string> WaitForAsync(string line, CancellationToken limit)
    {
        var buffer = new byte[MaxBytes];
        while (true)
        {
            int length;
            try
            {
                length = await _socket.ReceiveAsync(buffer, limit);
            }
            catch (OperationCanceledException late)
            {
                throw new InvalidOperationException($"Nobody said \"{line}\", but: {string.Join(" | ", _heard)}", late);
            }

            var said = Encoding.UTF8.GetString(buffer, 0, length);
            _heard.Add(said.ReplaceLineEndings(" "));
            if (said.Split('\n').Any(part => part.StartsWith(line, StringComparison.Ordinal)))
            {
                return said;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        if (Name[0] != '@')
        {
            File.Delete(Name);
        }
    }
}
