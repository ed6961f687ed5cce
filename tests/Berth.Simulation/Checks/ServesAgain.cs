using Berth.Pools;
using Berth.Simulation.Cluster;
using Berth.Simulation.Model;

namespace Berth.Simulation.Checks;

/// <summary>Once nothing fails any more, every pool that is asked answers, and soon it always does.</summary>
internal sealed class ServesAgain(ClusterModel model) : Check
{
    /// <summary>What is asked so long after the quiet began must be answered.</summary>
    private static readonly TimeSpan _askedAfter = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan _answeredAfter = TimeSpan.FromSeconds(45);

    /// <summary>Who gives up sooner has not waited for an answer.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private readonly Dictionary<PoolName, Probe> _probes = [];
    private TimeSpan? _quiet;

    /// <summary>The pools that were asked since the quiet began.</summary>
    public IReadOnlyCollection<Probe> Probes => _probes.Values;

    /// <inheritdoc/>
    public override void OnQuiet() => _quiet = model.Now;

    /// <inheritdoc/>
    public override void OnAnswered(NodeRequest request, RoutedAnswer answer)
    {
        if (ProbeOf(request) is not { } probe)
        {
            return;
        }

        probe.Answered++;
        if (answer.Reply is not (NotOwner or Unknown or Busy or NotWritten))
        {
            probe.Definite++;
        }
        else if (IsLate(request))
        {
            Violated(Say(request, FormattableString.Invariant($"was answered {answer.Reply} by {answer.Member ?? "nobody"} at epoch {answer.Epoch.Value}")));
        }
    }

    /// <inheritdoc/>
    public override void OnGivenUp(NodeRequest request)
    {
        if (ProbeOf(request) is not null && IsLate(request) && model.Now - request.SentAt >= _patience)
        {
            Violated(Say(request, "was not answered"));
        }
    }

    /// <inheritdoc/>
    public override void OnSilence()
    {
        foreach (var probe in _probes.Values.Where(probe => probe is { Answered: > 0, Definite: 0 } && model.Ledger.PoolOf(probe.Pool) is not null))
        {
            Violated(FormattableString.Invariant(
                $"pool {probe.Pool}: quiet since {_quiet}, {probe.Answered} requests answered since, none of them with a yes or a no"));
        }
    }

    private Probe? ProbeOf(NodeRequest request)
    {
        if (_quiet is not { } quiet || request.SentAt < quiet)
        {
            return null;
        }

        if (!_probes.TryGetValue(request.Pool, out var probe))
        {
            _probes.Add(request.Pool, probe = new Probe(request.Pool));
        }

        return probe;
    }

    private bool IsLate(NodeRequest request) => request.SentAt >= _quiet + _askedAfter && model.Now >= _quiet + _answeredAfter;

    private string Say(NodeRequest request, string what) => FormattableString.Invariant(
        $"pool {request.Pool}: #{request.Number} of {request.Asker} to {request.Edge}, {request.Command}, sent at {request.SentAt}, {what}; quiet since {_quiet}");
}

/// <summary>How a pool answered since the quiet began.</summary>
internal sealed class Probe(PoolName pool)
{
    public PoolName Pool { get; } = pool;

    public int Answered { get; set; }

    /// <summary>Those that say yes or no.</summary>
    public int Definite { get; set; }
}
