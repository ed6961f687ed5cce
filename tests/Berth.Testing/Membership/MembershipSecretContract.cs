using Berth.Runtime.Ownership;

namespace Berth.Testing.Membership;

/// <summary>Conditions 1 and 9: a secret is changed while members come and go.</summary>
public abstract class MembershipSecretContract<TStore> : MembershipTableContract<TStore>
    where TStore : MembershipTableUnderTest, new()
{
    private static readonly string _old = new('a', 64);
    private static readonly string _new = new('b', 64);
    private static readonly string _next = new('c', 64);

    [Fact]
    public async Task Who_shows_two_secrets_fits_by_either_and_changes_nothing()
    {
        await JoinAsync(Of("ann", _old));
        await JoinAsync(Of("bob", _old, _new));
        await JoinAsync(Of("cid", _new, _old));
        (await ReadAsync()).Members.Select(row => (row.Card.SecretDigest, row.Card.OtherDigest)).Distinct().ShouldBe([(_old, null)]);
        await RefusedAsync(Of("dan", _new));
        await RefusedAsync(Of("dan", _new, _next));
    }

    [Fact]
    public async Task The_first_secret_of_the_first_member_makes_the_cluster()
    {
        await JoinAsync(Of("ann", _old, _new));
        await RefusedAsync(Of("bob", _new));
        await JoinAsync(Of("bob", _old));
    }

    [Fact]
    public async Task The_cluster_goes_by_another_secret_from_then_on_in_all_rows()
    {
        var ann = await JoinAsync(Of("ann", _old));
        var bob = await JoinAsync(Of("bob", _old));
        await LeaveAsync(bob);
        (await ReadAsync()).Members.Count.ShouldBe(2);
        (await AdoptAsync(_new, _old)).ShouldBeTrue();
        (await ReadAsync()).Members.ShouldAllBe(row => row.Card.SecretDigest == _new);
        await RefusedAsync(Of("cid", _old));
        await JoinAsync(Of("cid", _new));
        (await MemberAsync(ann)).State.ShouldBe(MemberState.Up);
        (await RenewAsync(ann)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Asked_again_it_is_so_already()
    {
        await JoinAsync(Of("ann", _old));
        (await AdoptAsync(_new, _old)).ShouldBeTrue();
        await ChangesNothingAsync(async () => (await AdoptAsync(_new, _old)).ShouldBeTrue());
        await ChangesNothingAsync(async () => (await AdoptAsync(_new, _new)).ShouldBeTrue());
    }

    [Fact]
    public async Task From_a_secret_that_the_cluster_does_not_go_by_nothing_changes()
    {
        (await AdoptAsync(_new, _old)).ShouldBeFalse("nobody ever joined");
        await JoinAsync(Of("ann", _old));
        await ChangesNothingAsync(async () => (await AdoptAsync(_new, _next)).ShouldBeFalse());
        await ChangesNothingAsync(async () => (await AdoptAsync(_new)).ShouldBeFalse());
        (await AdoptAsync(_new, _next, _old)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_member_with_an_old_file_does_not_take_the_cluster_back()
    {
        await JoinAsync(Of("ann", _old));
        (await AdoptAsync(_new, _old)).ShouldBeTrue();
        await JoinAsync(Of("bob", _old, _new));
        await ChangesNothingAsync(async () => (await AdoptAsync(_old, _new)).ShouldBeFalse());
        await JoinAsync(Of("cid", _new));
        (await AdoptAsync(_next, _new)).ShouldBeTrue();
        await ChangesNothingAsync(async () => (await AdoptAsync(_new, _next)).ShouldBeFalse());
    }

    [Fact]
    public async Task It_stays_so_when_all_have_left()
    {
        var ann = await JoinAsync(Of("ann", _old));
        (await AdoptAsync(_new, _old)).ShouldBeTrue();
        await LeaveAsync(ann);
        await RefusedAsync(Of("ann", _old));
        await JoinAsync(Of("ann", _next, _new));
    }

    private static MemberCard Of(string name, string digest, string? other = null) => Card(name) with { SecretDigest = digest, OtherDigest = other };

    private ValueTask<bool> AdoptAsync(string to, params string[] from) => Table.AdoptSecretAsync(from, to, Cancel);

    private async Task RefusedAsync(MemberCard card) => (await Table.JoinAsync(card, Cancel)).Refusal.ShouldBe(JoinRefusal.OtherSecret);
}
