using Berth.Pools;

namespace Berth.Simulation.Traffic;

/// <summary>The operator who sets everything up: the policy, the pools, their first licenses.</summary>
internal sealed class Founder(Crowd crowd)
{
    private readonly Persistence _persistence =
        new(crowd, crowd.Setting.Founder, crowd.Dice.Fork(crowd.Setting.Founder));

    public void Begin() => crowd.World.At(RunTimes.Started, () =>
    {
        var (ttl, strategy, heartbeats) = crowd.Setting.Policy;
        _persistence.Do(
            async member => await member.Pools.ChangePolicyAsync(new(ttl, strategy, heartbeats), _persistence.Who) is Changed,
            () =>
            {
                foreach (var pool in crowd.Setting.Pools)
                {
                    crowd.World.At(pool.MadeAt - crowd.World.Now, () => Make(pool));
                }
            });
    });

    private void Make(PoolSetting pool) => _persistence.Do(
        async member =>
        {
            await member.Pools.CreatePoolAsync(pool.Name);
            return true;
        },
        () => _persistence.Ask(
            pool.Name,
            new AddLicenses([.. Enumerable.Range(0, pool.Licenses.Count).Select(pool.LicenseAt)], _persistence.Who),
            reply => reply is Changed or DuplicateLicense { License: not null },
            _ => { }));
}
