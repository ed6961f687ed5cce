using System.Globalization;
using Berth.Chaos.History;
using Berth.Chaos.Processes;

namespace Berth.Chaos.Nodes;

/// <summary>
/// A node that claims a seat, renews it, gives it back and begins again. It asks one member, and at once the next if that one did not do
/// it. After a release of which nobody knows what became it mostly goes by another name, because that release may yet be done.
/// </summary>
internal sealed class CrowdNode(int number, string pool, Rota rota, EdgeCalls calls, Recorder recorder, int seed)
{
    private const int ReleasePercent = 12;
    private const int SameNamePercent = 20;
    private const int ShortestPauseMs = 300;
    private const int LongestPauseMs = 2_500;

    /// <summary>How long a node waits for one answer: 3 s.</summary>
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(3);

    private readonly Random _random = new(seed);
    private int _names;
    private bool _holds;

    /// <summary>A release under this name may yet be done, and take what it has claimed since.</summary>
    private bool _mayLose;

    private string Name => string.Create(CultureInfo.InvariantCulture, $"{pool}-n{number}-{_names}");

    /// <summary>Told of all that a node wanted, when it is done.</summary>
    public Action<Errand>? Done { get; init; }

    /// <summary>Lives until it is stopped. What it holds then it keeps and says no more.</summary>
    public async Task RunAsync(TimeProvider time, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(ShortestPauseMs, LongestPauseMs)), time, stop);
                await (_holds && _random.Next(100) < ReleasePercent ? ReleaseAsync() : ClaimAsync());
            }
        }
        catch (OperationCanceledException)
        {
            _holds = false;
        }
    }

    private async Task ClaimAsync()
    {
        var (began, renews, tries) = (recorder.Now, _holds, 0);
        Operation last = null!;
        foreach (var member in rota.Order(_random))
        {
            last = await calls.AskAsync(member, Verb.Claim, pool, Name, _limit);
            tries++;
            if (last.Outcome == Outcome.Ok || last.Status == 410)
            {
                break;
            }
        }

        _holds = last.Outcome == Outcome.Ok || (_holds && last.Status != 410);
        Done?.Invoke(new Errand(renews && !_mayLose, began, recorder.Now, last, tries));
    }

    private async Task ReleaseAsync()
    {
        foreach (var member in rota.Order(_random))
        {
            var last = await calls.AskAsync(member, Verb.Release, pool, Name, _limit);
            if (last.Outcome == Outcome.Unknown)
            {
                _mayLose = _random.Next(100) < SameNamePercent;
                _names += _mayLose ? 0 : 1;
            }

            // Not found is an answer. One that was refused may be tried elsewhere; one of which nobody knows is not repeated.
            if (last.Outcome != Outcome.Refused || last.Status == 404)
            {
                break;
            }
        }

        _holds = false;
    }
}
