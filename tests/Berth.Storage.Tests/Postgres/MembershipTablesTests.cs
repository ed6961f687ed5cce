using Berth.Pools;
using Berth.Runtime.Ownership;
using Berth.Testing.Membership;
using Berth.Testing.Postgres;

namespace Berth.Storage.Tests.Postgres;

/// <summary>Three tables on one database, as three processes have them: each call goes to the next.</summary>
public sealed class SpreadTableUnderTest : MembershipTableUnderTest
{
    private MembershipDatabase? _database;

    public override async ValueTask<IMembershipTable> StartAsync()
    {
        _database = await MembershipDatabase.MakeAsync(await PostgresServer.SharedAsync());
        return new SpreadTable([_database.Open(), _database.Open(), _database.Open()]);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }

    private sealed class SpreadTable(IMembershipTable[] tables) : IMembershipTable
    {
        private int _calls;

        private IMembershipTable Next => tables[(uint)Interlocked.Increment(ref _calls) % tables.Length];

        public ValueTask<JoinResult> JoinAsync(MemberCard card, CancellationToken cancel) => Next.JoinAsync(card, cancel);

        public ValueTask<RenewResult> RenewAsync(Incarnation member, CancellationToken cancel) => Next.RenewAsync(member, cancel);

        public ValueTask<AcquireResult> AcquireAsync(
            Incarnation member, IReadOnlyList<int> shards, SeenMember? from, CancellationToken cancel) =>
            Next.AcquireAsync(member, shards, from, cancel);

        public ValueTask<TransferOutcome> TransferAsync(
            Incarnation member, OwnedShard shard, Incarnation to, bool settled, CancellationToken cancel) =>
            Next.TransferAsync(member, shard, to, settled, cancel);

        public ValueTask LeaveAsync(Incarnation member, IReadOnlyCollection<int> unsettled, CancellationToken cancel) =>
            Next.LeaveAsync(member, unsettled, cancel);

        public ValueTask<bool> DownAsync(Incarnation member, CancellationToken cancel) => Next.DownAsync(member, cancel);

        public ValueTask<bool> AdoptSecretAsync(IReadOnlyList<string> from, string to, CancellationToken cancel) => Next.AdoptSecretAsync(from, to, cancel);

        public ValueTask<ClusterTable> ReadAsync(CancellationToken cancel) => Next.ReadAsync(cancel);
    }
}

public sealed class MembershipTablesRaceTests : MembershipRaceContract<SpreadTableUnderTest>;

public sealed class MembershipTablesStormTests : MembershipStormContract<SpreadTableUnderTest>;

public sealed class MembershipTablesReadTests : MembershipReadContract<SpreadTableUnderTest>;

/// <summary>That polling and renewing are cheap.</summary>
public sealed class MembershipPollTests : IAsyncLifetime
{
    private MembershipDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await MembershipDatabase.MakeAsync(await PostgresServer.SharedAsync());

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task The_lists_are_the_same_until_something_in_them_changed_whoever_changed_it()
    {
        var (mine, other) = (_database.Open(), _database.Open());
        var ann = (await other.JoinAsync(Card("ann"), Cancel)).Incarnation!.Value;
        var first = await mine.ReadAsync(Cancel);
        (await mine.ReadAsync(Cancel)).ShouldBeSameAs(first);

        await other.RenewAsync(ann, Cancel);
        var renewed = await mine.ReadAsync(Cancel);
        renewed.Members.ShouldBe([first.Members[0] with { Counter = 1 }]);
        renewed.Shards.ShouldBeSameAs(first.Shards);

        await other.AcquireAsync(ann, [1], from: null, Cancel);
        var taken = await mine.ReadAsync(Cancel);
        taken.Shards.ShouldNotBeSameAs(first.Shards);
        taken.Shards[1].Owner.ShouldBe(ann);

        await other.AcquireAsync(ann, [1], from: null, Cancel);
        (await mine.ReadAsync(Cancel)).ShouldBeSameAs(taken, "nothing was taken");
        await other.JoinAsync(Card("bob"), Cancel);
        (await mine.ReadAsync(Cancel)).Shards.ShouldBeSameAs(taken.Shards);
        await other.TransferAsync(ann, new OwnedShard(1, new Epoch(1), default), ann, settled: true, Cancel);
        (await mine.ReadAsync(Cancel)).Shards[1].Epoch.Value.ShouldBe(2);
        await other.LeaveAsync(ann, [], Cancel);
        (await mine.ReadAsync(Cancel)).Shards[1].Owner.ShouldBeNull();
    }

    [Fact]
    public async Task A_renewal_hands_out_the_same_list_until_a_shard_changed_whoever_changed_it()
    {
        var (mine, other) = (_database.Open(), _database.Open());
        var ann = (await mine.JoinAsync(Card("ann"), Cancel)).Incarnation!.Value;
        var bob = (await other.JoinAsync(Card("bob"), Cancel)).Incarnation!.Value;
        await mine.AcquireAsync(ann, [1, 2], from: null, Cancel);
        var first = (await mine.RenewAsync(ann, Cancel)).Owned;
        (await mine.RenewAsync(ann, Cancel)).Owned.ShouldBeSameAs(first);
        await other.AcquireAsync(bob, [3], from: null, Cancel);
        (await mine.RenewAsync(ann, Cancel)).Owned.ShouldBe(first);
        await other.TransferAsync(ann, first[0], bob, settled: false, Cancel);
        (await mine.RenewAsync(ann, Cancel)).Owned.ShouldBe([first[1]]);
        (await mine.RenewAsync(bob, Cancel)).Owned.Select(owned => owned.Shard).ShouldBe([1, 3]);
        (await mine.RenewAsync(ann, Cancel)).Owned.ShouldBe([first[1]]);
    }

    [Fact]
    public async Task A_card_that_is_no_text_for_the_database_is_the_callers_mistake() => await Should.ThrowAsync<ArgumentException>(
        async () => await _database.Open().JoinAsync(Card("a\0b"), Cancel));

    private static MemberCard Card(string name) =>
        new(name, name + ".site:7443", "site", "digest", FeatureLevel: 1, TimeSpan.FromSeconds(3), PolicyException.None);
}
