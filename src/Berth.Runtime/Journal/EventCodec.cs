using Berth.Pools;

namespace Berth.Runtime.Journal;

/// <summary>
/// Events to bytes and back. These bytes are the disk format and what the audit chain hashes. An event is
/// kind (1 byte), layout (1 byte), service-clock ms, wall ms, actor, address, user, host, and what the kind adds.
/// A kind or a layout that is not known is refused: it was written by a newer Berth.
/// </summary>
public static class EventCodec
{
    private const byte Layout = 1;

    /// <summary>Writes one event behind its two-byte length.</summary>
    internal static void Write(ByteWriter to, PoolEvent happened)
    {
        var start = to.BeginFrame();
        to.Byte((byte)KindOf(happened));
        to.Byte(Layout);
        to.Signed(happened.Stamp.AtMs);
        to.Signed(happened.Stamp.WallMs);
        to.Text(happened.Stamp.Who.Actor);
        to.Text(happened.Stamp.Who.Address);
        to.Text(happened.Stamp.Who.User);
        to.Text(happened.Stamp.Who.Host);
        WriteBody(to, happened);
        to.EndFrame(start);
    }

    /// <summary>Reads the bytes of one event. Throws <see cref="InvalidDataException"/> when they are not one.</summary>
    public static PoolEvent Read(ReadOnlySpan<byte> stored) => Read(stored, null);

    /// <summary>The same, with what is known already taken from <paramref name="known"/>.</summary>
    internal static PoolEvent Read(ReadOnlySpan<byte> stored, KnownNames? known)
    {
        var from = new ByteReader(stored);
        var kind = (EventKind)from.Byte();
        var layout = from.Byte();
        if (layout != Layout)
        {
            throw new InvalidDataException(
                $"An event of kind {(int)kind} has layout {layout}; this Berth knows layout {Layout}: run the version that wrote it.");
        }

        var at = from.Signed();
        var wall = from.Signed();
        var who = ReadWho(ref from);
        var happened = ReadBody(kind, ref from, known?.Stamp(at, wall, who) ?? new Stamp(at, wall, who), known);
        from.End();
        return happened;
    }

    private static EventKind KindOf(PoolEvent happened) => happened switch
    {
        SeatGranted => EventKind.SeatGranted,
        SeatReleased => EventKind.SeatReleased,
        ClaimExpired => EventKind.ClaimExpired,
        PolicyAdopted => EventKind.PolicyAdopted,
        LicenseAdded => EventKind.LicenseAdded,
        LicenseRemoved => EventKind.LicenseRemoved,
        PolicyExceptionChanged => EventKind.PolicyExceptionChanged,
        ClusterPolicyChanged => EventKind.ClusterPolicyChanged,
        PoolAdded => EventKind.PoolAdded,
        SeatTaken => EventKind.SeatTaken,
        LicenseChanged => EventKind.LicenseChanged,
        LicenseImported => EventKind.LicenseImported,
        ClaimImported => EventKind.ClaimImported,
        HistoryCut => EventKind.HistoryCut,
        CopyConfirmed => EventKind.CopyConfirmed,
        _ => throw new InvalidDataException($"The event {happened.GetType().Name} has no stored form: give it a kind number."),
    };

    private static void WriteBody(ByteWriter to, PoolEvent happened)
    {
        switch (happened)
        {
            case SeatGranted e:
                to.Text(e.Node.Value);
                to.Text(e.License.Value);
                to.Signed(e.Number);
                to.Signed(e.ToldTtlMs);
                to.Text(e.ClaimKey);
                break;
            case SeatReleased e:
                WriteEnd(to, e.Node, e.License, e.Number);
                to.Byte((byte)e.Cause);
                break;
            case ClaimExpired e:
                WriteEnd(to, e.Node, e.License, e.Number);
                break;
            case LicenseAdded e:
                to.Text(e.Id.Value);
                to.Signed(e.Seats);
                to.Optional(e.ExpiryMs);
                break;
            case LicenseRemoved e:
                to.Text(e.Id.Value);
                break;
            case PolicyAdopted e:
                WritePolicy(to, e.Policy);
                break;
            case ClusterPolicyChanged e:
                WritePolicy(to, e.Policy);
                break;
            case PolicyExceptionChanged e:
                WriteException(to, e.Exception);
                break;
            case PoolAdded e:
                to.Text(e.Name);
                break;
            default:
                WriteLaterBody(to, happened);
                break;
        }
    }

    /// <summary>The kinds that came with the second version of the stored forms.</summary>
    private static void WriteLaterBody(ByteWriter to, PoolEvent happened)
    {
        switch (happened)
        {
            case SeatTaken e:
                WriteEnd(to, e.Node, e.License, e.Number);
                to.Text(e.Reason);
                to.Signed(e.CoolDownMs);
                break;
            case LicenseChanged e:
                to.Text(e.Id.Value);
                to.Signed(e.Seats);
                to.Optional(e.ExpiryMs);
                break;
            case LicenseImported e:
                to.Text(e.Id.Value);
                to.Signed(e.Seats);
                to.Optional(e.ExpiryMs);
                to.Signed(e.AddedMs);
                to.Signed(e.Claims);
                to.Signed(e.LastClaimedMs);
                to.Signed(e.LastReleasedMs);
                break;
            case ClaimImported e:
                WriteEnd(to, e.Node, e.License, e.Number);
                to.Signed(e.ToldTtlMs);
                to.Signed(e.SinceMs);
                break;
            case HistoryCut e:
                to.Signed(e.UpTo);
                to.Text(e.Digest);
                break;
            case CopyConfirmed e:
                to.Text(e.Origin);
                break;
        }
    }

    private static PoolEvent ReadBody(EventKind kind, ref ByteReader from, Stamp stamp, KnownNames? known) => kind switch
    {
        EventKind.SeatGranted => new SeatGranted(
            new Fingerprint(from.RequiredText()), ReadLicense(ref from, known), from.Signed(), from.Signed(), from.Text(), stamp),
        EventKind.SeatReleased => new SeatReleased(
            new Fingerprint(from.RequiredText()), ReadLicense(ref from, known), from.Signed(), CauseOf(from.Byte()), stamp),
        EventKind.ClaimExpired => new ClaimExpired(
            new Fingerprint(from.RequiredText()), ReadLicense(ref from, known), from.Signed(), stamp),
        EventKind.LicenseAdded => new LicenseAdded(
            new LicenseId(from.RequiredText()), from.Number(), from.Optional(), stamp),
        EventKind.LicenseRemoved => new LicenseRemoved(ReadLicense(ref from, known), stamp),
        EventKind.PolicyAdopted => new PolicyAdopted(ReadPolicy(ref from), stamp),
        EventKind.ClusterPolicyChanged => new ClusterPolicyChanged(ReadPolicy(ref from), stamp),
        EventKind.PolicyExceptionChanged => new PolicyExceptionChanged(ReadException(ref from), stamp),
        EventKind.PoolAdded => new PoolAdded(from.RequiredText(), stamp),
        EventKind.SeatTaken => new SeatTaken(
            new Fingerprint(from.RequiredText()), ReadLicense(ref from, known), from.Signed(), from.RequiredText(), from.Signed(), stamp),
        EventKind.LicenseChanged => new LicenseChanged(ReadLicense(ref from, known), from.Number(), from.Optional(), stamp),
        EventKind.LicenseImported => new LicenseImported(
            new LicenseId(from.RequiredText()), from.Number(), from.Optional(),
            from.Signed(), from.Signed(), from.Signed(), from.Signed(), stamp),
        EventKind.ClaimImported => new ClaimImported(
            new Fingerprint(from.RequiredText()), ReadLicense(ref from, known), from.Signed(), from.Signed(), from.Signed(), stamp),
        EventKind.HistoryCut => new HistoryCut(from.Signed(), from.RequiredText(), stamp),
        EventKind.CopyConfirmed => new CopyConfirmed(from.RequiredText(), stamp),
        _ => throw new InvalidDataException($"The event kind {(int)kind} is not known: run the Berth version that wrote it."),
    };

    private static LicenseId ReadLicense(ref ByteReader from, KnownNames? known) =>
        known?.License(from.RequiredBytes()) ?? new LicenseId(from.RequiredText());

    private static Who ReadWho(ref ByteReader from)
    {
        var actor = from.Text();
        var address = from.Text();
        var user = from.Text();
        var host = from.Text();
        return (actor, address, user, host) switch
        {
            (null, null, null, null) => Who.Nobody,
            ("member", null, null, null) => Who.Member,
            _ => new Who(actor, address, user, host),
        };
    }

    private static void WriteEnd(ByteWriter to, Fingerprint node, LicenseId license, long number)
    {
        to.Text(node.Value);
        to.Text(license.Value);
        to.Signed(number);
    }

    internal static void WritePolicy(ByteWriter to, Policy policy)
    {
        to.Signed(policy.TtlMs);
        to.Byte((byte)policy.Strategy);
        to.Byte(policy.Heartbeats ? (byte)1 : (byte)0);
    }

    internal static Policy ReadPolicy(ref ByteReader from) =>
        new(TtlOf(from.Signed()), StrategyOf(from.Byte()), from.Byte() != 0);

    internal static void WriteException(ByteWriter to, PolicyException exception)
    {
        to.Optional(exception.Ttl is { } ttl ? (long)ttl.TotalMilliseconds : null);
        to.Optional((long?)exception.Strategy);
        to.Optional(exception.Heartbeats is { } on ? (on ? 1 : 0) : null);
    }

    internal static PolicyException ReadException(ref ByteReader from)
    {
        var ttl = from.Optional();
        var strategy = from.Optional();
        var heartbeats = from.Optional();
        return new PolicyException(
            ttl is { } ms ? TtlOf(ms) : null,
            strategy is { } number ? StrategyOf(number) : null,
            heartbeats is { } on ? on != 0 : null);
    }

    private static TimeSpan TtlOf(long ms) => ms is >= 0 and <= long.MaxValue / TimeSpan.TicksPerMillisecond
        ? TimeSpan.FromMilliseconds(ms)
        : throw new InvalidDataException($"A stored ttl is {ms} ms: the journal is damaged; restore a backup.");

    private static Strategy StrategyOf(long number) => number is >= (long)Strategy.Fifo and <= (long)Strategy.Rand
        ? (Strategy)number
        : throw new InvalidDataException($"The stored strategy {number} is not known: run the Berth version that wrote it.");

    private static ReleaseCause CauseOf(byte number) => number <= (byte)ReleaseCause.Moved
        ? (ReleaseCause)number
        : throw new InvalidDataException($"The stored release cause {number} is not known: run the Berth version that wrote it.");

    /// <summary>The numbers on disk. A number is never used again for something else.</summary>
    private enum EventKind : byte
    {
        PoolAdded = 1,
        LicenseAdded = 2,
        LicenseRemoved = 3,
        PolicyExceptionChanged = 4,
        ClusterPolicyChanged = 5,
        PolicyAdopted = 6,
        SeatGranted = 7,
        SeatReleased = 8,
        ClaimExpired = 9,
        SeatTaken = 10,
        LicenseChanged = 11,
        LicenseImported = 12,
        ClaimImported = 13,
        HistoryCut = 14,
        CopyConfirmed = 15,
    }
}
