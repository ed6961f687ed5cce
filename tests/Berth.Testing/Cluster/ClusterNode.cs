using Berth.Runtime;
using Berth.Runtime.Journal;
using Berth.Runtime.Ownership;

namespace Berth.Testing.Cluster;

/// <summary>One life of a member's process in a <see cref="TestCluster"/>: the member, and its ways to the stores and to the others.</summary>
public sealed class ClusterNode : IDisposable
{
    private readonly HttpMessageInvoker _invoker;

    internal ClusterNode(MemberCard card, TestClusterOptions options, TestCluster cluster)
    {
        Card = card;
        Table = new FaultyTable(cluster.Table);
        Journal = new FaultyJournal(cluster.Journal);
        Wire = new ClusterWire(cluster.At, cluster.Clock);
        _invoker = new HttpMessageInvoker(Wire);
        Member = new ClusterMember(new ClusterMemberParts(card, Journal, Table, _invoker, cluster.Clock, Log)
        {
            Ownership = options.Ownership,
            Routing = options.Routing,
            Pools = options.Pools with { ExplicitPolicy = card.ExplicitPolicy },
        });
    }

    /// <summary>What it says of itself.</summary>
    public MemberCard Card { get; }

    /// <summary>The member.</summary>
    public ClusterMember Member { get; }

    /// <summary>Its way to the table.</summary>
    public FaultyTable Table { get; }

    /// <summary>Its way to the journal.</summary>
    public FaultyJournal Journal { get; }

    /// <summary>Its way to the others.</summary>
    public ClusterWire Wire { get; }

    /// <summary>What it logged.</summary>
    public RecordedLog Log { get; } = new();

    /// <summary>Its process is there: its port takes connections.</summary>
    public bool IsRunning { get; internal set; } = true;

    /// <summary>Its run, from start to end.</summary>
    public Task Running { get; private set; } = Task.CompletedTask;

    /// <summary>The life under way; 0: none.</summary>
    public Incarnation Self => Member.Ownership.Self;

    internal CancellationTokenSource Stop { get; } = new();

    /// <summary>Everything but its own process is out of reach.</summary>
    public void Cut()
    {
        Wire.IsCut = true;
        CutStore();
    }

    /// <summary>The table and the journal are out of reach.</summary>
    public void CutStore()
    {
        Table.IsCut = true;
        Journal.Otherwise = (_, _) => Fault.ThrowBefore;
    }

    /// <summary>Everything is within reach again.</summary>
    public void Heal()
    {
        Wire.IsCut = false;
        Table.IsCut = false;
        Journal.Otherwise = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Member.Dispose();
        _invoker.Dispose();
        Stop.Dispose();
    }

    internal void Start() => Running = RunAsync();

    private async Task RunAsync()
    {
        try
        {
            await Member.RunAsync(Stop.Token);
        }
        finally
        {
            IsRunning = false;
        }
    }
}
