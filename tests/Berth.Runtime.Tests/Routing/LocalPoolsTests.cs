using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Ownership;
using Berth.Runtime.Pools;
using Berth.Runtime.Routing;
using Berth.Testing;

namespace Berth.Runtime.Tests.Routing;

/// <summary>Where a pool is not known and the store does not say which there are.</summary>
public sealed class LocalPoolsTests : IAsyncLifetime
{
    private static readonly PoolName _pool = new("new");
    private readonly FakeClock _time = new();
    private readonly FaultyJournal _journal = new(new MemoryJournal());
    private readonly PoolHost _host;
    private readonly LocalPools _local;

    public LocalPoolsTests()
    {
        var epoch = new Epoch(1);
        _host = new PoolHost(_journal, epoch, _time, new PoolHostOptions(), new RecordedLog());
        _local = new LocalPools(_host, HeldShards.Everything(epoch, _time), HeldLease.Endless(_time), "m0") { KnowsPolicy = true };
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    [Fact]
    public async Task Nothing_happens_and_the_answer_says_so()
    {
        _journal.Next(JournalCall.List, Fault.ThrowBefore);
        (await AskAsync().WaitAsync(Cancel)).ShouldBeOfType<NotWritten>();
    }

    [Fact]
    public async Task One_that_became_known_meanwhile_is_asked()
    {
        var reading = _journal.Hold(JournalCall.List);
        var asking = AskAsync();
        await reading.Reached.WaitAsync(Cancel);
        await _host.CreatePoolAsync(_pool);
        reading.Release(Fault.ThrowBefore);
        (await asking.WaitAsync(Cancel)).ShouldBeOfType<NoSeatFree>();
    }

    private async Task<PoolReply> AskAsync()
    {
        var asking = _local.SendAsync(_pool, new ClaimSeat(new("a"), Who.Nobody), default, default);
        _time.Advance(TimeSpan.Zero);
        return (await asking).Reply;
    }
}
