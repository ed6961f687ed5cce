using Berth.Runtime.Metrics;
using Berth.Runtime.Ownership;
using Berth.Testing.Membership;

namespace Berth.Runtime.Tests.Metrics;

/// <summary>A table that is measured is the same table.</summary>
public sealed class MeasuredTableUnderTest : MembershipTableUnderTest
{
    public override ValueTask<IMembershipTable> StartAsync() => new(new MeasuredTable(new MemoryMembershipTable(), new StoreMeasures(TimeProvider.System)));
}

public sealed class MeasuredMembershipJoinTests : MembershipJoinContract<MeasuredTableUnderTest>;

public sealed class MeasuredMembershipRenewTests : MembershipRenewContract<MeasuredTableUnderTest>;

public sealed class MeasuredMembershipAcquireTests : MembershipAcquireContract<MeasuredTableUnderTest>;

public sealed class MeasuredMembershipTransferTests : MembershipTransferContract<MeasuredTableUnderTest>;

public sealed class MeasuredMembershipEndTests : MembershipEndContract<MeasuredTableUnderTest>;
