namespace Berth.Runtime.Pools;

/// <summary>
/// Keeps apart those who touch a pool's state: the loop's turns, and between them one other thread at a time, for a moment. It begins
/// taken, because a pool is not open at first.
/// </summary>
internal sealed class TurnGate
{
    /// <summary>1 while a turn is under way, or the pool is not open; 0 while the loop waits for mail.</summary>
    private int _busy = 1;

    /// <summary>Takes the state unless somebody has it.</summary>
    public bool TryEnter() => Interlocked.CompareExchange(ref _busy, 1, 0) == 0;

    /// <summary>Does something with the state unless somebody has it.</summary>
    public void TryDo(Action something)
    {
        if (TryEnter())
        {
            try
            {
                something();
            }
            finally
            {
                Leave();
            }
        }
    }

    /// <summary>Takes the state for a turn: who has it in between waits for nothing and is done in microseconds.</summary>
    public void Enter()
    {
        for (var spin = default(SpinWait); !TryEnter();)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>Gives the state back.</summary>
    public void Leave() => Volatile.Write(ref _busy, 0);
}
