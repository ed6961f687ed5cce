using System.Text;

namespace Berth.Pools.Tests.Model;

/// <summary>All that can be seen of a pool, as text: two states that read the same are the same.</summary>
internal static class Observed
{
    /// <summary>What the journal decides, and nothing that lives in memory alone.</summary>
    public static string Durable(PoolState state)
    {
        var text = new StringBuilder()
            .AppendLine(Header(state.Version, state.Grants, state.LongestTtlMs, state.Exception, state.ClusterPolicy, state.Adopted))
            .AppendLine($"free {state.FreeSeatCount} lapsed {state.LapsedSeatCount} claims {state.ClaimCount} licenses {state.LicenseCount}")
            .AppendLine($"seats {state.SeatCount}");
        foreach (var license in state.Licenses)
        {
            text.AppendLine(LicenseLine(
                new LicenseImage(
                    license.Id, license.Seats, license.ExpiryMs, license.AddedWallMs, license.Retired,
                    license.Claims, license.LastClaimedMs, license.LastReleasedMs),
                license.Held));
        }

        foreach (var claim in state.Claims.OrderBy(claim => claim.Number))
        {
            text.AppendLine(ClaimLine(
                new ClaimImage(
                    claim.Node, claim.License.Id, claim.Number, claim.Version, claim.GrantedWallMs, claim.ClaimKey,
                    claim.Holder?.User, claim.Holder?.Host)));
        }

        return text.ToString();
    }

    /// <summary>Everything, deadlines and what may have been lost included.</summary>
    public static string All(PoolState state)
    {
        var text = new StringBuilder(Durable(state)).AppendLine($"earliest {state.EarliestDeadlineMs}");
        foreach (var claim in state.Claims.OrderBy(claim => claim.Number))
        {
            text.AppendLine(MemoryLine(claim.Number, state.DeadlineOf(claim), state.MayHaveLostLicense(claim)));
        }

        return text.ToString();
    }

    /// <summary>Fails with the lines that differ.</summary>
    public static void ShouldRead(this string actual, string expected, object when)
    {
        if (actual != expected)
        {
            var (has, wants) = (actual.Split('\n'), expected.Split('\n'));
            Assert.Fail($"After {when}\nis not\n{string.Join('\n', wants.Except(has))}\nbut\n{string.Join('\n', has.Except(wants))}");
        }
    }

    /// <summary>Fails with the op whose replies differ.</summary>
    public static void ShouldAnswer(this PoolReply? actual, PoolReply? expected, Op op)
    {
        if (!Equals(actual, expected))
        {
            Assert.Fail($"{op} was answered by {actual}, not by {expected}");
        }
    }

    public static string Header(long version, long grants, long longest, PolicyException exception, Policy? cluster, Policy? adopted) =>
        $"version {version} grants {grants} longest {longest} cluster {Of(cluster)} adopted {Of(adopted)}"
        + $" exception {exception.Ttl?.Ticks} {(int?)exception.Strategy} {exception.Heartbeats}";

    public static string LicenseLine(LicenseImage l, int held) =>
        $"{l.Id.Value} seats {l.Seats} held {held} expiry {l.ExpiryMs} added {l.AddedWallMs} retired {l.Retired}"
        + $" claims {l.Claims} at {l.LastClaimedMs} free at {l.LastReleasedMs}";

    public static string ClaimLine(ClaimImage c) =>
        $"{c.Node.Value} on {c.License.Value} grant {c.Number} version {c.Version} at {c.GrantedWallMs} by {c.ClaimKey} {c.User} {c.Host}";

    public static string MemoryLine(long number, long deadlineMs, bool mayHaveLost) => $"{number} until {deadlineMs} lost {mayHaveLost}";

    private static string Of(Policy? policy) => policy is null ? "none" : $"{policy.TtlMs} {(int)policy.Strategy} {policy.Heartbeats}";
}
