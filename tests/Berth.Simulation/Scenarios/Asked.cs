using Berth.Pools;
using Berth.Simulation.Cluster;
using Berth.Simulation.Kernel;

namespace Berth.Simulation.Scenarios;

/// <summary>A request of a script: what came of it, once that is known.</summary>
internal sealed class Asked(TimeSpan sentAt)
{
    public TimeSpan SentAt { get; } = sentAt;

    /// <summary>How it ended; null: it has not.</summary>
    public NetworkEnd? End { get; private set; }

    /// <summary>What was answered.</summary>
    public PoolReply? Reply { get; private set; }

    /// <summary>Who answered; null: nobody did, or it is not answered.</summary>
    public string? Member { get; private set; }

    /// <summary>Under which ownership.</summary>
    public Epoch Epoch { get; private set; }

    /// <summary>When the answer came.</summary>
    public TimeSpan EndedAt { get; private set; }

    public bool IsOver => End is not null;

    /// <summary>How long the answer took.</summary>
    public TimeSpan Took => EndedAt - SentAt;

    public void Ended(NetworkOutcome<RoutedAnswer> outcome, TimeSpan at) =>
        (End, Reply, Member, Epoch, EndedAt) = (outcome.End, outcome.Answer?.Reply, outcome.Answer?.Member, outcome.Answer?.Epoch ?? default, at);
}
