using Berth.Pools;
using Berth.Simulation.Cluster;
using Berth.Simulation.Kernel;

namespace Berth.Simulation.Traffic;

/// <summary>
/// One process of a node: it wants a seat, uses it and gives it back, or ends without a word and comes back later. It does one thing
/// at a time; whatever was planned before it changed its mind is void.
/// </summary>
internal sealed class Node
{
    private const int MostReleases = 6;

    private readonly Crowd _crowd;
    private readonly NodeSetting _setting;
    private readonly Habits _habits;
    private readonly Dice _dice;
    private readonly Errands _errands;
    private PoolName _pool;
    private TimeSpan _usesUntil;
    private bool _holds;
    private int _releases;

    public Node(Crowd crowd, NodeSetting setting)
    {
        (_crowd, _setting, _habits, _pool) = (crowd, setting, setting.Habits, setting.Pool);
        _dice = crowd.Dice.Fork(setting.Asker);
        _errands = new Errands(crowd, setting, _dice);
        Who = new Who("node", null, null, setting.Asker);
    }

    private Who Who { get; }

    private ClaimSeat ClaimCommand => new(_setting.Fingerprint, Who, _setting.Key);

    public void Begin() => _errands.Plan(_setting.From, Claim);

    private void Claim() => Ask(ClaimCommand, OnClaimed);

    private void Ask(PoolCommand command, Action<PoolReply?> onReply)
    {
        _errands.Ask(_pool, command, onReply);

        // What is on its way then is never heard of again.
        if (_dice.Chance(_habits.Crashes / 3))
        {
            _crowd.Counts.Add(Behavior.CrashedWhileAsking);
            _errands.Interrupt(_dice.Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(20)), Crash);
        }
    }

    private void OnClaimed(PoolReply? reply)
    {
        switch (reply)
        {
            case Granted granted:
                Count(Behavior.GotSeat);
                Use(TimeSpan.FromMilliseconds(granted.TtlMs));
                break;
            case Renewed renewed:
                Count(Behavior.Renewed);
                Use(TimeSpan.FromMilliseconds(renewed.TtlMs));
                break;
            case AlreadyHeld:
                Count(Behavior.HeldWithoutHeartbeats);
                Use(_crowd.Setting.Policy.Ttl);
                break;
            case NoSeatFree:
                FindNothing(Behavior.FoundNoSeat);
                break;
            case CoolingDown:
                FindNothing(Behavior.CooledDown);
                break;
            case OtherClaimKey:
                FindNothing(Behavior.MetOtherKey);
                break;
            case NoSuchPool:
                FindNothing(Behavior.MetNoPool);
                break;
            default:
                Retry(Claim);
                break;
        }
    }

    private void FindNothing(Behavior what)
    {
        Count(what);
        _holds = false;
        MaybeChangePool();
        _errands.Plan(_habits.AsksAgain.Draw(_dice), Claim);
    }

    /// <summary>It was told just now that it holds the seat for another ttl.</summary>
    private void Use(TimeSpan ttl)
    {
        if (!_holds)
        {
            _holds = true;
            _usesUntil = _crowd.World.Now + _habits.Holds.Draw(_dice);
        }

        var renews = NextRenewal(ttl);
        var ends = _usesUntil - _crowd.World.Now;
        if (_dice.Chance(_habits.Crashes))
        {
            _errands.Plan(_dice.Between(TimeSpan.Zero, renews), Crash);
        }
        else if (ends <= renews)
        {
            _releases = 0;
            _errands.Plan(ends, Release);
        }
        else
        {
            _errands.Plan(renews, Renew);
        }
    }

    private TimeSpan NextRenewal(TimeSpan ttl)
    {
        if (_dice.Chance(_habits.RenewsLast))
        {
            Count(Behavior.RenewedAtTheLastMoment);
            return ttl - _dice.Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(20));
        }

        if (_dice.Chance(_habits.RenewsLate))
        {
            Count(Behavior.RenewedLate);
            return ttl * (0.7 + (_dice.Fraction() * 0.28));
        }

        return ttl / 3 * (0.7 + (_dice.Fraction() * 0.4));
    }

    private void Renew()
    {
        if (_dice.Chance(_habits.RenewsTwice))
        {
            Count(Behavior.RenewedTwice);
            _errands.AskAside(_pool, ClaimCommand);
        }

        Claim();
    }

    private void Release() => Ask(new ReleaseSeat(_setting.Fingerprint, Who, _setting.Key), OnReleased);

    private void OnReleased(PoolReply? reply)
    {
        if (reply is not (Released or NotHeld or OtherClaimKey or NoSuchPool))
        {
            if (++_releases < MostReleases)
            {
                Retry(Release);
            }
            else
            {
                Crash();
            }

            return;
        }

        Count(Behavior.Released);
        _holds = false;
        if (_dice.Chance(_habits.ClaimsAtOnce))
        {
            Count(Behavior.ClaimedAtOnceElsewhere);
            _errands.ChangeMember();
            _errands.Plan(_dice.Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(2)), Claim);
        }
        else
        {
            MaybeChangePool();
            _errands.Plan(_habits.Rests.Draw(_dice), Claim);
        }
    }

    private void MaybeChangePool()
    {
        if (_dice.Chance(_habits.ChangesPool))
        {
            Count(Behavior.ChangedPool);
            _pool = _dice.Pick(_crowd.Setting.Pools).Name;
        }
    }

    private void Retry(Action action)
    {
        Count(Behavior.Retried);
        if (_dice.Chance(0.6))
        {
            _errands.ChangeMember();
        }

        _errands.Plan(_habits.Retries.Draw(_dice), action);
    }

    /// <summary>The process ends without a word; another comes up later under the same fingerprint.</summary>
    private void Crash()
    {
        Count(Behavior.Crashed);
        _holds = false;
        _errands.Drop();
        _errands.Plan(_habits.Away.Draw(_dice), () =>
        {
            Count(Behavior.CameBack);
            Claim();
        });
    }

    private void Count(Behavior behavior) => _crowd.Counts.Add(behavior);
}
