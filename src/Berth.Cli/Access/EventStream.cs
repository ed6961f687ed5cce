using System.Runtime.CompilerServices;
using Berth.Cli.Output;
using Berth.Protocol;

namespace Berth.Cli.Access;

/// <summary>
/// What happens in a cluster, event by event, as one member tells it. It goes on when the member does not answer for a while, and says when
/// something was missed.
/// </summary>
/// <param name="cluster">The way to the member.</param>
/// <param name="time">Measures the pauses.</param>
/// <param name="warn">Is told what was missed, and that the member does not answer.</param>
internal sealed class EventStream(ICluster cluster, TimeProvider time, Action<string> warn)
{
    private const int WaitSeconds = 20;
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(500);

    private bool _silent;

    /// <summary>
    /// The events from now on, after those that the member has kept of the last <paramref name="since"/>. Fails when the member does not
    /// answer at first; then it goes on until <paramref name="stop"/>.
    /// </summary>
    public async IAsyncEnumerable<ClusterEventEntry> ReadAsync(TimeSpan? since, [EnumeratorCancellation] CancellationToken stop)
    {
        var page = await cluster.EventsAsync(0, 0, stop).OrFailAsync();
        var oldest = since is { } span ? time.GetUtcNow() - span : DateTimeOffset.MaxValue;
        foreach (var happened in page.Events.Where(happened => happened.At >= oldest))
        {
            yield return happened;
        }

        var (began, after) = (page.BeganAt, page.Last);
        while (true)
        {
            if (await AskAsync(after, stop) is not { } next)
            {
                continue;
            }

            if (next.BeganAt != began)
            {
                warn("the member was started again: what happened meanwhile it has not seen");
                (began, after) = (next.BeganAt, 0);
                continue;
            }

            if (next.First > after + 1)
            {
                warn($"{next.First - after - 1} events were missed: the member has kept no more");
            }

            foreach (var happened in next.Events)
            {
                yield return happened;
            }

            after = next.Last;
        }
    }

    /// <summary>Null: the member does not answer at the moment.</summary>
    private async Task<ClusterEventListing?> AskAsync(long after, CancellationToken stop)
    {
        string why;
        try
        {
            var answer = await cluster.EventsAsync(after, WaitSeconds, stop);
            if (answer.IsGood)
            {
                _silent = false;
                return answer.Value;
            }

            why = answer.Problem.Detail;
        }
        catch (ManagementUnreachableException failure)
        {
            why = failure.Message;
        }

        if (!_silent)
        {
            warn($"{why}; asking again");
        }

        _silent = true;
        await Task.Delay(_pause, time, stop);
        return null;
    }
}
