using Berth.Pools;
using Berth.Testing;

namespace Berth.Server.Tests.Http;

/// <summary>
/// A clock that stands until it is advanced, wall and monotonic together. It starts at the second of the published
/// signatures. Timers run in real time: nothing here waits for them.
/// </summary>
internal sealed class HandClock : TimeProvider
{
    public const long StartUnix = 1_764_949_490;

    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(StartUnix).AddTicks(GetTimestamp());

    public void Add(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

    /// <summary>Advances in steps that the member sees, so that none of the time counts as a standstill.</summary>
    public async Task AdvanceAsync(TestMember member, int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            Add(TimeSpan.FromSeconds(1));
            (await member.Member.Pools.SendAsync(PoolName.Global, new AskSummary(), default)).ShouldBeOfType<PoolSummary>();
        }
    }
}
