namespace Berth.Runtime.Tests;

/// <summary>What a line of the log says of a store or a member that is away.</summary>
public sealed class FailureReasonTests
{
    [Fact]
    public void It_says_what_happened_and_what_was_found_underneath()
    {
        FailureReason.Of(new IOException("reading failed")).ShouldBe("reading failed");
        FailureReason.Of(new IOException("reading failed", new TimeoutException("too slow"))).ShouldBe("reading failed: too slow");
        FailureReason.Of(new IOException("reading failed: too slow", new TimeoutException("too slow"))).ShouldBe("reading failed: too slow");
    }

    [Fact]
    public void A_call_that_was_given_up_had_no_answer_in_time()
    {
        FailureReason.Of(new TaskCanceledException()).ShouldBe("no answer in time");
        FailureReason.Of(new OperationCanceledException("connecting to db was given up")).ShouldBe("connecting to db was given up");
    }
}
