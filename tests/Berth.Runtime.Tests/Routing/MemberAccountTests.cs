using Berth.Runtime.Routing;

namespace Berth.Runtime.Tests.Routing;

/// <summary>What a member says of itself is read by members of other versions.</summary>
public sealed class MemberAccountTests
{
    [Fact]
    public void It_is_read_as_it_was_written()
    {
        var said = HopSamples.Account;
        var read = MemberAccount.Read(HopSamples.Note(said));
        read.Shards.ShouldBe(said.Shards);
        (read with { Shards = said.Shards }).ShouldBe(said);
        (read.Pools, read.Claims).ShouldBe((1, 100_000_000_000));
    }

    [Fact]
    public void What_a_newer_member_says_besides_is_passed_over() =>
        MemberAccount.Read((byte[])[.. HopSamples.Note(HopSamples.Account), 1, 2, 3]).Version.ShouldBe("1.2.3-pré");

    [Fact]
    public void A_stage_that_is_not_known_is_up() =>
        MemberAccount.Read(HopSamples.Note(HopSamples.Account with { Stage = (MemberStage)99 })).Stage.ShouldBe(MemberStage.Up);

    [Fact]
    public void A_note_that_is_cut_short_is_refused()
    {
        var note = HopSamples.Note(HopSamples.Account);
        for (var length = 0; length < note.Length; length++)
        {
            Should.Throw<InvalidDataException>(() => MemberAccount.Read(note.AsMemory(0, length)));
        }
    }

    [Fact]
    public void A_shard_that_cannot_be_is_refused() => Should.Throw<InvalidDataException>(
        () => MemberAccount.Read(HopSamples.Note(HopSamples.Account with { Shards = [new(256, 1, 1, 0)] })));

    [Fact]
    public void A_long_version_is_cut() =>
        MemberAccount.Read(HopSamples.Note(HopSamples.Account with { Version = new string('é', 500) })).Version.ShouldBe(new string('é', 64));
}
