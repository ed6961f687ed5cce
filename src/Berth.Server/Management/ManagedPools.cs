using System.Runtime.CompilerServices;
using Berth.Pools;
using Berth.Runtime.Pools;
using Berth.Runtime.Routing;

namespace Berth.Server.Management;

/// <summary>
/// All pools, as an operator asks for them: the list is this member's, every question and command goes to the pool's owner. Where members
/// share a store, a pool that another one has just made is found by its name at once, and stands in the list some seconds later.
/// </summary>
public sealed class ManagedPools
{
    /// <summary>So many pools are looked into for one page at the most: a page may be short or empty and still name a next one.</summary>
    internal const int MostInPage = 5_000;

    /// <summary>So many pools of other members are asked at once: a hop takes its time, and thousands one by one take too long.</summary>
    private const int MostAtOnce = 32;

    private readonly PoolHost _host;
    private readonly ClaimRouter _router;
    private readonly int _atOnce;

    /// <summary>The pools of the only member.</summary>
    public ManagedPools(PoolHost host)
    {
        (_host, _router, _atOnce) = (host, new ClaimRouter(host), 1);
    }

    /// <summary>The pools of one member among others.</summary>
    public ManagedPools(PoolHost host, ClaimRouter router)
    {
        (_host, _router, _atOnce) = (host, router, MostAtOnce);
    }

    /// <summary>What the rules of this member are.</summary>
    internal PoolRules Rules => _host.Rules;

    /// <summary>The names that are known here, in ordinal order.</summary>
    internal IReadOnlyList<PoolName> Names => _host.Names;

    /// <summary>The names from one on; from the empty text: all.</summary>
    internal IEnumerable<PoolName> NamesFrom(string first) => _host.NamesFrom(first);

    /// <summary>Sends a command to the pool's owner.</summary>
    internal ValueTask<PoolReply> SendAsync(PoolName pool, PoolCommand command, in Delivery delivery = default) =>
        _router.SendAsync(pool, command, delivery);

    /// <summary>Whether a pool has this name. Its owner is asked where it is not known here; whoever cannot be asked may have it.</summary>
    internal async ValueTask<bool> HasAsync(PoolName pool) =>
        _router.Has(pool) || (_atOnce > 1 && await SendAsync(pool, new AskSummary()) is not NoSuchPool);

    /// <summary>Makes a pool unless it is there.</summary>
    internal ValueTask CreateAsync(PoolName pool) => _host.CreatePoolAsync(pool);

    /// <summary>Changes the cluster's policy.</summary>
    internal ValueTask<PoolReply> ChangePolicyAsync(PolicyException change, Who who) => _host.ChangePolicyAsync(change, who);

    /// <summary>Where nodes are exclusive: whether the node holds a claim in any pool. Elsewhere null: not known.</summary>
    internal bool? HoldsAnywhere(Fingerprint node) => _router.HoldsAnywhere(node);

    /// <summary>
    /// Asks pool after pool and gives the answers in the same order. The first is asked alone, because a page is often full with it; then
    /// more and more at once. Who stops early waits for those that were asked already.
    /// </summary>
    internal async IAsyncEnumerable<(PoolName Pool, PoolReply Reply)> AskEachAsync(
        IEnumerable<PoolName> pools, Func<PoolName, PoolCommand> question, [EnumeratorCancellation] CancellationToken stop)
    {
        var asked = new Queue<(PoolName Pool, Task<PoolReply> Reply)>();
        var ahead = 1;
        using var left = pools.GetEnumerator();
        try
        {
            while (true)
            {
                stop.ThrowIfCancellationRequested();
                while (asked.Count < ahead && left.MoveNext())
                {
                    asked.Enqueue((left.Current, SendAsync(left.Current, question(left.Current)).AsTask()));
                }

                if (!asked.TryDequeue(out var first))
                {
                    yield break;
                }

                yield return (first.Pool, await first.Reply);
                ahead = Math.Min(ahead * 2, _atOnce);
            }
        }
        finally
        {
            await Task.WhenAll(asked.Select(one => one.Reply));
        }
    }
}
