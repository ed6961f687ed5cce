namespace Berth.Protocol;

/// <summary>
/// The routes of the management API. Names of pools and ids of licenses travel in the query, where every text has exactly one meaning.
/// </summary>
public static class ManagementRoutes
{
    /// <summary>GET: the member that answers.</summary>
    public const string Server = "/admin/server";

    /// <summary>GET: the settings of the member that answers.</summary>
    public const string Settings = "/admin/settings";

    /// <summary>GET: the cluster's policy. PUT: change it.</summary>
    public const string Policy = "/admin/policy";

    /// <summary>GET: pools, paged.</summary>
    public const string Pools = "/admin/pools";

    /// <summary>GET: one pool.</summary>
    public const string Pool = "/admin/pool";

    /// <summary>PUT: a pool's exception to the policy, as a whole.</summary>
    public const string PoolException = "/admin/pool/exception";

    /// <summary>GET: licenses, paged. POST: add some.</summary>
    public const string Licenses = "/admin/licenses";

    /// <summary>GET: one license. DELETE: take it out.</summary>
    public const string License = "/admin/license";

    /// <summary>GET: events of a pool, the newest first, paged.</summary>
    public const string Audit = "/admin/audit";

    /// <summary>GET: the whole history, as lines of JSON; docs/audit.md describes them.</summary>
    public const string AuditExport = "/admin/audit/export";

    /// <summary>The query parameter that names a license whose events are wanted.</summary>
    public const string LicenseKey = "license";

    /// <summary>The query parameter that names a kind of event.</summary>
    public const string EventKey = "event";

    /// <summary>GET: holders, paged.</summary>
    public const string Holders = "/admin/holders";

    /// <summary>GET: what one node holds.</summary>
    public const string Holder = "/admin/holder";

    /// <summary>POST: take a node's seat away.</summary>
    public const string HolderRelease = "/admin/holder/release";

    /// <summary>GET: denials, paged; as CSV where <c>Accept</c> asks for it.</summary>
    public const string Denials = "/admin/denials";

    /// <summary>GET: denials added up by reason.</summary>
    public const string DenialTotals = "/admin/denials/totals";

    /// <summary>GET: the description of this API.</summary>
    public const string OpenApi = "/openapi/v1.json";

    /// <summary>The query parameter that names a node.</summary>
    public const string FingerprintKey = "fingerprint";

    /// <summary>GET: the metrics of the member that answers, as text; docs/metrics.md describes them.</summary>
    public const string Metrics = "/metrics";

    /// <summary>GET: whether the store is a restored copy that gives no seats.</summary>
    public const string RestoredCopy = "/admin/restored-copy";

    /// <summary>POST: an operator answers for a restored copy.</summary>
    public const string RestoredCopyConfirmation = "/admin/restored-copy/confirmation";

    /// <summary>POST: take over licenses, counters and claims of Keygen Relay.</summary>
    public const string Import = "/admin/import";

    /// <summary>GET: the members and how the shards are dealt.</summary>
    public const string Cluster = "/admin/cluster";

    /// <summary>POST: mark a dead member down.</summary>
    public const string ClusterDown = "/admin/cluster/down";

    /// <summary>POST: the member that answers leaves and ends.</summary>
    public const string ClusterLeave = "/admin/cluster/leave";

    /// <summary>GET: lines of the member's log, perhaps after a wait.</summary>
    public const string Log = "/admin/log";

    /// <summary>The query parameter for the number of a line or an event, after which to go on.</summary>
    public const string AfterKey = "after";

    /// <summary>The query parameter that names a run of a member.</summary>
    public const string RunKey = "run";

    /// <summary>The query parameter that names a level of a log.</summary>
    public const string LevelKey = "level";

    /// <summary>The query parameter for how long to wait, in seconds.</summary>
    public const string WaitKey = "wait";

    /// <summary>GET: what happened in the cluster, as the member that answers saw it.</summary>
    public const string ClusterEvents = "/admin/cluster/events";

    /// <summary>GET: the shards and their owners.</summary>
    public const string ClusterShards = "/admin/cluster/shards";

    /// <summary>POST: move a shard to another member.</summary>
    public const string ClusterMove = "/admin/cluster/move";

    /// <summary>GET: whether one more member could join, and what it would be started with.</summary>
    public const string ClusterJoin = "/admin/cluster/join";

    /// <summary>The longest wait for events, in seconds.</summary>
    public const int MaxWait = 30;

    /// <summary>The query parameter that names a member.</summary>
    public const string MemberKey = "member";

    /// <summary>The query parameter that names a pool.</summary>
    public const string PoolKey = "pool";

    /// <summary>The query parameter that names a license.</summary>
    public const string IdKey = "id";

    /// <summary>The query parameter that says where a page begins.</summary>
    public const string NextKey = "next";

    /// <summary>The query parameter for the length of a page.</summary>
    public const string LimitKey = "limit";

    /// <summary>The longest page.</summary>
    public const int MaxPage = 1_000;

    /// <summary>The most bytes of a request: 32 MiB.</summary>
    public const int MaxRequestBytes = 32 * 1024 * 1024;
}
