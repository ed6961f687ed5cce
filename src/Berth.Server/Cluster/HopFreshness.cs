using Berth.Runtime.Routing;

namespace Berth.Server.Cluster;

/// <summary>What becomes of a sealed request.</summary>
internal enum Freshness
{
    /// <summary>It is new: it may be done.</summary>
    Fresh,

    /// <summary>It is for another run, or too old, or too far ahead. It was not done now, and cannot be done again as it is.</summary>
    Stale,

    /// <summary>It came before, or may have.</summary>
    Seen,
}

/// <summary>
/// Whether a sealed request arrives for the first time. It says what this process's own monotonic clock showed when it was sealed: an old one is refused by that,
/// and within the time that is left by its number. No wall clock is used, so that no clock can be wrong.
/// </summary>
internal sealed class HopFreshness(TimeProvider time)
{
    /// <summary>How old a request may be.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    /// <summary>How far ahead: two monotonic clocks run apart a little between two answers.</summary>
    private static readonly TimeSpan _ahead = TimeSpan.FromSeconds(1);

    /// <summary>The most senders within the window: a cluster has at most a hundred members, and some start again.</summary>
    private const int MaxSenders = 256;

    /// <summary>Guards the senders.</summary>
    private readonly Lock _gate = new();
    private readonly Dictionary<RunId, Sender> _senders = [];

    /// <summary>This run of the process.</summary>
    public RunId Self { get; } = RunId.New();

    /// <summary>What the monotonic clock shows.</summary>
    public long NowMs => (long)time.GetElapsedTime(0, time.GetTimestamp()).TotalMilliseconds;

    /// <summary>Judges a request that a member has sealed, and remembers it.</summary>
    public Freshness Judge(RequestSeal seal)
    {
        var now = NowMs;
        if (seal.To != Self || seal.ToMs < now - (long)Window.TotalMilliseconds || seal.ToMs > now + (long)_ahead.TotalMilliseconds)
        {
            return Freshness.Stale;
        }

        lock (_gate)
        {
            if (!_senders.TryGetValue(seal.From, out var sender))
            {
                if (_senders.Count >= MaxSenders)
                {
                    Forget_NeedsLock(now);
                }

                if (_senders.Count >= MaxSenders)
                {
                    return Freshness.Seen;
                }

                _senders.Add(seal.From, sender = new Sender());
            }

            sender.LastMs = now;
            return sender.Window.Accept(seal.Number) ? Freshness.Fresh : Freshness.Seen;
        }
    }

    /// <summary>Whoever sent nothing for so long has nothing on its way that is not too old.</summary>
    private void Forget_NeedsLock(long now)
    {
        var before = now - (long)(Window + _ahead + _ahead).TotalMilliseconds;
        foreach (var old in _senders.Where(one => one.Value.LastMs < before).Select(one => one.Key).ToList())
        {
            _senders.Remove(old);
        }
    }

    private sealed class Sender
    {
        public HopWindow Window { get; } = new();

        public long LastMs { get; set; }
    }
}
