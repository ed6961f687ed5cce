using Berth.Pools;
using Berth.Runtime.Ownership;
using Berth.Testing.Membership;

namespace Berth.Runtime.Tests.Ownership;

/// <summary>The table in memory, fresh for each test.</summary>
public sealed class MemoryTableUnderTest : MembershipTableUnderTest
{
    public override ValueTask<IMembershipTable> StartAsync() => new(new MemoryMembershipTable());
}

public sealed class MemoryMembershipJoinTests : MembershipJoinContract<MemoryTableUnderTest>;

public sealed class MemoryMembershipRefusalTests : MembershipRefusalContract<MemoryTableUnderTest>;

public sealed class MemoryMembershipSecretTests : MembershipSecretContract<MemoryTableUnderTest>;

public sealed class MemoryMembershipRenewTests : MembershipRenewContract<MemoryTableUnderTest>;

public sealed class MemoryMembershipAcquireTests : MembershipAcquireContract<MemoryTableUnderTest>;

public sealed class MemoryMembershipLeaseTests : MembershipLeaseContract<MemoryTableUnderTest>;

public sealed class MemoryMembershipTransferTests : MembershipTransferContract<MemoryTableUnderTest>;

public sealed class MemoryMembershipEndTests : MembershipEndContract<MemoryTableUnderTest>;

public sealed class MemoryMembershipReadTests : MembershipReadContract<MemoryTableUnderTest>;

public sealed class MemoryMembershipLimitTests : MembershipLimitContract<MemoryTableUnderTest>;

public sealed class MemoryMembershipRaceTests : MembershipRaceContract<MemoryTableUnderTest>
{
    protected override int Rounds => 400;
}

public sealed class MemoryMembershipStormTests : MembershipStormContract<MemoryTableUnderTest>;

/// <summary>What only the table in memory promises: that polling it is cheap.</summary>
public sealed class MemoryMembershipTableTests
{
    [Fact]
    public async Task The_lists_are_the_same_until_something_in_them_changed()
    {
        var cancel = TestContext.Current.CancellationToken;
        var table = new MemoryMembershipTable();
        var card = new MemberCard("ann", "ann.site:7443", "site", "digest", 1, TimeSpan.FromSeconds(3), PolicyException.None);
        var ann = (await table.JoinAsync(card, cancel)).Incarnation!.Value;
        var first = await table.ReadAsync(cancel);
        var second = await table.ReadAsync(cancel);
        second.Members.ShouldBeSameAs(first.Members);
        second.Shards.ShouldBeSameAs(first.Shards);

        await table.RenewAsync(ann, cancel);
        var renewed = await table.ReadAsync(cancel);
        renewed.Members.ShouldNotBeSameAs(first.Members);
        renewed.Shards.ShouldBeSameAs(first.Shards);

        await table.AcquireAsync(ann, [1], from: null, cancel);
        var taken = await table.ReadAsync(cancel);
        taken.Members.ShouldBeSameAs(renewed.Members);
        taken.Shards.ShouldNotBeSameAs(first.Shards);
    }

    [Fact]
    public async Task A_renewal_hands_out_the_same_list_until_the_member_owns_something_else()
    {
        var cancel = TestContext.Current.CancellationToken;
        var table = new MemoryMembershipTable();
        var card = new MemberCard("ann", "ann.site:7443", "site", "digest", 1, TimeSpan.FromSeconds(3), PolicyException.None);
        var ann = (await table.JoinAsync(card, cancel)).Incarnation!.Value;
        var bob = (await table.JoinAsync(card with { Name = "bob" }, cancel)).Incarnation!.Value;
        await table.AcquireAsync(ann, [1], from: null, cancel);
        var first = (await table.RenewAsync(ann, cancel)).Owned;
        await table.AcquireAsync(bob, [2], from: null, cancel);
        (await table.RenewAsync(ann, cancel)).Owned.ShouldBeSameAs(first);
        await table.AcquireAsync(ann, [3], from: null, cancel);
        (await table.RenewAsync(ann, cancel)).Owned.Count.ShouldBe(2);
    }
}
