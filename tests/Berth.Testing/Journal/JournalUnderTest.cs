using Berth.Runtime.Journal;

namespace Berth.Testing.Journal;

/// <summary>A fresh, empty journal for one test.</summary>
public abstract class JournalUnderTest : IAsyncDisposable
{
    /// <summary>Makes it.</summary>
    public abstract ValueTask<IJournal> StartAsync();

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
