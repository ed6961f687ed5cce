using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Ownership;
using Berth.Runtime.Pools;
using Berth.Runtime.Tracing;

namespace Berth.Runtime.Routing;

/// <summary>
/// Takes what other members send. A command is decided here or not at all, once, and only while its time has not run out on this
/// member's own clock.
/// </summary>
internal sealed class HopInbox(LocalPools local, Func<Incarnation> self, Func<Task> look, TimeProvider time, MemberCalls calls)
{
    /// <summary>The most senders that are remembered: lives of members that sent something within the last seconds.</summary>
    private const int MaxSenders = 256;

    /// <summary>A hop that says it has more time than this, in milliseconds, has this much: no member gives so much.</summary>
    private const long LongestLimitMs = 3_600_000;

    /// <summary>Guards the senders.</summary>
    private readonly Lock _gate = new();
    private readonly Dictionary<Incarnation, Sender> _senders = [];

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
        var note = request.Kind is HopKind.Describe or HopKind.Move or HopKind.Keep ? await calls.AnswerAsync(request) : null;
        var bytes = new ByteWriter(HopFormat.UsualBytes);
        HopFormat.Write(bytes, new HopResponse(self(), NowMs(), answer.Epoch, answer.Reply)
        {
            FileNumber = answer.File.Number,
            WallMs = answer.Reply is HolderPage ? time.GetUtcNow().ToUnixTimeMilliseconds() : null,
            Note = note ?? default,
        });
        return bytes.Written;
    }

    private async ValueTask<RoutedReply> CallAsync(HopRequest request, CancellationToken callerGone)
    {
        if (!IsFirst(request))
        {
            // It came before, or may have: what became of it then is not said here.
            return new RoutedReply(Unknown.Instance, null, default);
        }

        if (request.To != self() || request.To.Value == 0 || NowMs() > request.NotAfterMs)
        {
            // Somebody else's clock, or too late: certainly nothing has happened.
            return LocalPools.Nobody;
        }

        var left = TimeSpan.FromMilliseconds(Math.Min(request.NotAfterMs - NowMs(), LongestLimitMs));
        var notAfter = time.GetTimestamp() + (long)(left.TotalSeconds * time.TimestampFrequency);
        var delivery = new Delivery(notAfter, callerGone, request.Rows.Count == 0 ? null : request.Rows);
        var answer = await local.SendAsync(request.Pool, request.Command!, delivery, delivery);
        Traces.Note(request.Pool, answer.Member, answer.Reply);
        return answer;
    }

    private async ValueTask<RoutedReply> LookAsync()
    {
        await look();
        return LocalPools.Nobody;
    }

    private long NowMs() => (long)time.GetElapsedTime(0, time.GetTimestamp()).TotalMilliseconds;

    /// <summary>
    /// Whether this number of this sender arrives for the first time. A sender may be forgotten once everything that it sent so far is too
    /// late to be decided; how old its incarnation is says nothing, because a member may live for years.
    /// </summary>
    private bool IsFirst(HopRequest request)
    {
        lock (_gate)
        {
            if (!_senders.TryGetValue(request.From, out var sender))
            {
                if (_senders.Count >= MaxSenders)
                {
                    Forget_NeedsLock();
                }

                if (_senders.Count >= MaxSenders || request.From.Value == 0)
                {
                    return false;
                }

                _senders[request.From] = sender = new Sender();
            }

            sender.LastMs = Math.Max(sender.LastMs, Math.Min(request.NotAfterMs, NowMs() + LongestLimitMs));
            return sender.Window.Accept(request.Number);
        }
    }

    private void Forget_NeedsLock()
    {
        var now = NowMs();
        foreach (var old in _senders.Where(one => one.Value.LastMs < now).Select(one => one.Key).ToList())
        {
            _senders.Remove(old);
        }
    }

    private sealed class Sender
    {
        public HopWindow Window { get; } = new();

        /// <summary>When the last of what it sent is too late.</summary>
        public long LastMs { get; set; }
    }
}
