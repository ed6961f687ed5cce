using Berth.Runtime.Ownership;
using Berth.Storage.Postgres;
using Berth.Testing.Membership;
using Berth.Testing.Postgres;

namespace Berth.Storage.Tests.Postgres;

/// <summary>The table in a database of its own, fresh for each test.</summary>
public sealed class PostgresTableUnderTest : MembershipTableUnderTest
{
    private MembershipDatabase? _database;

    public override async ValueTask<IMembershipTable> StartAsync()
    {
        _database = await MembershipDatabase.MakeAsync(await PostgresServer.SharedAsync());
        return _database.Open();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }
}

public sealed class MembershipJoinTests : MembershipJoinContract<PostgresTableUnderTest>;

public sealed class MembershipRefusalTests : MembershipRefusalContract<PostgresTableUnderTest>;

public sealed class MembershipSecretTests : MembershipSecretContract<PostgresTableUnderTest>;

public sealed class MembershipRenewTests : MembershipRenewContract<PostgresTableUnderTest>;

public sealed class MembershipAcquireTests : MembershipAcquireContract<PostgresTableUnderTest>;

public sealed class MembershipLeaseTests : MembershipLeaseContract<PostgresTableUnderTest>;

public sealed class MembershipTransferTests : MembershipTransferContract<PostgresTableUnderTest>;

public sealed class MembershipEndTests : MembershipEndContract<PostgresTableUnderTest>;

public sealed class MembershipReadTests : MembershipReadContract<PostgresTableUnderTest>;

public sealed class MembershipLimitTests : MembershipLimitContract<PostgresTableUnderTest>;

public sealed class MembershipRaceTests : MembershipRaceContract<PostgresTableUnderTest>;

public sealed class MembershipStormTests : MembershipStormContract<PostgresTableUnderTest>;
