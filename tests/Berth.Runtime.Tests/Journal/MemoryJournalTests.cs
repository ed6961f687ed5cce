using Berth.Runtime.Journal;
using Berth.Testing.Journal;

namespace Berth.Runtime.Tests.Journal;

/// <summary>The memory journal, fresh for each test.</summary>
public sealed class MemoryUnderTest : JournalUnderTest
{
    public override ValueTask<IJournal> StartAsync() => new(new MemoryJournal());
}

public sealed class MemoryJournalOpenTests : JournalOpenContract<MemoryUnderTest>;

public sealed class MemoryJournalAppendTests : JournalAppendContract<MemoryUnderTest>;

public sealed class MemoryJournalLicenseTests : JournalLicenseContract<MemoryUnderTest>;

public sealed class MemoryJournalSnapshotTests : JournalSnapshotContract<MemoryUnderTest>;

public sealed class MemoryJournalReadTests : JournalReadContract<MemoryUnderTest>;

public sealed class MemoryJournalDenialTests : JournalDenialContract<MemoryUnderTest>;

public sealed class MemoryJournalHistoryTests : JournalHistoryContract<MemoryUnderTest>;
