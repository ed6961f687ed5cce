using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Ownership;
using Berth.Runtime.Pools;

namespace Berth.Runtime.Routing;

/// <summary>
/// Takes what other members send. A command is decided here or not at all, once, and only while its time has not run out on this
/// member's own clock.
/// </summary>
internal sealed class HopInbox(LocalPools local, Func<Incarnation> self, Func<Task> look, TimeProvider time)
{
    /// <summary>The most senders that are remembered. Only members send, so that more means that old ones are forgotten.</summary>
    private const int MaxSenders = 256;

    /// <summary>Guards the windows.</summary>
    private readonly Lock _gate = new();
    private readonly Dictionary<Incarnation, HopWindow> _windows = [];
    private Incarnation _forgotten;

    /// <summary>Answers one request. <see cref="InvalidDataException"/>: these bytes are none.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> HandleAsync(ReadOnlyMemory<byte> body, CancellationToken callerGone)
    {
        var request = HopFormat.ReadRequest(body);
        var answer = request.Kind switch
        {
            HopKind.Call => await CallAsync(request, callerGone),
            HopKind.Look => await LookAsync(),
            _ => LocalPools.Nobody,
        };
        var bytes = new ByteWriter();
        HopFormat.Write(bytes, new HopResponse(self(), NowMs(), answer.Epoch, answer.Reply));
        return bytes.Written;
    }

    private async ValueTask<RoutedReply> CallAsync(HopRequest request, CancellationToken callerGone)
    {
        if (request.To != self() || request.To.Value == 0 || NowMs() > request.NotAfterMs)
        {
            // Somebody else's clock, or too late: certainly nothing has happened.
            return LocalPools.Nobody;
        }

        if (WindowOf(request.From)?.Accept(request.Number) != true)
        {
            // It came before, or may have: what became of it then is not said here.
            return new RoutedReply(Unknown.Instance, null, default);
        }

        var notAfter = (long)(TimeSpan.FromMilliseconds(request.NotAfterMs).TotalSeconds * time.TimestampFrequency);
        var rows = request.Rows.Count == 0 ? null : request.Rows;
        return await local.SendAsync(request.Pool, request.Command!, new Delivery(notAfter, callerGone, rows));
    }

    private async ValueTask<RoutedReply> LookAsync()
    {
        await look();
        return LocalPools.Nobody;
    }

    private long NowMs() => (long)time.GetElapsedTime(0, time.GetTimestamp()).TotalMilliseconds;

    /// <summary>Incarnations only grow: the oldest senders are forgotten first, and heard no more.</summary>
    private HopWindow? WindowOf(Incarnation sender)
    {
        lock (_gate)
        {
            if (_windows.TryGetValue(sender, out var window))
            {
                return window;
            }

            if (sender.Value <= _forgotten.Value)
            {
                return null;
            }

            if (_windows.Count >= MaxSenders)
            {
                _forgotten = _windows.Keys.MinBy(one => one.Value);
                _windows.Remove(_forgotten);
            }

            return _windows[sender] = new HopWindow();
        }
    }
}
