namespace Berth.Runtime.Tests.Ownership;

/// <summary>Whoever waits goes on within the call that ends the wait, and not at some time after it.</summary>
internal sealed class GoOnAtOnce : SynchronizationContext
{
    private static readonly GoOnAtOnce _only = new();

    public static Task Run(Func<Task> work)
    {
        var task = Task.CompletedTask;
        _only.Send(_ => task = work(), null);
        return task;
    }

    public override SynchronizationContext CreateCopy() => this;

    public override void Post(SendOrPostCallback d, object? state) => Send(d, state);

    public override void Send(SendOrPostCallback d, object? state)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            d(state);
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
