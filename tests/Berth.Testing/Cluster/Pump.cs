namespace Berth.Testing.Cluster;

/// <summary>
/// Runs everything that is started in it on the caller's thread, one step after the other, on a clock that moves only when nothing is
/// left to do. So a test sees the same order each time, and "nothing more happens" is known and not waited for.
/// </summary>
public sealed class Pump(FakeClock clock) : SynchronizationContext
{
    /// <summary>Guards the queue: a step that strayed to another thread may come back from there.</summary>
    private readonly Lock _gate = new();
    private readonly Queue<(SendOrPostCallback Step, object? State)> _steps = new();
    private int _thread;

    /// <summary>Steps that came from another thread: their order is left to chance.</summary>
    public int Strayed { get; private set; }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_gate)
        {
            Strayed += Environment.CurrentManagedThreadId == _thread ? 0 : 1;
            _steps.Enqueue((d, state));
        }
    }

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nothing here waits for a step.");

    /// <summary>Does it, and all that follows from it without the clock.</summary>
    public T Do<T>(Func<T> act)
    {
        var before = Current;
        SetSynchronizationContext(this);
        _thread = Environment.CurrentManagedThreadId;
        try
        {
            var result = act();
            while (TryTake(out var next))
            {
                next.Step(next.State);
            }

            return result;
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>Time passes, from timer to timer, until it is so. False: it was not within the limit.</summary>
    public bool Until(Func<bool> isSo, TimeSpan limit)
    {
        var start = clock.GetTimestamp();
        Do(() => 0);
        while (!isSo())
        {
            var left = limit - clock.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
            {
                return false;
            }

            // Elapsed time is rounded: a step of nothing would never end.
            var step = clock.UntilNext is { } next && next < left ? next : left + TimeSpan.FromTicks(1);
            Do(() =>
            {
                clock.Advance(step > TimeSpan.Zero ? step : TimeSpan.Zero);
                return 0;
            });
        }

        return true;
    }

    private bool TryTake(out (SendOrPostCallback Step, object? State) next)
    {
        lock (_gate)
        {
            return _steps.TryDequeue(out next);
        }
    }
}
