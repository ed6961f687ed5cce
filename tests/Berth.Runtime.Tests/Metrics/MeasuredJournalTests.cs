using Berth.Runtime.Journal;
using Berth.Runtime.Metrics;
using Berth.Testing.Journal;

namespace Berth.Runtime.Tests.Metrics;

/// <summary>A journal that is measured is the same journal.</summary>
public sealed class MeasuredUnderTest : JournalUnderTest
{
    public override ValueTask<IJournal> StartAsync() => new(new MeasuredJournal(new MemoryJournal(), new StoreMeasures(TimeProvider.System)));
}

public sealed class MeasuredJournalOpenTests : JournalOpenContract<MeasuredUnderTest>;

public sealed class MeasuredJournalAppendTests : JournalAppendContract<MeasuredUnderTest>;

public sealed class MeasuredJournalReadTests : JournalReadContract<MeasuredUnderTest>;

public sealed class MeasuredJournalSnapshotTests : JournalSnapshotContract<MeasuredUnderTest>;

public sealed class MeasuredJournalLicenseTests : JournalLicenseContract<MeasuredUnderTest>;

public sealed class MeasuredJournalDenialTests : JournalDenialContract<MeasuredUnderTest>;

public sealed class MeasuredJournalHistoryTests : JournalHistoryContract<MeasuredUnderTest>;
