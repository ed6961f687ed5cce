using Berth.Pools;
using Berth.Runtime.Audit;
using Berth.Runtime.Journal;
using Berth.Runtime.Metrics;
using Berth.Server.Metrics;
using Berth.Storage;

namespace Berth.Server;

/// <summary>What a member keeps its events in.</summary>
/// <param name="Journal">The pools' events.</param>
/// <param name="Epoch">The epoch that a lone store was opened under.</param>
/// <param name="Opened">Closed at the member's end; null: somebody else closes it.</param>
/// <param name="Shared">What several members need; null: the store is this member's alone.</param>
/// <param name="Signer">Signs checkpoints and exports; null: nothing is signed.</param>
internal sealed record MemberStores(IJournal Journal, Epoch Epoch, Store? Opened, SharedStore? Shared, AuditSigner? Signer)
{
    /// <summary>How its calls go; null: they are not measured.</summary>
    public StoreMeasures? Measures { get; private init; }

    /// <summary>The same stores, whose calls are measured.</summary>
    public MemberStores Measured(TimeProvider time)
    {
        var measures = new StoreMeasures(time);
        return this with
        {
            Journal = new MeasuredJournal(Journal, measures),
            Shared = Shared is null ? null : Shared with { Table = new MeasuredTable(Shared.Table, measures) },
            Measures = measures,
        };
    }

    /// <summary>What is told of them.</summary>
    public StoreMetrics Told(MemberOptions options, TimeProvider time) => new(
        Measures ?? new StoreMeasures(time),
        new StoreSize(Journal.History, time),
        Opened is null || Shared is not null ? null : (options.StoreUri ?? StorageUri.Parse(options.Store)).Path);

    /// <summary>Throws <see cref="InvalidOperationException"/> where the options of a member do not fit its kind of store.</summary>
    public static void Check(MemberOptions options, bool isShared)
    {
        if (isShared && options.Cluster is null)
        {
            throw new InvalidOperationException(
                $"store {Shown(options)} is shared by members: say which member of which cluster this is, with --cluster-name and --advertise, "
                + "or use sqlite:PATH for a member on its own");
        }

        if (!isShared && options.Cluster is { } cluster)
        {
            throw new InvalidOperationException(
                $"store {Shown(options)} has one member only, and this one is to join cluster \"{cluster.Name}\": use a store that members share, "
                + "such as postgres://USER@HOST/DATABASE, or start it without a cluster");
        }

        if (options is { Cluster: not null, ExclusiveNodes: true })
        {
            throw new InvalidOperationException(
                "one claim a node over all pools (--exclusive-nodes) is exact on a member of its own only: it cannot be had in a cluster");
        }
    }

    /// <summary>Without a password.</summary>
    private static string Shown(MemberOptions options) => options.Store.Contains(':') && !options.Store.StartsWith("memory", StringComparison.Ordinal)
        ? StorageUri.Parse(options.Store).ToString()
        : options.Store;
}
