using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Ownership;

namespace Berth.Simulation.Model;

/// <summary>
/// One pool as its committed events have it. It counts and knows no rule: an event that cannot stand changes what it can, and it is a
/// check that says so.
/// </summary>
internal sealed class PoolLedger(PoolName name)
{
    private readonly Dictionary<string, LedgerClaim> _live = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<LedgerClaim>> _claims = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LedgerLicense> _licenses = new(StringComparer.Ordinal);

    public PoolName Name { get; } = name;

    public int Shard { get; } = Shards.Of(name);

    public long Version => Events.Count;

    /// <summary>All events, in order.</summary>
    public List<PoolEvent> Events { get; } = [];

    /// <summary>The chain hash at each version at which a batch ended.</summary>
    public Dictionary<long, byte[]> Heads { get; } = new() { [0] = new byte[AuditChain.HashBytes] };

    public byte[] Head { get; private set; } = new byte[AuditChain.HashBytes];

    /// <summary>The newest epoch that an open raised.</summary>
    public Epoch Epoch { get; set; }

    public Opening Opening { get; set; }

    /// <summary>The number of the last grant.</summary>
    public long LastNumber { get; private set; }

    /// <summary>The longest ttl that any node was told.</summary>
    public TimeSpan LongestTtl { get; private set; }

    public Former<PolicyException> Exception { get; } = new(PolicyException.None);

    public Former<Policy?> ClusterPolicy { get; } = new(null);

    /// <summary>What nodes were last told.</summary>
    public Policy? Adopted { get; private set; }

    public IReadOnlyCollection<LedgerClaim> Live => _live.Values;

    /// <summary>All licenses there ever were.</summary>
    public IReadOnlyCollection<LedgerLicense> Licenses => _licenses.Values;

    public LedgerClaim? LiveOf(string node) => _live.GetValueOrDefault(node);

    /// <summary>All claims that the node ever had, in order.</summary>
    public IReadOnlyList<LedgerClaim> ClaimsOf(string node) => _claims.TryGetValue(node, out var all) ? all : [];

    public LedgerLicense? LicenseOf(string id) => _licenses.GetValueOrDefault(id);

    /// <summary>Lets one event stand.</summary>
    public void Apply(PoolEvent happened, TimeSpan at)
    {
        Events.Add(happened);
        switch (happened)
        {
            case SeatGranted e: Grant(e.Node, e.License, e.Number, e.ToldTtlMs, at); break;
            case ClaimImported e: Grant(e.Node, e.License, e.Number, e.ToldTtlMs, at); break;
            case SeatReleased e: End(e.Node, e.Cause == ReleaseCause.Moved ? ClaimEnd.Moved : ClaimEnd.Released, at); break;
            case ClaimExpired e: End(e.Node, ClaimEnd.Expired, at); break;
            case SeatTaken e: End(e.Node, ClaimEnd.Taken, at); break;
            case LicenseAdded e: Make(e.Id).Adds(e.Seats, at); break;
            case LicenseImported e: Make(e.Id).Adds(e.Seats, at); break;
            case LicenseChanged e: Make(e.Id).Changes(e.Seats, at); break;
            case LicenseRemoved e: Make(e.Id).Retires(at); break;
            case PolicyExceptionChanged e: Exception.Set(e.Exception, at); break;
            case ClusterPolicyChanged e: ClusterPolicy.Set(e.Policy, at); break;
            case PolicyAdopted e: Adopt(e.Policy); break;
            default: break;
        }
    }

    /// <summary>A batch ended here.</summary>
    public void EndBatch(byte[] hash)
    {
        Head = hash;
        Heads[Version] = hash;
    }

    private void Adopt(Policy policy)
    {
        Adopted = policy;
        LongestTtl = policy.Ttl > LongestTtl ? policy.Ttl : LongestTtl;
    }

    private void Grant(Fingerprint node, LicenseId license, long number, long ttlMs, TimeSpan at)
    {
        var claim = new LedgerClaim(node.Value, license.Value, number, at);
        _live[node.Value] = claim;
        if (!_claims.TryGetValue(node.Value, out var all))
        {
            _claims.Add(node.Value, all = []);
        }

        all.Add(claim);
        Make(license).Held++;
        LastNumber = Math.Max(LastNumber, number);
        var ttl = TimeSpan.FromMilliseconds(ttlMs);
        LongestTtl = ttl > LongestTtl ? ttl : LongestTtl;
    }

    private void End(Fingerprint node, ClaimEnd end, TimeSpan at)
    {
        if (_live.Remove(node.Value, out var claim))
        {
            claim.Ends(end, at);
            var license = _licenses[claim.License];
            license.Held--;
            license.ForgetIfDone(at);
        }
    }

    private LedgerLicense Make(LicenseId id)
    {
        if (!_licenses.TryGetValue(id.Value, out var license))
        {
            _licenses.Add(id.Value, license = new LedgerLicense(id.Value));
        }

        return license;
    }
}
