using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;
using Berth.Simulation.Cluster;
using Berth.Simulation.Kernel;

var seed = args.Length > 0 ? ulong.Parse(args[0]) : 1;
var verbose = args.Length > 1;
var sw = DateTime.UtcNow;
using var world = new World(seed);
var cluster = new SimulatedCluster(world, new ClusterSetting());
if (verbose) cluster.Witness.Line = Console.WriteLine;
foreach (var m in cluster.Members) m.Start();
world.RunUntil(TimeSpan.FromSeconds(5));
var pool = new PoolName("p");
cluster.Members[0].Process!.Start(async () =>
{
    foreach (var name in Enumerable.Range(0, 6).Select(i => new PoolName("p" + i)))
    {
        await cluster.Members[0].Running!.Pools.CreatePoolAsync(name);
        var grants = new[] { new LicenseGrant(new LicenseId("l" + name), 3, null) };
        var rows = new[] { new LicenseRow(new LicenseId("l" + name), name, new byte[] { 1, (byte)name.Value[1] }, "k" + name) };
        var reply = await cluster.Members[0].Running!.Router.AskAsync(name, new AddLicenses(grants, Who.Nobody), new Delivery(0, default, rows));
        Console.WriteLine($"add {name}: {reply.Reply} by {reply.Member}");
    }
});
world.RunUntil(TimeSpan.FromSeconds(10));
var counts = new SortedDictionary<string, int>();
for (var i = 0; i < 20; i++)
{
    var n = i;
    var dice = world.Dice.Fork("n" + n);
    void Next()
    {
        if (world.Now > TimeSpan.FromMinutes(9)) return;
        var edge = dice.Pick(cluster.Members);
        var done = false;
        var req = cluster.Send("n" + n, edge, new PoolName("p" + n % 6), dice.Chance(0.8) ? new ClaimSeat(new Fingerprint("f" + n), Who.Nobody) : new ReleaseSeat(new Fingerprint("f" + n), Who.Nobody), (r, o) =>
        {
            if (done) return; done = true;
            var k = o.End + " " + o.Answer?.Reply.GetType().Name;
            counts[k] = counts.GetValueOrDefault(k) + 1;
            world.At(dice.Between(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(6)), Next);
        });
        world.At(TimeSpan.FromSeconds(20), () => { if (!done) { done = true; req.GiveUp(); counts["gaveup"] = counts.GetValueOrDefault("gaveup") + 1; Next(); } });
    }
    world.At(dice.Between(TimeSpan.Zero, TimeSpan.FromSeconds(5)), Next);
}
var faults = world.Dice.Fork("f");
void Fault()
{
    if (world.Now > TimeSpan.FromMinutes(7)) return;
    var m = faults.Pick(cluster.Members);
    if (faults.Chance(0.5)) { m.Crash(KillKind.Process); world.At(TimeSpan.FromSeconds(5), () => m.Start()); }
    else if (faults.Chance(0.5)) { m.Leave(); world.At(TimeSpan.FromSeconds(15), () => m.Start()); }
    else { m.Pause(); world.At(TimeSpan.FromSeconds(10), m.GoOn); }
    world.At(TimeSpan.FromSeconds(30), Fault);
}
world.At(TimeSpan.FromSeconds(30), Fault);
world.RunUntil(TimeSpan.FromMinutes(10));
Console.WriteLine($"seed {seed}: {world.Steps} steps, digest {world.Digest:x16} {world.Ended} in {(DateTime.UtcNow - sw).TotalMilliseconds} ms; calls {cluster.Store.Calls}; pool work {world.PoolWork}");
foreach (var (k, v) in counts) Console.WriteLine($"  {k}: {v}");
Console.WriteLine(string.Join(" ", cluster.Members.Select(m => $"{m.Name}:{m.Running!.Ownership.ShardsHeld}")));
