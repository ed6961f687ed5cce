using System.Collections.Frozen;
using Berth.Protocol;

namespace Berth.Server.Management;

/// <summary>
/// Which role each call of the management API needs over TCP: the only such table. What is not in it, only an admin may ask.
/// A viewer's calls never show license files, license keys or secrets, and change nothing: without tokens, whoever is on the
/// member's machine may make them.
/// </summary>
internal static class ManagementRights
{
    private const string Get = "GET";
    private const string Put = "PUT";
    private const string Post = "POST";
    private const string Delete = "DELETE";

    /// <summary>Every call and what it needs.</summary>
    public static FrozenDictionary<(string Method, string Route), ManagementRole> Table { get; } =
        new Dictionary<(string Method, string Route), ManagementRole>
        {
            [(Get, ManagementRoutes.Server)] = ManagementRole.Viewer,
            [(Get, ManagementRoutes.Settings)] = ManagementRole.Viewer,
            [(Get, ManagementRoutes.OpenApi)] = ManagementRole.Viewer,
            [(Get, ManagementRoutes.Metrics)] = ManagementRole.Viewer,
            [(Get, ManagementRoutes.Policy)] = ManagementRole.Viewer,
            [(Put, ManagementRoutes.Policy)] = ManagementRole.Operator,
            [(Get, ManagementRoutes.Pools)] = ManagementRole.Viewer,
            [(Get, ManagementRoutes.Pool)] = ManagementRole.Viewer,
            [(Put, ManagementRoutes.PoolException)] = ManagementRole.Operator,
            [(Get, ManagementRoutes.Licenses)] = ManagementRole.Viewer,
            [(Post, ManagementRoutes.Licenses)] = ManagementRole.Vendor,
            [(Get, ManagementRoutes.License)] = ManagementRole.Viewer,
            [(Delete, ManagementRoutes.License)] = ManagementRole.Vendor,
            [(Get, ManagementRoutes.Holders)] = ManagementRole.Viewer,
            [(Get, ManagementRoutes.Holder)] = ManagementRole.Viewer,
            [(Post, ManagementRoutes.HolderRelease)] = ManagementRole.Operator,
            [(Get, ManagementRoutes.Denials)] = ManagementRole.Viewer,
            [(Get, ManagementRoutes.DenialTotals)] = ManagementRole.Viewer,
            [(Get, ManagementRoutes.RestoredCopy)] = ManagementRole.Viewer,
            [(Post, ManagementRoutes.RestoredCopyConfirmation)] = ManagementRole.Operator,
            [(Post, ManagementRoutes.Import)] = ManagementRole.Admin,
            [(Get, ManagementRoutes.Cluster)] = ManagementRole.Viewer,
            [(Get, ManagementRoutes.ClusterEvents)] = ManagementRole.Viewer,
            [(Get, ManagementRoutes.ClusterShards)] = ManagementRole.Viewer,
            [(Get, ManagementRoutes.ClusterJoin)] = ManagementRole.Viewer,
            [(Post, ManagementRoutes.ClusterMove)] = ManagementRole.Operator,
            [(Post, ManagementRoutes.ClusterDown)] = ManagementRole.Operator,
            [(Post, ManagementRoutes.ClusterLeave)] = ManagementRole.Operator,
            // A log names nodes, users and addresses.
            [(Get, ManagementRoutes.Log)] = ManagementRole.Operator,
            [(Get, ManagementRoutes.Audit)] = ManagementRole.Viewer,

            // An export holds the claim keys of nodes.
            [(Get, ManagementRoutes.AuditExport)] = ManagementRole.Admin,
        }.ToFrozenDictionary();

    /// <summary>What a call needs.</summary>
    public static ManagementRole Needed(string method, string? path) =>
        path is not null && Table.TryGetValue((method, path), out var role) ? role : ManagementRole.Admin;
}
