using Berth.Chaos.Journal;

namespace Berth.Chaos.Tests.Journal;

/// <summary>The lines of an export, read as JSON and nothing else.</summary>
public sealed class ExportedHistoryTests
{
    [Fact]
    public async Task Grants_and_releases_are_read_with_the_keys_of_their_licenses()
    {
        string[] lines =
        [
            "{\"berthAudit\":1,\"pools\":[]}",
            "{\"pool\":\"p\",\"version\":1,\"event\":\"license.added\",\"license\":\"id-1\"}",
            "{\"pool\":\"p\",\"version\":2,\"event\":\"license.leased\",\"node\":\"n1\",\"license\":\"id-1\",\"number\":1}",
            "{\"pool\":\"p\",\"version\":3,\"event\":\"license.released\",\"node\":\"n1\",\"license\":\"id-1\",\"number\":1}",
            "{\"pool\":\"p\",\"version\":4,\"event\":\"license.lease_expired\",\"node\":\"n2\",\"license\":\"id-2\",\"number\":2}",
            "{\"lines\":5,\"sha256\":\"\"}",
        ];
        var (grants, releases) = await ExportedHistory.ParseAsync(lines.ToAsyncEnumerable(), new Dictionary<string, string> { ["id-1"] = "KEY-1" });
        grants.ShouldBe([new JournalSeat("p", "n1", "KEY-1")]);
        releases.ShouldBe([new JournalSeat("p", "n1", "KEY-1")]);
    }
}
