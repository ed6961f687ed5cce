using Berth.Pools;
using Berth.Runtime.Ownership;

namespace Berth.Runtime.Pools;

/// <summary>
/// Keeps commands that free a seat until the former owners of its shard can no longer tell anybody that he holds it. Granting needs
/// no such wait: a seat that is free in the journal was never promised.
/// </summary>
internal sealed class ReleaseHold(TimeProvider time)
{
    /// <summary>The most that wait at once; more are answered <see cref="Busy"/>.</summary>
    public const int MaxWaiting = 4_096;

    private int _waiting;

    /// <summary>Whether the command must wait before this ownership may decide it.</summary>
    public bool Keeps(HeldShard shard, PoolCommand command) =>
        shard.SettlesAt > 0 && Frees(command) && time.GetTimestamp() < shard.SettlesAt;

    /// <summary>Waits until the shard is settled. False: too many wait.</summary>
    public async ValueTask<bool> WaitAsync(HeldShard shard)
    {
        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return false;
        }

        try
        {
            // Whoever asked may be gone; a release counts all the same.
            for (var now = time.GetTimestamp(); now < shard.SettlesAt; now = time.GetTimestamp())
            {
                await Task.Delay(time.GetElapsedTime(now, shard.SettlesAt) + TimeSpan.FromMilliseconds(1), time, CancellationToken.None);
            }

            return true;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private static bool Frees(PoolCommand command) => command is ReleaseSeat or TakeSeat or RemoveLicense or ChangeLicense;
}
