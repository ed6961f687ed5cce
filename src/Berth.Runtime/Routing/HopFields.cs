using System.Diagnostics;
using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Runtime.Routing;

/// <summary>Fields of several commands and replies. Their form is the message's own, whatever the journal's becomes.</summary>
internal static class HopFields
{
    public static void Write(ByteWriter to, Who who)
    {
        to.Text(who.Actor);
        to.Text(who.Address);
        to.Text(who.User);
        to.Text(who.Host);
    }

    public static void Flag(ByteWriter to, bool value) => to.Byte(value ? (byte)1 : (byte)0);

    /// <summary>How many items follow. A list that no reader would take is a mistake of whoever made it.</summary>
    public static void Count(ByteWriter to, int count, int most)
    {
        if (count > most)
        {
            throw new UnreachableException($"A list of {count} is longer than a message may carry: {most}.");
        }

        to.Unsigned((ulong)count);
    }

    public static void Write(ByteWriter to, LicenseGrant grant)
    {
        to.Text(grant.Id.Value);
        to.Signed(grant.Seats);
        to.Optional(grant.ExpiryMs);
    }

    public static LicenseGrant Grant(ref HopReader from) => new(from.License(), Seats(ref from), from.Optional());

    public static void Write(ByteWriter to, Policy policy)
    {
        to.Signed(policy.TtlMs);
        to.Byte((byte)policy.Strategy);
        Flag(to, policy.Heartbeats);
    }

    public static Policy Policy(ref HopReader from) => new(Ttl(from.Signed()), StrategyOf(from.Byte()), from.Flag());

    public static void Write(ByteWriter to, PolicyException exception)
    {
        to.Optional(exception.Ttl is { } ttl ? ttl.Ticks / TimeSpan.TicksPerMillisecond : null);
        to.Optional((long?)exception.Strategy);
        to.Optional(exception.Heartbeats is { } on ? (on ? 1 : 0) : null);
    }

    public static PolicyException Exception(ref HopReader from)
    {
        var ttl = from.Optional();
        var strategy = from.Optional();
        var heartbeats = from.Optional();
        return new PolicyException(
            ttl is { } ms ? Ttl(ms) : null,
            strategy is { } number ? StrategyOf(number) : null,
            heartbeats switch
            {
                null => null,
                0 => false,
                1 => true,
                _ => throw HopReader.Flaw($"heartbeats are {heartbeats}"),
            });
    }

    private static int Seats(ref HopReader from) => from.Number() is >= 1 and <= HopFormat.MaxSeats and var seats
        ? seats
        : throw HopReader.Flaw($"a license does not give 1 to {HopFormat.MaxSeats} seats");

    private static TimeSpan Ttl(long ms) => ms is >= 0 and <= long.MaxValue / TimeSpan.TicksPerMillisecond
        ? TimeSpan.FromMilliseconds(ms)
        : throw HopReader.Flaw($"a ttl is {ms} ms");

    private static Strategy StrategyOf(long number) => number is >= (long)Strategy.Fifo and <= (long)Strategy.Rand
        ? (Strategy)number
        : throw HopReader.Flaw($"a strategy has the number {number}");
}
