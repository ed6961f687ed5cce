namespace Berth.Runtime.Ownership;

/// <summary>How a member keeps its lease and watches the others.</summary>
public sealed record OwnershipOptions
{
    /// <summary>Of a lease, how many renewals are sent: one each third of it.</summary>
    public const int RenewalsPerLease = 3;

    /// <summary>How often the table is read: 100 ms. A member that has fallen silent is noticed up to twice that after its lease.</summary>
    public TimeSpan WatchEvery { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How often evidence is asked for: 250 ms. Each question is a connection to the member, and one to the store.</summary>
    public TimeSpan EvidenceEvery { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long one call of the table may take before its connection is given up: 1 s.</summary>
    public TimeSpan CallLimit { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a member is up before it is given shards that others serve: 30 s, doubled by each crash.</summary>
    public TimeSpan NewcomerDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a shard's last commands may take to be answered before it is handed on without them: 2 s.</summary>
    public TimeSpan DrainLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a shard may be without a live owner before anybody takes it, whoever should: 2 s.</summary>
    public TimeSpan OrphanLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long leaving may take before the process ends without it: 10 s.</summary>
    public TimeSpan LeaveLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long after evidence that a member has ended it is asked for the second time: 100 ms.</summary>
    public TimeSpan EvidenceAgainAfter { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Asked about a member that is up: there is evidence, seen twice, that its process has ended. Being wrong costs that member its
    /// shards, never a seat. It is asked every <see cref="EvidenceEvery"/>, about each member on its own, within <see cref="CallLimit"/>. Null:
    /// only silence counts.
    /// </summary>
    public Func<MemberRow, CancellationToken, ValueTask<bool>>? FindEvidence { get; init; }

    /// <summary>Asked each time the member joins: its card with what may have changed since it was started, the digests of its secrets. Null: nothing.</summary>
    public Func<MemberCard, MemberCard>? CardNow { get; init; }

    /// <summary>The delay of a member with so many crashes: doubled by each, up to 16 times.</summary>
    public TimeSpan NewcomerDelayOf(int crashes) => NewcomerDelay * (1 << Math.Clamp(crashes, 0, 4));
}
