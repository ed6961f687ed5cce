using Berth.Runtime.Journal;
using Berth.Testing.Journal;

namespace Berth.Storage.Tests.Sqlite;

/// <summary>The journal in a SQLite file of its own for each test.</summary>
public sealed class SqliteUnderTest : JournalUnderTest
{
    private readonly ScratchFolder _folder = new();
    private Store? _store;

    public override async ValueTask<IJournal> StartAsync()
    {
        _store = await _folder.OpenAsync(StoreUse.Serve);
        return _store.Journal;
    }

    public override async ValueTask DisposeAsync()
    {
        await (_store?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder.Dispose();
        await base.DisposeAsync();
    }
}

public sealed class SqliteJournalOpenTests : JournalOpenContract<SqliteUnderTest>;

public sealed class SqliteJournalAppendTests : JournalAppendContract<SqliteUnderTest>;

public sealed class SqliteJournalLicenseTests : JournalLicenseContract<SqliteUnderTest>;

public sealed class SqliteJournalSnapshotTests : JournalSnapshotContract<SqliteUnderTest>;

public sealed class SqliteJournalReadTests : JournalReadContract<SqliteUnderTest>;

public sealed class SqliteJournalDenialTests : JournalDenialContract<SqliteUnderTest>;

public sealed class SqliteJournalHistoryTests : JournalHistoryContract<SqliteUnderTest>;
