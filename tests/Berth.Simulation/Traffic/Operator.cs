using Berth.Pools;
using Berth.Simulation.Cluster;
using Berth.Simulation.Kernel;

namespace Berth.Simulation.Traffic;

/// <summary>Somebody who takes seats away, exchanges licenses and changes policies, through any member.</summary>
internal sealed class Operator
{
    private static readonly TimeSpan _waits = TimeSpan.FromSeconds(10);

    /// <summary>Nothing that must be undone before the end begins later.</summary>
    private static readonly TimeSpan _lastPause = TimeSpan.FromMinutes(5);

    private readonly Crowd _crowd;
    private readonly OperatorSetting _setting;
    private readonly Dice _dice;
    private readonly Persistence _persistence;

    /// <summary>The licenses of each pool as far as this operator knows.</summary>
    private readonly Dictionary<PoolName, List<LicenseGrant>> _book;

    /// <summary>The exception of each pool as this operator wants it.</summary>
    private readonly Dictionary<PoolName, PolicyException> _exceptions = [];

    /// <summary>The pools that did without heartbeats for a while, in order.</summary>
    private readonly List<PoolName> _paused = [];
    private int _added;

    public Operator(Crowd crowd, OperatorSetting setting)
    {
        (_crowd, _setting) = (crowd, setting);
        _dice = crowd.Dice.Fork(setting.Asker);
        _persistence = new Persistence(crowd, setting.Asker, _dice);
        _book = crowd.Setting.Pools.ToDictionary(
            pool => pool.Name, pool => Enumerable.Range(0, pool.Licenses.Count).Select(pool.LicenseAt).ToList());
    }

    public void Begin()
    {
        _crowd.World.At(RunTimes.FirstFault, Next);

        // What was asked for earlier may have been decided in another order.
        _crowd.World.At(RunTimes.Quiet + TimeSpan.FromSeconds(2), () =>
        {
            foreach (var pool in _paused)
            {
                Resume(pool);
            }
        });
    }

    /// <summary>Licenses and policies stay as they are once nothing fails any more: only looking goes on.</summary>
    private void Next() => _crowd.World.At(_setting.Every.Draw(_dice), () =>
    {
        if (!_crowd.IsSilent)
        {
            var (act, pool) = (_dice.Pick(_setting.Acts), _dice.Pick(_crowd.Setting.Pools).Name);
            Act(_crowd.World.Now < RunTimes.Quiet ? act : OperatorAct.Look, pool);
            Next();
        }
    });

    private void Act(OperatorAct act, PoolName pool)
    {
        var who = _persistence.Who;
        switch (act)
        {
            case OperatorAct.Take:
                Ask(act, pool, new TakeSeat(SomeNode(pool), "wanted elsewhere", 0, who));
                break;
            case OperatorAct.TakeAndCoolDown:
                Ask(act, pool, new TakeSeat(SomeNode(pool), "misused", 500 + _dice.Below(15_000), who));
                break;
            case OperatorAct.Exchange:
                Exchange(pool);
                break;
            case OperatorAct.Shrink:
                Resize(act, pool, license => Math.Max(1, license.Seats - 1));
                break;
            case OperatorAct.Grow:
                Resize(act, pool, license => Math.Min(3, license.Seats + 1));
                break;
            case OperatorAct.ChangeTtl:
                Except(act, pool, exception => exception with { Ttl = _dice.Chance(0.2) ? null : SomeTtl() });
                break;
            case OperatorAct.ChangeStrategy:
                Except(act, pool, exception => exception with { Strategy = _dice.Pick(Enum.GetValues<Strategy>()) });
                break;
            case OperatorAct.PauseHeartbeats:
                PauseHeartbeats(pool);
                break;
            case OperatorAct.ChangeClusterPolicy:
                ChangeClusterPolicy();
                break;
            case OperatorAct.Look:
                Ask(act, pool, new AskSummary());
                break;
            case OperatorAct.List:
                Ask(act, pool, new AskHolders(-1, long.MaxValue, 10));
                break;
        }
    }

    /// <summary>Asks once and takes what comes.</summary>
    private void Ask(OperatorAct act, PoolName pool, PoolCommand command)
    {
        SentRequest? sent = _crowd.Send(_setting.Asker, _dice.Pick(_crowd.Cluster.Members), pool, command, reply =>
        {
            sent = null;
            Count(act, reply);
        });
        _crowd.World.At(_waits, () => sent?.GiveUp());
    }

    private Fingerprint SomeNode(PoolName pool)
    {
        var there = _crowd.Setting.Nodes.Where(node => node.Pool == pool && node.From < RunTimes.Quiet).ToList();
        return _dice.Pick(there.Count > 0 ? there : _crowd.Setting.Nodes).Fingerprint;
    }

    private TimeSpan SomeTtl() => _dice.Chance(0.5)
        ? TimeSpan.FromSeconds(5 + _dice.Below(4))
        : TrafficSetting.LongestTtl - TimeSpan.FromSeconds(_dice.Below(15));

    /// <summary>A license goes, and a new one of as many seats comes: usually after it, sometimes before.</summary>
    private void Exchange(PoolName pool)
    {
        if (_book[pool] is not { Count: > 0 } known)
        {
            return;
        }

        var goes = _dice.Pick(known);
        known.Remove(goes);
        var comes = new LicenseGrant(new LicenseId($"{pool.Value}-{_setting.Asker}-{++_added}"), goes.Seats, null);
        var pause = _dice.Between(TimeSpan.Zero, TimeSpan.FromSeconds(8));
        if (_dice.Chance(0.3))
        {
            Add(() => _crowd.World.At(pause, () => Remove(() => { })));
        }
        else
        {
            Remove(() => _crowd.World.At(pause, () => Add(() => { })));
        }

        void Remove(Action then) => _persistence.Ask(
            pool, new RemoveLicense(goes.Id, _persistence.Who), reply => reply is Changed or NoSuchLicense, _ => then());

        void Add(Action then) => _persistence.Ask(
            pool, new AddLicenses([comes], _persistence.Who), reply => reply is Changed or DuplicateLicense, reply =>
            {
                known.Add(comes);
                Count(OperatorAct.Exchange, reply);
                then();
            });
    }

    private void Resize(OperatorAct act, PoolName pool, Func<LicenseGrant, int> seatsOf)
    {
        if (_book[pool] is not { Count: > 0 } known)
        {
            return;
        }

        var before = _dice.Pick(known);
        var after = before with { Seats = seatsOf(before) };
        known[known.IndexOf(before)] = after;
        Ask(act, pool, new ChangeLicense(after, _persistence.Who));
    }

    private void Except(OperatorAct act, PoolName pool, Func<PolicyException, PolicyException> change)
    {
        var exception = change(_exceptions.GetValueOrDefault(pool) ?? PolicyException.None);
        _exceptions[pool] = exception;
        Ask(act, pool, new SetPolicyException(exception, _persistence.Who));
    }

    /// <summary>Off, and on again for certain.</summary>
    private void PauseHeartbeats(PoolName pool)
    {
        if (_crowd.World.Now > _lastPause || _exceptions.GetValueOrDefault(pool) is { Heartbeats: false } || !_dice.Chance(0.3))
        {
            return;
        }

        _paused.Add(pool);
        Except(OperatorAct.PauseHeartbeats, pool, exception => exception with { Heartbeats = false });
        _crowd.World.At(_dice.Between(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(40)), () => Resume(pool));
    }

    private void Resume(PoolName pool)
    {
        var exception = (_exceptions.GetValueOrDefault(pool) ?? PolicyException.None) with { Heartbeats = true };
        _exceptions[pool] = exception;
        _persistence.Ask(pool, new SetPolicyException(exception, _persistence.Who), reply => reply is Changed, _ => { });
    }

    private void ChangeClusterPolicy()
    {
        var change = new PolicyException(SomeTtl(), _dice.Pick(Enum.GetValues<Strategy>()), null);
        _crowd.Do(
            _dice.Pick(_crowd.Cluster.Members),
            async member => await member.Pools.ChangePolicyAsync(change, _persistence.Who) is Changed,
            done => Count(OperatorAct.ChangeClusterPolicy, done ? Changed.Instance : null));
    }

    private void Count(OperatorAct act, PoolReply? reply)
    {
        if (reply is Changed or Released or PoolSummary or HolderPage)
        {
            _crowd.Counts.Add(act);
        }
    }
}
