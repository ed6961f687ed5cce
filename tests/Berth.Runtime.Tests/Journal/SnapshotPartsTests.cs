using System.Globalization;
using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;

namespace Berth.Runtime.Tests.Journal;

public sealed class SnapshotPartsTests
{
    private static readonly Stamp _stamp = new(0, 1_767_323_045_678, Who.Nobody);

    [Fact]
    public void A_state_comes_back_with_everything_in_it()
    {
        var state = Filled(claims: 5, licenses: 2, seats: 3, fingerprint: "node-");
        Pool.Evolve(state, new PolicyExceptionChanged(new(TimeSpan.FromSeconds(45), null, true), _stamp));
        Pool.Evolve(state, new ClusterPolicyChanged(new(TimeSpan.FromSeconds(90), Strategy.Lifo, true), _stamp));
        Pool.Evolve(state, new LicenseRemoved(new("lic-1"), _stamp));
        Pool.Evolve(state, new LicenseAdded(new("late"), 7, 1_893_456_000_000, _stamp));
        Pool.Evolve(state, new SeatGranted(new("last"), new("late"), 6, 45_000, "key", _stamp with { Who = new("a", "b", "zoë", "h") }));
        state.Keep();

        var copy = Copy(state, out var parts);

        parts.Count.ShouldBe(1);
        Same(copy, state);
        copy.Exception.ShouldBe(state.Exception);
        copy.ClusterPolicy.ShouldBe(state.ClusterPolicy);
        copy.LicenseOf(new("lic-1"))!.Retired.ShouldBeTrue();
        copy.LicenseOf(new("late"))!.ExpiryMs.ShouldBe(1_893_456_000_000);
        var last = copy.ClaimOf(new("last"))!;
        (last.ClaimKey, last.Holder!.User, last.Holder.Host).ShouldBe(("key", "zoë", "h"));
    }

    [Fact]
    public void Cool_downs_and_expired_claims_come_back_and_go_on_by_the_wall_clock()
    {
        var state = Filled(claims: 2, licenses: 1, seats: 3, fingerprint: "node-");
        Pool.Evolve(state, new PolicyAdopted(Policy.Default, _stamp));
        Pool.Evolve(state, new SeatTaken(new("node-000000"), new("lic-0"), 1, "because", 300_000, _stamp));
        Pool.Evolve(state, new SeatGranted(new("keyed"), new("lic-0"), 3, 60_000, "key", _stamp));
        Pool.Evolve(state, new ClaimExpired(new("keyed"), new("lic-0"), 3, _stamp));
        state.Keep();

        var copy = Copy(state, out _);
        Pool.Recover(copy, nowMs: 5_000, wallMs: _stamp.WallMs + 10_000, formerLeaseMs: 0);

        copy.CoolDownOf(new("node-000000"), 294_999).ShouldNotBeNull().Text.ShouldBe("because");
        copy.CoolDownOf(new("node-000000"), 295_000).ShouldBeNull();
        copy.LapsedOf(new("keyed"), "key", 54_999).ShouldNotBeNull().License.Value.ShouldBe("lic-0");
        copy.LapsedOf(new("keyed"), "key", 55_000).ShouldBeNull();
        copy.LapsedOf(new("keyed"), "other", 5_000).ShouldBeNull();
    }

    [Fact]
    public void Holders_come_back_newest_first()
    {
        var copy = Copy(Filled(claims: 50, licenses: 1, seats: 50, fingerprint: "node-"), out _);
        copy.LicenseOf(new("lic-0"))!.Holders.Select(claim => claim.Number).ShouldBe(Enumerable.Range(1, 50).Reverse().Select(n => (long)n));
    }

    [Fact]
    public void An_empty_state_comes_back_empty()
    {
        var copy = Copy(new PoolState(new("p")), out var parts);
        parts.Count.ShouldBe(1);
        copy.Version.ShouldBe(0);
    }

    [Fact]
    public void A_hundred_thousand_claims_come_back_from_parts_within_their_limit()
    {
        var state = Filled(claims: 100_000, licenses: 10, seats: 10_000, fingerprint: "machine-of-some-length-");
        var copy = Copy(state, out var parts);
        parts.Count.ShouldBeGreaterThan(10);
        Same(copy, state);
    }

    [Theory]
    [InlineData('f', 512)]
    [InlineData('€', 170)]
    public void Long_fingerprints_fit_their_parts(char letter, int length)
    {
        var state = Filled(claims: 2_000, licenses: 1, seats: 2_000, fingerprint: new string(letter, length - (letter == 'f' ? 6 : 2)));
        var copy = Copy(state, out var parts);
        parts.Count.ShouldBeGreaterThan(3);
        Same(copy, state);
    }

    [Fact]
    public void A_part_of_another_layout_or_with_an_unknown_entry_is_refused()
    {
        Should.Throw<InvalidDataException>(() => SnapshotCodec.Read(new PoolState(new("p")), [3]));
        Should.Throw<InvalidDataException>(() => SnapshotCodec.Read(new PoolState(new("p")), [1, 9]));
        Should.Throw<InvalidDataException>(() => SnapshotCodec.Read(new PoolState(new("p")), [2, 9]));
    }

    /// <summary>Cuts the state into parts and reads them as a replay would.</summary>
    private static PoolState Copy(PoolState state, out IReadOnlyList<SnapshotPart> parts)
    {
        var cut = new SnapshotParts(state.Capture());
        var hash = new byte[AuditChain.HashBytes];
        parts = [.. Enumerable.Range(0, cut.Count).Select(i => new SnapshotPart(state.Version, hash, i, cut.Count, cut.Encode(i).ToArray()))];
        parts.ShouldAllBe(part => part.Bytes.Length <= SnapshotPart.MaxBytes);
        var replay = new PoolReplay(state.Name);
        replay.Begin();
        foreach (var part in parts)
        {
            replay.Take(part);
        }

        replay.Finish(fromKnown: false);
        return replay.State;
    }

    private static void Same(PoolState copy, PoolState state)
    {
        (copy.Version, copy.Grants, copy.LongestTtlMs, copy.Adopted).ShouldBe((state.Version, state.Grants, state.LongestTtlMs, state.Adopted));
        (copy.ClaimCount, copy.LicenseCount, copy.SeatCount, copy.FreeSeatCount)
            .ShouldBe((state.ClaimCount, state.LicenseCount, state.SeatCount, state.FreeSeatCount));
        foreach (var (mine, theirs) in copy.Licenses.Zip(state.Licenses))
        {
            (mine.Id, mine.Seats, mine.Held, mine.Claims, mine.LastClaimedMs, mine.AddedWallMs, mine.Retired)
                .ShouldBe((theirs.Id, theirs.Seats, theirs.Held, theirs.Claims, theirs.LastClaimedMs, theirs.AddedWallMs, theirs.Retired));
        }

        foreach (var theirs in state.Claims)
        {
            var mine = copy.ClaimOf(theirs.Node);
            if (mine is null || (mine.License.Id, mine.Number, mine.Version) != (theirs.License.Id, theirs.Number, theirs.Version))
            {
                mine.ShouldNotBeNull($"the claim of {theirs.Node} differs");
            }
        }
    }

    private static PoolState Filled(int claims, int licenses, int seats, string fingerprint)
    {
        var state = new PoolState(new("p"));
        Pool.Evolve(state, new PoolAdded("p", _stamp));
        for (var i = 0; i < licenses; i++)
        {
            Pool.Evolve(state, new LicenseAdded(new($"lic-{i}"), seats, null, _stamp));
        }

        Pool.Evolve(state, new PolicyAdopted(Policy.Default, _stamp));
        for (var i = 0; i < claims; i++)
        {
            var node = new Fingerprint(fingerprint + i.ToString("D6", CultureInfo.InvariantCulture));
            Pool.Evolve(state, new SeatGranted(node, new($"lic-{i % licenses}"), i + 1, 60_000, null, _stamp));
        }

        state.Keep();
        return state;
    }
}
