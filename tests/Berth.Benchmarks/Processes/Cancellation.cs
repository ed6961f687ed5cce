namespace Berth.Benchmarks;

internal static class Cancellation
{
    /// <summary>Completes when the token is cancelled, without throwing.</summary>
    public static async Task WaitForCancellationAsync(this CancellationToken token)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.Register(cancelled.SetResult);
        await cancelled.Task;
    }
}
