using Berth.Protocol;
using Berth.Testing;
using Berth.Testing.Processes;

namespace Berth.Survival.Tests.Upgrade;

/// <summary>Asks every member about every pool, and notes which build asked which: a member sends on what another one owns.</summary>
internal sealed class MixedHops(IReadOnlyList<RollingMember> members, IReadOnlyList<string> pools)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _between = TimeSpan.FromMilliseconds(250);

    private int _nodes;

    /// <summary>Goes on until both builds have asked each other, with every answer as it should be.</summary>
    public async Task SeeBothWaysAsync(string one, string other)
    {
        using var limit = new CancellationTokenSource(_patience, TimeProvider.System);
        using var again = new PeriodicTimer(_between, TimeProvider.System);
        var seen = new HashSet<(string Asked, string Decided)>();
        do
        {
            foreach (var member in members)
            {
                await ListAsync(member);
                foreach (var pool in pools)
                {
                    seen.Add((member.Program, await TakeTurnAsync(member, pool)));
                }
            }
        }
        while (!(seen.Contains((one, other)) && seen.Contains((other, one))) && await again.WaitForNextTickAsync(limit.Token));
    }

    /// <summary>A claim, a question, a renewal and a release through one member; returns the build of the member that decided.</summary>
    private async Task<string> TakeTurnAsync(RollingMember member, string pool)
    {
        var path = $"/v2/pools/{pool}/claims/mixed-{_nodes++}";
        var granted = await AskAsync(member, "PUT", path);
        granted.Status.ShouldBe(201, granted.Text);
        (await AskAsync(member, "GET", path)).Status.ShouldBe(200);
        (await AskAsync(member, "PUT", path)).Status.ShouldBe(200);
        var released = await AskAsync(member, "DELETE", path);
        released.Status.ShouldBe(204, released.Text);
        return members.Single(one => one.Name == granted[ClaimRoutes.MemberHeader]).Program;
    }

    /// <summary>What management asks of other members: each pool is asked of its owner.</summary>
    private async Task ListAsync(RollingMember member)
    {
        using var client = new ManagementClient(member.Socket, TimeProvider.System);
        var listing = await client.ListPoolsAsync(null, limit: 100, CancellationToken.None);
        listing.IsGood.ShouldBeTrue(listing.Problem?.ToString());
        listing.Value!.Pools.Select(pool => pool.Name).ShouldBeSubsetOf([.. pools, "-"]);
    }

    private static Task<RawAnswer> AskAsync(RollingMember member, string method, string path) =>
        RawHttp.AskAsync(member.Port, $"{method} {path} HTTP/1.1\r\nHost: berth\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
}
