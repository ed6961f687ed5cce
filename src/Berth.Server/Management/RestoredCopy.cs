using Berth.Pools;
using Berth.Protocol;

namespace Berth.Server.Management;

/// <summary>What operators ask about a restored copy, on the guard of this process.</summary>
internal sealed class RestoredCopy(CopyGuard? guard, Who who) : IRestoredCopy
{
    /// <inheritdoc/>
    public ValueTask<Answer<RestoredCopyState>> ShowAsync(CancellationToken stop) => new(State());

    /// <inheritdoc/>
    public async ValueTask<Answer<RestoredCopyState>> ConfirmAsync(ConfirmCopyRequest request, CancellationToken stop)
    {
        if (!IsName(request.User) || !IsName(request.Host))
        {
            return Problems.Invalid($"user and host have 1 to {ConfirmCopyRequest.MaxNameLength} characters and no control characters");
        }

        if (guard is null)
        {
            return State();
        }

        // Where nothing is recorded of who asks, a name that is sent along is not recorded either.
        var named = who == Who.Nobody ? who : who with { User = request.User ?? who.User, Host = request.Host ?? who.Host };
        var reply = await guard.ConfirmAsync(named);
        return reply is Changed ? State() : Problems.Of(reply);
    }

    private RestoredCopyState State() =>
        guard?.Withheld is { } withheld ? new RestoredCopyState(true, withheld.Why, withheld.Since) : new RestoredCopyState(false, null, null);

    private static bool IsName(string? name) =>
        name is null or { Length: > 0 and <= ConfirmCopyRequest.MaxNameLength } && name?.Any(char.IsControl) != true;
}
