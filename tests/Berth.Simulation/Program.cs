using Berth.Simulation.Kernel;

// One empty world, until there is traffic to run in it.
var seed = args is [var text] && ulong.TryParse(text, out var given) ? given : 1;
using var world = new World(seed);
world.RunUntil(TimeSpan.FromMinutes(1));
Console.WriteLine($"seed {seed}: {world.Steps} steps, digest {world.Digest:x16}");
