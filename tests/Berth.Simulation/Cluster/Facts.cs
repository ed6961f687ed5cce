using Berth.Pools;
using Berth.Simulation.Kernel;

namespace Berth.Simulation.Cluster;

/// <summary>What a node or an operator asked of a member.</summary>
/// <param name="Number">From 1, in the order of sending.</param>
/// <param name="Asker">Which process of a node asks: two may share a fingerprint.</param>
/// <param name="Edge">The member that it was sent to.</param>
/// <param name="Pool">The pool.</param>
/// <param name="Command">What is asked.</param>
/// <param name="SentAt">When it was sent.</param>
internal sealed record NodeRequest(long Number, string Asker, string Edge, PoolName Pool, PoolCommand Command, TimeSpan SentAt)
{
    /// <summary>When it came to a member, each time; null: it has not yet.</summary>
    public TimeSpan? LastArrivedAt { get; set; }
}

/// <summary>What a node was told.</summary>
/// <param name="Reply">The answer.</param>
/// <param name="Member">Who answered under an ownership; null: nobody.</param>
/// <param name="Epoch">The ownership.</param>
internal sealed record RoutedAnswer(PoolReply Reply, string? Member, Epoch Epoch);

/// <summary>An answer that an owner gave.</summary>
/// <param name="Member">The owner.</param>
/// <param name="Process">Its process.</param>
/// <param name="Pool">The pool.</param>
/// <param name="Command">What was asked.</param>
/// <param name="Reply">The answer.</param>
/// <param name="Epoch">The ownership it was given under.</param>
/// <param name="ArrivedAt">When the request had come to that process.</param>
/// <param name="At">Now.</param>
internal sealed record GivenAnswer(
    SimulatedMember Member, SimulatedProcess Process, PoolName Pool, PoolCommand Command, PoolReply Reply, Epoch Epoch, TimeSpan ArrivedAt, TimeSpan At);

/// <summary>What became of a member's process.</summary>
internal enum MemberChange
{
    Started,
    Paused,
    Frozen,
    WentOn,
    Crashed,
    AskedToLeave,
    Ended,
}
