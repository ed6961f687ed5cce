using Berth.Pools;
using Berth.Runtime.Pools;
using Berth.Testing;

namespace Berth.Runtime.Tests.Pools;

public sealed class ActorTurnTests
{
    [Theory]
    [InlineData(Fault.None)]
    [InlineData(Fault.NotWritten)]
    [InlineData(Fault.Fenced)]
    [InlineData(Fault.ThrowBefore)]
    public async Task What_follows_an_inline_answer_knows_that_it_is_on_the_actors_thread(Fault fault)
    {
        await using var rig = await ActorRig.WithSeatsAsync(9);
        var hold = await rig.BlockAsync();
        var inline = SeenAsync(rig.Actor.SendAsync(new ClaimSeat(new("a"), Who.Nobody), new(0, default, Inline: true)));
        var elsewhere = SeenAsync(rig.Actor.SendAsync(new ClaimSeat(new("b"), Who.Nobody), default));
        rig.Journal.Otherwise = (call, _) => call == JournalCall.Append ? fault : Fault.None;
        hold.Release();
        (await inline.WaitAsync(rig.Deadline)).ShouldBeTrue();
        (await elsewhere.WaitAsync(rig.Deadline)).ShouldBeFalse();
    }

    private static async Task<bool> SeenAsync(ValueTask<PoolReply> answer)
    {
        await answer.ConfigureAwait(false);
        return ActorTurn.IsAnswering;
    }
}
