using Berth.Protocol;
using Berth.Storage;

namespace Berth.Cli.Doctor;

/// <summary>What is known of a store that members share.</summary>
internal sealed record SharedProbe
{
    /// <summary>The store, without a password.</summary>
    public required string Store { get; init; }

    /// <summary>Why it cannot be read; null: it can.</summary>
    public string? Refused { get; init; }

    /// <summary>How long it took to read on a connection that was there.</summary>
    public TimeSpan Took { get; init; }

    /// <summary>The members and the shards; null: they could not be read.</summary>
    public ClusterState? Cluster { get; init; }

    /// <summary>The socket that a member answers on; or else where one was looked for, a file or a folder.</summary>
    public required string Socket { get; init; }

    /// <summary>Members whose names this machine does not know, with their addresses.</summary>
    public IReadOnlyList<string> Lost { get; init; } = [];

    /// <summary>Whether a member answers there.</summary>
    public bool Answers { get; init; }
}

/// <summary>Checks of a store that members share, and of the members.</summary>
internal static class SharedChecks
{
    /// <summary>Each grant takes a few ways there and back, and each lease is renewed over one.</summary>
    private static readonly TimeSpan _slow = TimeSpan.FromSeconds(1);

    public static IEnumerable<Finding> Of(SharedProbe probe)
    {
        if (probe.Refused is { } refused)
        {
            yield return Finding.Fail(CheckNames.Database, refused, "start the database, or correct --store, --store-password-file and the rights of its user");
        }
        else
        {
            var text = $"{probe.Store} answers, read in {probe.Took.TotalMilliseconds:0} ms";
            yield return probe.Took > _slow
                ? Finding.Warn(CheckNames.Database, text, "leases are renewed over it: put it nearer, or look what keeps it busy")
                : Finding.Ok(CheckNames.Database, text);
        }

        yield return probe.Answers
            ? Finding.Ok(CheckNames.Member, $"one answers on {probe.Socket}")
            : Finding.Ok(CheckNames.Member, $"none answers on {probe.Socket}, on this machine");
        if (probe.Cluster is { } cluster)
        {
            yield return Cluster(cluster);
        }

        yield return probe.Lost.Count == 0
            ? Finding.Ok(CheckNames.Addresses, "the names of the members are known on this machine")
            : Finding.Warn(
                CheckNames.Addresses,
                $"names that this machine does not know: {string.Join(", ", probe.Lost)}",
                "members cannot be reached by them: correct --advertise there, or make the name known here, in DNS or /etc/hosts");
    }

    private static Finding Cluster(ClusterState cluster)
    {
        var up = cluster.Members.Count(member => member.State == MemberStates.Up);
        var silent = cluster.Members.Where(member => member.Seen == MemberSights.Silent).Select(member => member.Name).ToList();
        return up == 0 ? Finding.Warn(CheckNames.Cluster, "no member is up: nobody answers claims", "start one: berth serve")
            : silent.Count > 0 ? Finding.Warn(
                CheckNames.Cluster, $"silent: {string.Join(", ", silent)}", "its shards are being taken; if it stays so: berth cluster show, and look at its machine")
            : cluster.Shards.Orphans > 0 ? Finding.Warn(
                CheckNames.Cluster, $"{cluster.Shards.Orphans} of {cluster.Shards.All} shards wait for an owner", "it takes seconds; if it stays so, look at the logs of the members")
            : up == 1 ? Finding.Warn(CheckNames.Cluster, "one member is up: if it ends, nobody takes over", "start another one on another machine")
            : Finding.Ok(CheckNames.Cluster, $"{up} members are up and serve all {cluster.Shards.All} shards");
    }
}
