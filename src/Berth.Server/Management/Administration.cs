using Berth.Pools;
using Berth.Protocol;
using Berth.Runtime.Audit;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;
using Berth.Server.Audit;
using Berth.Server.Logs;
using Berth.Server.Metrics;

namespace Berth.Server.Management;

/// <summary>Does in this process what an operator asks, on the pools of one member or of a cluster.</summary>
/// <param name="pools">The pools.</param>
/// <param name="journal">Where their license files are.</param>
/// <param name="time">Judges whether license files are good now.</param>
/// <param name="describe">Describes this member.</param>
/// <param name="who">Whom the events are to name.</param>
/// <param name="settings">The settings of this member, given the cluster's policy; null: it does not serve.</param>
public sealed class Administration(
    ManagedPools pools,
    IJournal journal,
    TimeProvider time,
    Func<ServerDescription> describe,
    Who who,
    Func<Policy, IReadOnlyList<SettingEntry>>? settings = null) : IAdministration
{
    /// <summary>What an operator asks of the only member.</summary>
    public Administration(
        PoolHost host,
        IJournal journal,
        TimeProvider time,
        Func<ServerDescription> describe,
        Who who,
        Func<Policy, IReadOnlyList<SettingEntry>>? settings = null)
        : this(new ManagedPools(host), journal, time, describe, who, settings)
    {
    }

    /// <summary>Where exports come from. Without one they are not signed and name no cluster.</summary>
    public AuditSource? AuditSource { get; init; }

    /// <inheritdoc/>
    public IAudit Audit => new AuditRecord(pools, journal, AuditSource ?? new AuditSource(journal, string.Empty, () => null, new HistoryGate(), time));

    /// <summary>Withholds the seats of a restored copy; null: the store is never one.</summary>
    public CopyGuard? Copy { get; init; }

    /// <summary>What the cluster is seen and steered by; null: there is only one member.</summary>
    public ClusterSteering? Steering { get; init; }

    /// <summary>What the member has logged lately; null: no member serves.</summary>
    public MemberLog? MemberLog { get; init; }

    /// <inheritdoc/>
    public IMemberLog Log => MemberLog ?? new MemberLog(null, time, CancellationToken.None);

    /// <summary>What the member tells of itself; null: none serves.</summary>
    public MemberMetrics? Metrics { get; init; }

    private readonly LicenseIntake _intake = new(pools, journal, time, who);
    private readonly RelayImport _import = new(pools, journal, who);

    /// <inheritdoc/>
    public IHolders Holders { get; } = new Holders(pools, who);

    /// <inheritdoc/>
    public IDenials Denials { get; } = new Denials(pools, journal);

    /// <inheritdoc/>
    public ICluster Cluster => new ClusterCommands(Steering, who);

    /// <inheritdoc/>
    public IRelayImport Import => _import;

    /// <summary>How many threads verify licenses at once. A member leaves half of the processors to its claims.</summary>
    public int Verifiers { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>The same, with events that name somebody else.</summary>
    public Administration As(Who other) => new(pools, journal, time, describe, other, settings)
    {
        AuditSource = AuditSource,
        Copy = Copy,
        Steering = Steering,
        MemberLog = MemberLog,
        Metrics = Metrics,
        Verifiers = Verifiers,
    };

    /// <inheritdoc/>
    public ValueTask<Answer<ServerDescription>> DescribeServerAsync(CancellationToken stop) =>
        new(Copy?.Withheld is { } withheld ? describe() with { RestoredCopy = withheld.Why } : describe());

    /// <inheritdoc/>
    public ValueTask<Answer<AddedLicenses>> AddLicensesAsync(AddLicensesRequest request, CancellationToken stop) => _intake.AddAsync(request, Verifiers);

    /// <inheritdoc/>
    public async ValueTask<Answer<RemovedLicense>> RemoveLicenseAsync(string id, CancellationToken stop)
    {
        if (await PoolOfAsync(id) is not { } pool)
        {
            return Problems.NoSuchLicense(id);
        }

        var reply = await pools.SendAsync(pool, new RemoveLicense(new LicenseId(id), who));
        if (reply is not Changed)
        {
            return Problems.Of(reply);
        }

        var held = await pools.SendAsync(pool, new AskLicense(new LicenseId(id))) is LicensePage { Licenses: [var retired] } ? retired.Held : 0;
        return new RemovedLicense(id, pool.Value, held);
    }

    /// <inheritdoc/>
    public async ValueTask<Answer<LicenseListing>> ListLicensesAsync(string? pool, string? next, int limit, CancellationToken stop)
    {
        if (!LicenseCursor.TryRead(next, out var cursor))
        {
            return Problems.Invalid("no page begins there");
        }

        if (pool is not null && !await pools.HasAsync(new PoolName(pool)))
        {
            return Problems.NoSuchPool(pool);
        }

        var entries = new List<LicenseEntry>();
        var most = Math.Clamp(limit, 1, ManagementRoutes.MaxPage);
        var looked = 0;
        int After(PoolName name) => string.Equals(name.Value, cursor.Pool, StringComparison.Ordinal) ? cursor.AfterSlot : -1;
        var names = pool is null ? pools.NamesFrom(cursor.Pool) : [new PoolName(pool)];
        await foreach (var (name, asked) in pools.AskEachAsync(names, name => new AskLicenses(After(name), most), stop))
        {
            var room = most - entries.Count;
            if (room == 0 || looked++ == ManagedPools.MostInPage)
            {
                return new LicenseListing(entries, new LicenseCursor(name.Value, After(name)).ToString());
            }

            // It was asked before it was known how much room those before it would leave.
            var reply = asked is LicensePage { Licenses.Count: var count } && count > room
                ? await pools.SendAsync(name, new AskLicenses(After(name), room))
                : asked;
            if (reply is not LicensePage page)
            {
                return Problems.Of(reply);
            }

            entries.AddRange(page.Licenses.Select(license => ManagementViews.Entry(name, license)));
            if (page.NextSlot is { } slot)
            {
                return new LicenseListing(entries, new LicenseCursor(name.Value, slot).ToString());
            }
        }

        return new LicenseListing(entries, null);
    }

    /// <inheritdoc/>
    public async ValueTask<Answer<LicenseEntry>> FindLicenseAsync(string id, CancellationToken stop)
    {
        if (await PoolOfAsync(id) is not { } pool)
        {
            return Problems.NoSuchLicense(id);
        }

        var reply = await pools.SendAsync(pool, new AskLicense(new LicenseId(id)));
        return reply is LicensePage { Licenses: [var license] } ? ManagementViews.Entry(pool, license) : Problems.Of(reply);
    }

    /// <inheritdoc/>
    public async ValueTask<Answer<PoolListing>> ListPoolsAsync(string? next, int limit, CancellationToken stop)
    {
        var entries = new List<PoolEntry>();
        var most = Math.Clamp(limit, 1, ManagementRoutes.MaxPage);
        var names = pools.Names.SkipWhile(name => string.CompareOrdinal(name.Value, next) <= 0 && next is not null).Take(most + 1).ToList();
        await foreach (var (_, reply) in pools.AskEachAsync(names.Take(most), _ => new AskSummary(), stop))
        {
            if (reply is not PoolSummary pool)
            {
                return Problems.Of(reply);
            }

            entries.Add(ClusterViews.Placed(ManagementViews.Entry(pool), Steering));
        }

        return new PoolListing(entries, names.Count > most ? entries[^1].Name : null);
    }

    /// <inheritdoc/>
    public async ValueTask<Answer<PoolEntry>> FindPoolAsync(string pool, CancellationToken stop)
    {
        var reply = await pools.SendAsync(new PoolName(pool), new AskSummary());
        return reply is PoolSummary summary ? ClusterViews.Placed(ManagementViews.Entry(summary), Steering) : Problems.Of(reply);
    }

    /// <inheritdoc/>
    public async ValueTask<Answer<PoolEntry>> SetExceptionAsync(string pool, PolicyParts exception, CancellationToken stop)
    {
        if (ManagementViews.TryRead(exception, out var wanted) is { } flaw)
        {
            return Problems.Invalid(flaw);
        }

        var reply = await pools.SendAsync(new PoolName(pool), new SetPolicyException(wanted, who));
        return reply is Changed ? await FindPoolAsync(pool, stop) : Problems.Of(reply);
    }

    /// <inheritdoc/>
    public ValueTask<Answer<PolicyParts>> ShowPolicyAsync(CancellationToken stop) => new(ManagementViews.Parts(pools.Rules.ClusterPolicy));

    /// <inheritdoc/>
    public async ValueTask<Answer<PolicyParts>> ChangePolicyAsync(PolicyParts change, CancellationToken stop)
    {
        if (ManagementViews.TryRead(change, out var wanted) is { } flaw)
        {
            return Problems.Invalid(flaw);
        }

        if (wanted == PolicyException.None)
        {
            return Problems.Invalid("there is nothing to change: give a ttl, a strategy or heartbeats");
        }

        var reply = await pools.ChangePolicyAsync(wanted, who);
        return reply is Changed ? ManagementViews.Parts(pools.Rules.ClusterPolicy) : Problems.Of(reply);
    }

    /// <inheritdoc/>
    public ValueTask<Answer<SettingListing>> ListSettingsAsync(CancellationToken stop) => new(settings is null
        ? new Problem(ProblemCodes.Unavailable, 503, "no member serves this store, so there are no settings: start one with serve")
        : (Answer<SettingListing>)new SettingListing(settings(pools.Rules.ClusterPolicy)));

    /// <inheritdoc/>
    public IRestoredCopy RestoredCopy => new RestoredCopy(Copy, who);

    private async ValueTask<PoolName?> PoolOfAsync(string id) =>
        LicenseIntake.IsValidId(id) && await journal.ReadLicenseAsync(new LicenseId(id)) is { } row ? row.Pool : null;
}
