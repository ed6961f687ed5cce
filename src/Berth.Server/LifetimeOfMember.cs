using Microsoft.Extensions.Hosting;

namespace Berth.Server;

/// <summary>A listener lives as long as its member says; signals are the member's business, not the listener's.</summary>
internal sealed class LifetimeOfMember : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
