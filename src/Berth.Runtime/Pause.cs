namespace Berth.Runtime;

/// <summary>A loop's wait for its next round.</summary>
internal static class Pause
{
    /// <summary>
    /// Waits, or is told to stop; whoever waits looks at the token. Awaited as it is: a wait for the first of several things goes on
    /// wherever the pool likes, and not where the loop runs.
    /// </summary>
    public static async Task ForAsync(TimeSpan pause, TimeProvider time, CancellationToken stop)
    {
        try
        {
            await Task.Delay(pause, time, stop);
        }
        catch (OperationCanceledException)
        {
            return;
        }
    }
}
