using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Runtime.Tests.Journal;

/// <summary>Two events of each kind: with every optional part, and with none.</summary>
internal static class EventSamples
{
    private static readonly Stamp _full =
        new(1_234_567, 1_767_323_045_678, new Who("operator", "192.0.2.7:49152", "zoë", "host-1.example"));

    private static readonly Stamp _bare = new(0, -1, Who.Nobody);

    public static IReadOnlyList<(string Name, PoolEvent Event)> All { get; } =
    [
        ("PoolAdded.full", new PoolAdded("wärme", _full)),
        ("PoolAdded.bare", new PoolAdded("-", _bare)),
        ("LicenseAdded.full", new LicenseAdded(new("lic-1"), 1_000_000, 1_893_456_000_000, _full)),
        ("LicenseAdded.bare", new LicenseAdded(new("l"), 1, null, _bare)),
        ("LicenseRemoved.full", new LicenseRemoved(new("lic-1"), _full)),
        ("LicenseRemoved.bare", new LicenseRemoved(new("l"), _bare)),
        ("PolicyExceptionChanged.full", new PolicyExceptionChanged(new(TimeSpan.FromSeconds(90), Strategy.Rand, false), _full)),
        ("PolicyExceptionChanged.bare", new PolicyExceptionChanged(PolicyException.None, _bare)),
        ("ClusterPolicyChanged.full", new ClusterPolicyChanged(new(TimeSpan.FromDays(366), Strategy.Lifo, true), _full)),
        ("ClusterPolicyChanged.bare", new ClusterPolicyChanged(new(TimeSpan.FromSeconds(30), Strategy.Fifo, false), _bare)),
        ("PolicyAdopted.full", new PolicyAdopted(new(TimeSpan.FromSeconds(60), Strategy.Rand, true), _full)),
        ("PolicyAdopted.bare", new PolicyAdopted(new(TimeSpan.FromSeconds(30), Strategy.Fifo, false), _bare)),
        ("SeatGranted.full", new SeatGranted(new("nœud"), new("lic-1"), 42, 60_000, "claim-key", _full)),
        ("SeatGranted.bare", new SeatGranted(new("n"), new("l"), 1, 30_000, null, _bare)),
        ("SeatReleased.full", new SeatReleased(new("nœud"), new("lic-1"), 42, ReleaseCause.Moved, _full)),
        ("SeatReleased.bare", new SeatReleased(new("n"), new("l"), 1, ReleaseCause.Node, _bare)),
        ("ClaimExpired.full", new ClaimExpired(new("nœud"), new("lic-1"), 42, new Stamp(62_000, 1_767_323_045_678, Who.Member))),
        ("ClaimExpired.bare", new ClaimExpired(new("n"), new("l"), 1, _bare)),
        ("SeatTaken.full", new SeatTaken(new("nœud"), new("lic-1"), 42, "left the läb", 300_000, _full)),
        ("SeatTaken.bare", new SeatTaken(new("n"), new("l"), 1, "r", 0, _bare)),
        ("LicenseChanged.full", new LicenseChanged(new("lic-1"), 1_000_000, 1_893_456_000_000, _full)),
        ("LicenseChanged.bare", new LicenseChanged(new("l"), 1, null, _bare)),
        ("LicenseImported.full", new LicenseImported(
            new("lic-1"), 1, 1_893_456_000_000, 1_767_000_000_000, 17, 1_767_000_001_000, 1_767_000_002_000, _full)),
        ("LicenseImported.bare", new LicenseImported(new("l"), 1, null, 0, 0, 0, 0, _bare)),
        ("ClaimImported.full", new ClaimImported(new("nœud"), new("lic-1"), 42, 60_000, 1_767_000_001_000, _full)),
        ("ClaimImported.bare", new ClaimImported(new("n"), new("l"), 1, 30_000, 0, _bare)),
        ("HistoryCut.full", new HistoryCut(1_234, new string('a', 64), _full)),
        ("HistoryCut.bare", new HistoryCut(1, new string('0', 64), _bare)),
        ("CopyConfirmed.full", new CopyConfirmed("wärme", _full)),
        ("CopyConfirmed.bare", new CopyConfirmed("-", _bare)),
    ];

    /// <summary>One event with its two bytes of length.</summary>
    public static byte[] Frame(PoolEvent happened)
    {
        var to = new ByteWriter();
        EventCodec.Write(to, happened);
        return to.Written.ToArray();
    }

    /// <summary>The stored bytes of one event.</summary>
    public static byte[] Bytes(PoolEvent happened) => Frame(happened)[EventFrames.LengthBytes..];
}
