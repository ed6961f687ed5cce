namespace Berth.Benchmarks.Load;

/// <summary>
/// One thread of the generator: its connections claim their own seat and release it again, as fast as the server answers.
/// After the end of the window every connection still releases what it holds, so that a run leaves no seat behind.
/// </summary>
internal sealed class ClaimLoop(LoadPlan plan, Window window, int first, int count)
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(5);
    private const int WaitMs = 50;
    private const int Created = 201;
    private const int NoContent = 204;

    private readonly Connection[] _connections = new Connection[count];
    private readonly byte[][][] _puts = new byte[count][][];
    private readonly byte[][][] _deletes = new byte[count][][];
    private readonly int[] _turns = new int[count];
    private readonly bool[] _begun = new bool[count];
    private readonly bool[] _putting = new bool[count];
    private readonly long[] _sentAt = new long[count];
    private readonly long[] _statuses = new long[1000];
    private int _live;

    public LatencyHistogram Puts { get; } = new();

    public ReadOnlySpan<long> Statuses => _statuses;

    public long Answers { get; private set; }

    public long Errors { get; private set; }

    public string? FirstError { get; private set; }

    public void Run()
    {
        using var epoll = new Epoll(count);
        try
        {
            for (var i = 0; i < count; i++)
            {
                Start(i, epoll);
            }

            while (_live > 0)
            {
                var ready = epoll.Wait(WaitMs);
                for (var i = 0; i < ready; i++)
                {
                    var key = epoll.Key(i);
                    if (_begun[key])
                    {
                        Advance(key);
                    }
                    else
                    {
                        Begin(key, epoll);
                    }
                }

                if (TimeProvider.System.GetTimestamp() > window.Until && TimeProvider.System.GetElapsedTime(window.Until) > DrainLimit)
                {
                    Fail($"{_live} connections without an answer {DrainLimit.TotalSeconds} s after the end", _live);
                    break;
                }
            }
        }
        finally
        {
            foreach (var connection in _connections)
            {
                connection?.Dispose();
            }
        }
    }

    private void Start(int i, Epoll epoll)
    {
        var fingerprint = Requests.Fingerprint(plan.Prefix, first + i);
        var pools = plan.PoolsOf(first + i);
        _puts[i] = [.. pools.Select(pool => Requests.Of("PUT", plan.Port, fingerprint, pool))];
        _deletes[i] = [.. pools.Select(pool => Requests.Of("DELETE", plan.Port, fingerprint, pool))];
        _connections[i] = new Connection(plan.Port);
        if (!_connections[i].Open())
        {
            Fail(_connections[i].Breakage, 1);
            return;
        }

        epoll.Watch(_connections[i].Descriptor, i, Libc.Writable);
        _live++;
    }

    private void Begin(int i, Epoll epoll)
    {
        _begun[i] = true;
        epoll.Change(_connections[i].Descriptor, i, Libc.Readable);
        Send(i, put: true);
    }

    private void Send(int i, bool put)
    {
        _putting[i] = put;
        _sentAt[i] = TimeProvider.System.GetTimestamp();
        if (put)
        {
            _turns[i] = _turns[i] + 1 < _puts[i].Length ? _turns[i] + 1 : 0;
        }

        if (!_connections[i].Send((put ? _puts[i] : _deletes[i])[_turns[i]]))
        {
            Drop(i);
        }
    }

    private void Advance(int i)
    {
        if (_connections[i].Descriptor < 0)
        {
            return;
        }

        var received = _connections[i].Receive();
        if (received == Received.Partial)
        {
            return;
        }

        if (received == Received.Broken)
        {
            Drop(i);
            return;
        }

        var now = TimeProvider.System.GetTimestamp();
        Count(i, now);
        if (now < window.Until || (_putting[i] && !plan.PutsOnly))
        {
            Send(i, put: plan.PutsOnly || !_putting[i]);
        }
        else
        {
            _live--;
        }
    }

    private void Count(int i, long now)
    {
        var status = _connections[i].Status;
        var expected = _putting[i] ? Created : NoContent;
        if (status != expected)
        {
            Fail($"{(_putting[i] ? "PUT" : "DELETE")} was answered {status}", 1);
        }

        if (now >= window.From && now < window.Until)
        {
            Answers++;
            _statuses[Math.Clamp(status, 0, _statuses.Length - 1)]++;
            if (_putting[i])
            {
                Puts.Record((now - _sentAt[i]) * 1_000_000 / TimeProvider.System.TimestampFrequency);
            }
        }
    }

    private void Drop(int i)
    {
        Fail(_connections[i].Breakage, 1);
        _connections[i].Dispose();
        _live--;
    }

    private void Fail(string reason, int times)
    {
        Errors += times;
        FirstError ??= reason;
    }
}

/// <summary>The timestamps between which answers count.</summary>
internal sealed record Window(long From, long Until);
