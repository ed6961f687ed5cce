using Berth.Runtime.Journal;
using Berth.Storage.Postgres;
using Berth.Testing.Journal;

namespace Berth.Storage.Tests.Postgres;

/// <summary>The journal in a PostgreSQL database of its own for each test.</summary>
public sealed class PostgresUnderTest : JournalUnderTest
{
    private PostgresJournal? _journal;

    public override async ValueTask<IJournal> StartAsync()
    {
        var database = await JournalDatabase.NewAsync();
        _journal = new PostgresJournal(database.ConnectionString, TimeProvider.System, JournalFixture.Patient);
        return _journal;
    }

    public override async ValueTask DisposeAsync()
    {
        await (_journal?.DisposeAsync() ?? ValueTask.CompletedTask);
        await base.DisposeAsync();
    }
}

public sealed class PostgresJournalOpenTests : JournalOpenContract<PostgresUnderTest>;

public sealed class PostgresJournalAppendTests : JournalAppendContract<PostgresUnderTest>;

public sealed class PostgresJournalLicenseTests : JournalLicenseContract<PostgresUnderTest>;

public sealed class PostgresJournalSnapshotTests : JournalSnapshotContract<PostgresUnderTest>;

public sealed class PostgresJournalReadTests : JournalReadContract<PostgresUnderTest>;

public sealed class PostgresJournalDenialTests : JournalDenialContract<PostgresUnderTest>;

public sealed class PostgresJournalHistoryTests : JournalHistoryContract<PostgresUnderTest>;
