namespace Berth.Runtime;

/// <summary>
/// Waits with an end. Each wait has one signal, awaited directly, so that whoever waits goes on where it was; the library's
/// combinators hand such signals to the thread pool first. Nothing is thrown because the time ran out.
/// </summary>
internal static class Waiting
{
    /// <summary>Waits for so long, or until <paramref name="stop"/>.</summary>
    public static async Task ForAsync(TimeSpan span, TimeProvider time, CancellationToken stop)
    {
        var signal = New();
        using var timer = TimerOf(signal, span, time);
        using var stopped = stop.Register(static signal => ((TaskCompletionSource)signal!).TrySetResult(), signal);
        await signal.Task;
    }

    /// <summary>Waits until a task has ended, in whatever way, or for so long.</summary>
    public static async Task UntilAsync(Task task, TimeSpan limit, TimeProvider time)
    {
        var signal = New();
        using var timer = TimerOf(signal, limit, time);
        var following = FollowAsync(task, signal);
        await signal.Task;
        _ = following;
    }

    private static async Task FollowAsync(Task task, TaskCompletionSource signal)
    {
        try
        {
            await task;
        }
        finally
        {
            signal.TrySetResult();
        }
    }

    private static ITimer TimerOf(TaskCompletionSource signal, TimeSpan span, TimeProvider time) =>
        time.CreateTimer(static late => ((TaskCompletionSource)late!).TrySetResult(), signal, span, Timeout.InfiniteTimeSpan);

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
