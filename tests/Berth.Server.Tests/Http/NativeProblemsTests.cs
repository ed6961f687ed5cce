using Berth.Pools;
using Berth.Protocol;
using Berth.Server.Http;

namespace Berth.Server.Tests.Http;

/// <summary>Which problem of <c>/v2</c> each reply of a pool is. Only what certainly did not happen is said not to have.</summary>
public sealed class NativeProblemsTests
{
    public static TheoryData<PoolReply, int, string> Replies => new()
    {
        { NotHeld.Instance, 404, ClaimProblemCodes.ClaimNotHeld },
        { NoSuchPool.Instance, 404, ClaimProblemCodes.PoolNotFound },
        { OtherClaimKey.Instance, 409, ClaimProblemCodes.ClaimKeyMismatch },
        { HeldElsewhere.Instance, 409, ClaimProblemCodes.HeldElsewhere },
        { new CoolingDown(1), 409, ClaimProblemCodes.CoolingDown },
        { new NoSeatFree(DenialReason.AllHeld), 409, ClaimProblemCodes.NoSeatFree },
        { Busy.Instance, 503, ClaimProblemCodes.Unavailable },
        { NotOwner.Instance, 503, ClaimProblemCodes.Unavailable },
        { new NotWritten("full"), 503, ClaimProblemCodes.Unavailable },
        { GrantsWithheld.Instance, 503, ClaimProblemCodes.RestoredCopy },
        { Unknown.Instance, 503, ClaimProblemCodes.OutcomeUnknown },
        { Changed.Instance, 503, ClaimProblemCodes.OutcomeUnknown },
    };

    [Theory]
    [MemberData(nameof(Replies), DisableDiscoveryEnumeration = true)]
    public void A_reply_is_this_problem(PoolReply reply, int status, string code)
    {
        var problem = NativeProblems.Of(reply);
        (problem.Status, problem.Code).ShouldBe((status, code));
    }
}
