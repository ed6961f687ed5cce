using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;
using Berth.Testing.Journal;

namespace Berth.Runtime.Tests.Pools;

/// <summary>What a journal's records come to, read without the actor that wrote them.</summary>
internal static class Replayed
{
    /// <summary>Folds all records from the first, checks the chain and the seats at each version.</summary>
    public static async Task<PoolState> FromAsync(IJournal journal, PoolName pool)
    {
        var state = new PoolState(pool);
        var hash = new byte[AuditChain.HashBytes];
        foreach (var record in await journal.ReadAsync(pool, 0, int.MaxValue))
        {
            record.FirstVersion.ShouldBe(state.Version + 1);
            foreach (var stored in new EventFrames(record.Bytes))
            {
                global::Berth.Pools.Pool.Evolve(state, EventCodec.Read(stored.Span));
                ((long)state.ClaimCount).ShouldBeLessThanOrEqualTo(state.SeatCount);
                state.Keep();
            }

            AuditChain.ExtendOver(hash, record);
            record.Hash.ToArray().ShouldBe(hash);
            record.LastVersion.ShouldBe(state.Version);
        }

        return state;
    }

    /// <summary>What an open would replay: snapshot parts and records.</summary>
    public static async Task<List<ReplayItem>> ItemsAsync(IJournal journal, PoolName pool)
    {
        var items = new ReplayedItems();
        (await journal.ReadNewestAsync(pool, items.Keep)).ShouldBeTrue();
        return items;
    }

    /// <summary>The same, as a state.</summary>
    public static async Task<PoolState> NewestAsync(IJournal journal, PoolName pool)
    {
        var replay = new PoolReplay(pool);
        replay.Begin();
        (await journal.ReadNewestAsync(pool, replay.Take)).ShouldBeTrue();
        return replay.State;
    }
}
