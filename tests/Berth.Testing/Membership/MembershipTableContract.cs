using Berth.Pools;
using Berth.Runtime.Ownership;

namespace Berth.Testing.Membership;

/// <summary>
/// What the suites of the table's contract share. Each suite holds some of the conditions in
/// <see cref="IMembershipTable"/>.</summary>
public abstract class MembershipTableContract<TStore> : IAsyncLifetime
    where TStore : MembershipTableUnderTest, new()
{
    /// <summary>The lease of a member that says nothing else.</summary>
    protected static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);

    /// <summary>An incarnation that no table ever gave.</summary>
    protected static readonly Incarnation Stranger = new(long.MaxValue);

    private readonly TStore _store = new();

    /// <summary>The table.</summary>
    protected IMembershipTable Table { get; private set; } = null!;

    /// <summary>The test's own end.</summary>
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => Table = await _store.StartAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _store.DisposeAsync();
    }

    /// <summary>A card that fits the others made here.</summary>
    protected static MemberCard Card(string name, string? address = null) => new(
        name, address ?? name + ".site:7443", "site", new string('a', 64), FeatureLevel: 1, Lease, PolicyException.None);

    /// <summary>A shard that is owned.</summary>
    protected static OwnedShard Owned(int shard, long epoch, TimeSpan formerLease = default) => new(shard, new Epoch(epoch), formerLease);

    /// <summary>A shard that a member owns.</summary>
    protected static ShardRow Row(int shard, Incarnation? owner, long epoch, TimeSpan formerLease = default) =>
        new(shard, owner, new Epoch(epoch), formerLease);

    /// <summary>Joins, which is to succeed.</summary>
    protected async Task<Incarnation> JoinAsync(MemberCard card)
    {
        var result = await Table.JoinAsync(card, Cancel);
        result.Refusal.ShouldBeNull(result.Detail);
        return result.Incarnation.ShouldNotBeNull();
    }

    /// <inheritdoc cref="JoinAsync(MemberCard)"/>
    protected Task<Incarnation> JoinAsync(string name) => JoinAsync(Card(name));

    /// <summary>Takes shards that nobody owns, which is to succeed.</summary>
    protected async Task TakeFreeAsync(Incarnation member, params int[] shards)
    {
        var result = await Table.AcquireAsync(member, shards, from: null, Cancel);
        result.Outcome.ShouldBe(AcquireOutcome.Acquired);
        result.Taken.Select(taken => taken.Shard).ShouldBe(shards, ignoreOrder: true);
    }

    /// <summary>Acquires from a member, and says what was taken, in order.</summary>
    protected async Task<List<OwnedShard>> TakeFromAsync(Incarnation member, Incarnation from, long counter, params int[] shards)
    {
        var result = await Table.AcquireAsync(member, shards, new SeenMember(from, counter), Cancel);
        result.Outcome.ShouldBe(AcquireOutcome.Acquired);
        return [.. result.Taken.OrderBy(taken => taken.Shard)];
    }

    /// <summary>Hands a shard on.</summary>
    protected ValueTask<TransferOutcome> TransferAsync(Incarnation member, int shard, long epoch, Incarnation to, bool settled = false) =>
        Table.TransferAsync(member, Owned(shard, epoch), to, settled, Cancel);

    /// <summary>Marks a member down, which is to be the first time.</summary>
    protected async Task DownAsync(Incarnation member) => (await Table.DownAsync(member, Cancel)).ShouldBeTrue();

    /// <summary>Leaves with everything settled.</summary>
    protected ValueTask LeaveAsync(Incarnation member) => Table.LeaveAsync(member, [], Cancel);

    /// <summary>The table of this moment.</summary>
    protected ValueTask<ClusterTable> ReadAsync() => Table.ReadAsync(Cancel);

    /// <summary>The row of an incarnation that is kept.</summary>
    protected async Task<MemberRow> MemberAsync(Incarnation member) =>
        (await ReadAsync()).Members.Single(row => row.Incarnation == member);

    /// <summary>The row of a shard.</summary>
    protected async Task<ShardRow> ShardAsync(int shard) => (await ReadAsync()).Shards[shard];

    /// <summary>What a renewal says that an up member owns, in order.</summary>
    protected async Task<List<OwnedShard>> RenewAsync(Incarnation member)
    {
        var result = await Table.RenewAsync(member, Cancel);
        result.Up.ShouldBeTrue();
        return [.. result.Owned.OrderBy(owned => owned.Shard)];
    }

    /// <summary>A renewal finds that the incarnation has ended.</summary>
    protected async Task RenewalFindsDownAsync(Incarnation member)
    {
        var result = await Table.RenewAsync(member, Cancel);
        result.Up.ShouldBeFalse();
        result.Owned.ShouldBeEmpty();
    }

    /// <summary>What is done changes nothing in the table.</summary>
    protected async Task ChangesNothingAsync(Func<Task> act)
    {
        var before = await ReadAsync();
        await act();
        var after = await ReadAsync();
        after.Members.ShouldBe(before.Members);
        after.Shards.ShouldBe(before.Shards);
        after.FeatureLevel.ShouldBe(before.FeatureLevel);
    }
}
