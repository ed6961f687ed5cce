using Berth.Pools;
using Berth.Runtime.Pools;

namespace Berth.Runtime.Tests.Pools;

public sealed class AnswerWithoutLeaseTests
{
    private static readonly Granted _granted = new(new("lic"), 60_000, 1);
    private static readonly Renewed _renewed = new(new("lic"), 60_000, Repeat: false);

    [Fact]
    public void A_promise_of_time_that_is_durable_is_Unknown()
    {
        AnswerWithoutLease.To(_granted, wrote: true).ShouldBe(Unknown.Instance);
        AnswerWithoutLease.To(_renewed, wrote: true).ShouldBe(Unknown.Instance);
    }

    [Fact]
    public void What_is_durable_and_promises_nothing_is_told()
    {
        AnswerWithoutLease.To(Released.Instance, wrote: true).ShouldBe(Released.Instance);
        AnswerWithoutLease.To(Changed.Instance, wrote: true).ShouldBe(Changed.Instance);
    }

    [Fact]
    public void What_was_read_from_memory_is_asked_again_elsewhere()
    {
        PoolReply[] read = [_renewed, _granted, new NoSeatFree(DenialReason.AllHeld), NotHeld.Instance, AlreadyHeld.Instance, Changed.Instance];
        read.ShouldAllBe(reply => AnswerWithoutLease.To(reply, false) == NotOwner.Instance);
    }

    [Fact]
    public void What_says_that_nothing_is_known_or_happened_stays()
    {
        PoolReply[] replies = [Busy.Instance, NotOwner.Instance, Unknown.Instance, new NotWritten("full")];
        replies.ShouldAllBe(reply => AnswerWithoutLease.To(reply, false) == reply);
    }
}
