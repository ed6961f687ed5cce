using Berth.Runtime.Ownership;
using Berth.Testing;

namespace Berth.Runtime.Tests.Ownership;

public sealed class DeathEvidenceTests
{
    private readonly List<long> _asked = [];
    private readonly DeathEvidence _evidence;
    private Func<ValueTask<bool>> _answer = () => new(true);

    public DeathEvidenceTests()
    {
        var options = new OwnershipOptions { FindEvidence = FindAsync };
        _evidence = new DeathEvidence(options, () => new CancellationTokenSource(), new RecordedLog());
    }

    [Fact]
    public async Task It_is_asked_for_where_a_counter_stands_still_and_believed_the_second_time()
    {
        var member = Rows.Member(1, counter: 3);
        await LookAsync(member);
        _asked.ShouldBeEmpty();
        await LookAsync(member);
        _evidence.IsDead(member).ShouldBeFalse();
        await LookAsync(member);
        _evidence.IsDead(member).ShouldBeTrue();
        _evidence.IsDead(member with { Counter = 4 }).ShouldBeFalse();
    }

    [Fact]
    public async Task It_must_be_there_twice_in_a_row()
    {
        var member = Rows.Member(1);
        await LookAsync(member);
        await LookAsync(member);
        _answer = () => new(false);
        await LookAsync(member);
        _answer = () => new(true);
        await LookAsync(member);
        _evidence.IsDead(member).ShouldBeFalse();
    }

    [Fact]
    public async Task A_counter_that_moves_is_life()
    {
        await LookAsync(Rows.Member(1, counter: 1));
        await LookAsync(Rows.Member(1, counter: 1));
        await LookAsync(Rows.Member(1, counter: 2));
        await LookAsync(Rows.Member(1, counter: 2));
        _evidence.IsDead(Rows.Member(1, counter: 2)).ShouldBeFalse();
    }

    [Fact]
    public async Task Evidence_that_cannot_be_asked_for_is_none_and_stops_nobody()
    {
        _answer = () => throw new OperationCanceledException("it took too long");
        var (member, other) = (Rows.Member(1), Rows.Member(2));
        for (var i = 0; i < 3; i++)
        {
            await LookAsync(member, other);
        }

        _asked.ShouldBe([1, 2, 1, 2]);
        _evidence.IsDead(member).ShouldBeFalse();
    }

    [Fact]
    public async Task Nobody_looks_for_evidence_about_himself()
    {
        var self = Rows.Member(77);
        await LookAsync(self);
        await LookAsync(self);
        _asked.ShouldBeEmpty();
    }

    private ValueTask LookAsync(params MemberRow[] members) => _evidence.LookAsync(Rows.Table(members), new Incarnation(77));

    private ValueTask<bool> FindAsync(MemberRow member, CancellationToken cancel)
    {
        _asked.Add(member.Incarnation.Value);
        return _answer();
    }
}
