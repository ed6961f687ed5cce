using Berth.Pools;
using Berth.Runtime.Pools;
using Berth.Simulation.Kernel;
using Microsoft.Extensions.Logging.Abstractions;

// One member with a few pools that dies and starts again: all there is until there is traffic, and a look at where the work went.
var seed = args is [var text] && ulong.TryParse(text, out var given) ? given : 1;
using var world = new World(seed);
var store = new SimulatedStore(world, () => null!);
for (var epoch = 1; epoch <= 3; epoch++)
{
    var (process, number) = (world.StartProcess("m1"), new Epoch(epoch));
    process.Start(async () =>
    {
        using var host = new PoolHost(store.JournalFor(process), number, process.Clock, new PoolHostOptions(), NullLogger.Instance);
        await host.StartAsync();
        for (var pool = 0; pool < 20; pool++)
        {
            await host.CreatePoolAsync(new PoolName($"p{pool}"));
            await host.SendAsync(new PoolName($"p{pool}"), new ClaimSeat(new Fingerprint("n"), Who.Nobody), default);
        }

        await host.RunAsync(CancellationToken.None);
    });
    world.RunUntil(TimeSpan.FromMinutes(epoch));
    process.Kill();
}

Console.WriteLine($"seed {seed}: {world.Steps} steps, digest {world.Digest:x16}, astray {world.PoolWork}, {world.Ended}");
return world.Ended is null && world.PoolWork == 0 ? 0 : 1;
