namespace Berth.Protocol;

/// <summary>
/// What an operator asks of a cluster, in this process or through a member's management socket. Conditions:
/// <list type="number">
/// <item>An ordinary refusal is a <see cref="Problem"/>, never an exception, and nothing happened unless its code is
/// <see cref="ProblemCodes.OutcomeUnknown"/> or <see cref="Problem.Added"/> says what did.</item>
/// <item>Arguments may be a stranger's: anything is allowed, and what does not make sense is <see cref="ProblemCodes.InvalidRequest"/>.</item>
/// <item>Pages are at most <see cref="ManagementRoutes.MaxPage"/> long. What is added between two pages may be missing.</item>
/// <item>Exceptions mean that nobody could be asked: <see cref="ManagementUnreachableException"/>, or a cancelled token.</item>
/// </list>
/// </summary>
public interface IAdministration
{
    /// <summary>Describes the member that answers.</summary>
    ValueTask<Answer<ServerDescription>> DescribeServerAsync(CancellationToken stop);

    /// <summary>
    /// Verifies license files and adds them in order. The first failure ends it, names its file by the number of those added before it,
    /// and lists these in <see cref="Problem.Added"/>; they stay.
    /// </summary>
    ValueTask<Answer<AddedLicenses>> AddLicensesAsync(AddLicensesRequest request, CancellationToken stop);

    /// <summary>Takes a license out. Its holders keep what they were told.</summary>
    ValueTask<Answer<RemovedLicense>> RemoveLicenseAsync(string id, CancellationToken stop);

    /// <summary>Lists the licenses of a pool, or of all (null), from <paramref name="next"/> of the page before (null: the first).</summary>
    ValueTask<Answer<LicenseListing>> ListLicensesAsync(string? pool, string? next, int limit, CancellationToken stop);

    /// <summary>Finds one license.</summary>
    ValueTask<Answer<LicenseEntry>> FindLicenseAsync(string id, CancellationToken stop);

    /// <summary>Lists all pools, from <paramref name="next"/> of the page before (null: the first).</summary>
    ValueTask<Answer<PoolListing>> ListPoolsAsync(string? next, int limit, CancellationToken stop);

    /// <summary>Shows one pool.</summary>
    ValueTask<Answer<PoolEntry>> FindPoolAsync(string pool, CancellationToken stop);

    /// <summary>Replaces a pool's exception to the cluster's policy as a whole; <see cref="PolicyParts.None"/> ends it.</summary>
    ValueTask<Answer<PoolEntry>> SetExceptionAsync(string pool, PolicyParts exception, CancellationToken stop);

    /// <summary>Shows the cluster's policy.</summary>
    ValueTask<Answer<PolicyParts>> ShowPolicyAsync(CancellationToken stop);

    /// <summary>The record of what happened.</summary>
    IAudit Audit { get; }

    /// <summary>
    /// Changes the cluster's policy, which is recorded; null parts stay. The answer is the whole policy. A start that sets one of the
    /// parts explicitly changes it again.
    /// </summary>
    ValueTask<Answer<PolicyParts>> ChangePolicyAsync(PolicyParts change, CancellationToken stop);

    /// <summary>
    /// The settings of the member that answers, and where each came from. <see cref="ProblemCodes.Unavailable"/> where none serves.
    /// </summary>
    ValueTask<Answer<SettingListing>> ListSettingsAsync(CancellationToken stop);

    /// <summary>Who holds seats.</summary>
    IHolders Holders { get; }

    /// <summary>Which claims were denied.</summary>
    IDenials Denials { get; }

    /// <summary>Whether the store is a restored copy, and an operator's answer for it.</summary>
    IRestoredCopy RestoredCopy { get; }

    /// <summary>The members and their shards.</summary>
    ICluster Cluster { get; }

    /// <summary>What the member that answers has logged lately.</summary>
    IMemberLog Log { get; }

    /// <summary>Takes over what another license server knew.</summary>
    IRelayImport Import { get; }
}
