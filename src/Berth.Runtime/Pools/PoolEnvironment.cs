using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Ownership;
using Microsoft.Extensions.Logging;

namespace Berth.Runtime.Pools;

/// <summary>What all actors of a member share.</summary>
internal sealed class PoolEnvironment(IJournal journal, HeldLease lease, TimeProvider time, PoolHostOptions options, ILogger log)
{
    /// <summary>Guards changes of <see cref="Rules"/>, which keep each other's parts.</summary>
    private readonly Lock _ruling = new();
    private volatile bool _lostPool;
    private volatile int _featureLevel = FeatureLevels.Newest;
    private volatile PoolRules _rules = options.Rules;
    private ulong _randomState = options.RandomSeed;

    public IJournal Journal { get; } = journal;

    public TimeProvider Time { get; } = time;

    /// <summary>The right to answer.</summary>
    public HeldLease Lease { get; } = lease;

    public PoolHostOptions Options { get; } = options;

    public ILogger Log { get; } = log;

    public ServiceClock Clock { get; } = new(time, lease);

    public MailRack Mails { get; } = new();

    /// <summary>Told of the answer to each claim; null: denials are not counted.</summary>
    public DenialLog? Denials { get; } = options.CountDenials ? new DenialLog(journal, time, log) : null;

    /// <summary>Replaced as a whole by <see cref="Change"/>.</summary>
    public PoolRules Rules => _rules;

    /// <summary>What every member can read: the only one's own, or what the table says. No event of a higher level is written.</summary>
    public int FeatureLevel
    {
        get => _featureLevel;
        set => _featureLevel = value;
    }

    /// <summary>Told of each event once it is durable, in order for each pool; null: nobody listens.</summary>
    public Action<PoolName, PoolEvent>? OnDurable { get; set; }

    /// <summary>Told of each event that may be durable or not, before anybody is told <see cref="Unknown"/>; null: nobody listens.</summary>
    public Action<PoolName, PoolEvent>? OnUnknown { get; set; }

    /// <summary>Some actor ended though nobody stopped it: somebody else has its pool, or a bug ended it.</summary>
    public bool LostPool
    {
        get => _lostPool;
        set => _lostPool = value;
    }

    /// <summary>An actor has ended; <paramref name="lost"/>: though nobody stopped it.</summary>
    public void NoteLoss(bool lost)
    {
        if (lost)
        {
            LostPool = true;
        }
    }

    /// <summary>Told which claims are live when a pool was opened; null: nobody listens.</summary>
    public Action<PoolName, IReadOnlyCollection<Claim>>? OnOpened { get; set; }

    /// <summary>Asked for the earliest deadline of a pool when that may have come nearer.</summary>
    public SweepSchedule Sweeps { get; } = new();

    /// <summary>What the store has forgotten, and what follows for seats.</summary>
    public StoreLoss Loss { get; } = new(log);

    /// <summary>Tells the rules something else, from the next decision on.</summary>
    public void Change(Func<PoolRules, PoolRules> change)
    {
        lock (_ruling)
        {
            _rules = change(_rules);
        }
    }

    public Moment MomentAt(long nowMs) => new(nowMs, Time.GetUtcNow().ToUnixTimeMilliseconds(), NextRandom(), Rules);

    /// <summary>Its time has run out: it must not be decided any more.</summary>
    public bool IsTooLate(in Delivery delivery) => delivery.NotAfter != 0 && Time.GetTimestamp() > delivery.NotAfter;

    /// <summary>SplitMix64: fast, and the same for the same seed.</summary>
    public ulong NextRandom()
    {
        var z = Interlocked.Add(ref _randomState, 0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
