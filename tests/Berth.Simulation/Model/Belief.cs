using System.Runtime.InteropServices;
using Berth.Pools;

namespace Berth.Simulation.Model;

/// <summary>One promise: the number of the request that it answers, and when it ends.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Promise(long Request, TimeSpan Until);

/// <summary>What a fingerprint may believe of one license: it holds a seat of it.</summary>
internal sealed class Belief(BelievingNode node, string license)
{
    /// <summary>Those that no other one covers: one that is younger and lasts longer.</summary>
    private readonly List<Promise> _promises = [];

    public BelievingNode Node { get; } = node;

    public string License { get; } = license;

    /// <summary>The number of the grant, where it was told.</summary>
    public long? Grant { get; private set; }

    /// <summary>The newest ownership under which it was told.</summary>
    public Epoch Epoch { get; private set; }

    /// <summary>Since when it is believed without a gap.</summary>
    public TimeSpan Since { get; private set; }

    /// <summary>Nobody need remember it any more.</summary>
    public bool IsOver(TimeSpan now) => Until(now) is null;

    /// <summary>When the last promise ends that counts; null: none does.</summary>
    public TimeSpan? Until(TimeSpan now)
    {
        TimeSpan? until = null;
        foreach (var promise in _promises)
        {
            if (promise.Until > now && !Node.IsVoid(promise.Request, License) && !(until >= promise.Until))
            {
                until = promise.Until;
            }
        }

        return until;
    }

    public void Add(Promise added, long? grant, Epoch epoch, TimeSpan now)
    {
        if (IsOver(now))
        {
            (Since, Grant) = (now, null);
        }

        Grant = grant ?? Grant;
        Epoch = epoch.Value > Epoch.Value ? epoch : Epoch;
        _promises.RemoveAll(before => before.Request <= added.Request && before.Until <= added.Until);
        _promises.Add(added);
    }

    public override string ToString() => FormattableString.Invariant(
        $"{Node.Fingerprint} was told {License}{(Grant is { } grant ? FormattableString.Invariant($" (grant {grant})") : "")} since {Since}");
}
