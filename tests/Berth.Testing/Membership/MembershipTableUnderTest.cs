using Berth.Runtime.Ownership;

namespace Berth.Testing.Membership;

/// <summary>A fresh, empty membership table for one test.</summary>
public abstract class MembershipTableUnderTest : IAsyncDisposable
{
    /// <summary>Makes it.</summary>
    public abstract ValueTask<IMembershipTable> StartAsync();

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
