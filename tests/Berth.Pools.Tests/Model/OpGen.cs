using FsCheck;
using FsCheck.Fluent;

namespace Berth.Pools.Tests.Model;

/// <summary>Random runs, how they shrink, and how they are checked under a fixed seed.</summary>
internal static class OpGen
{
    private const int Nodes = 8;
    private const int Licenses = 10;

    /// <summary>Ops that a batch may hold: what is decided by <see cref="Pool.Step"/>, and the clocks.</summary>
    private static readonly Gen<Op> BatchOp = Gen.Frequency<Op>(
        (30, Gen.Choose(0, Nodes - 1).SelectMany(node => Random(), (node, random) => (Op)new Claims(node, random))),
        (10, Gen.Choose(0, Nodes - 1).SelectMany(_ => Gen.Choose(0, 3), (node, by) => (Op)new Releases(node, by == 0))),
        (8, Gen.Constant((Op)new Sweeps())),
        (2, Gen.Constant((Op)new AsksForSeat())),
        (1, Gen.Choose(0, Nodes - 1).Select(node => (Op)new AsksForClaim(node))),
        (7, Gen.Choose(1, 3).SelectMany(_ => Gen.Choose(-3, 6), (seats, expiry) => (Op)new Adds(seats, expiry > 1 ? null : expiry * 40))),
        (1, Gen.Choose(0, Licenses).Select(license => (Op)new AddsAgain(license))),
        (4, Gen.Choose(0, Nodes - 1).SelectMany(_ => Gen.Choose(0, 4), (node, ticks) => (Op)new Takes(node, ticks * 2_500))),
        (4, Gen.Choose(0, Licenses).SelectMany(_ => Gen.Choose(0, 11), Changed)),
        (2, Gen.Choose(-3, Nodes - 1).Select(node => (Op)new Imports(node < 0 ? null : node, node + 4))),
        (5, Gen.Choose(0, Licenses).Select(license => (Op)new Removes(license))),
        (2, Gen.Choose(0, 26).Select(Exception)),
        (1, Gen.Choose(0, 2).Select(ttl => (Op)new Records(ttl))),
        (3, Gen.Choose(0, 143).Select(RulesOf)),
        (14, Gen.Choose(0, 9).Select(ticks => (Op)new Waits(ticks < 5 ? 1 : ticks * 1_250))),
        (3, Gen.Choose(-3, 3).Select(steps => (Op)new StepsWall(steps * 50))));

    private static readonly Gen<Op> AnyOp = Gen.Frequency<Op>(
        (88, BatchOp),
        (2, Gen.Elements(0, 3_000).Select(lease => (Op)new Recovers(lease))),
        (1, Gen.Constant((Op)new LosesAnswers())),
        (3, Gen.Choose(0, Nodes - 1).Select(node => (Op)new Answers(node))),
        (2, Gen.Choose(0, Nodes - 1).Select(node => (Op)new Repeats(node))));

    public static Gen<Op[]> Run(int length) => AnyOp.ArrayOf(length);

    public static Gen<Op[]> Batch(int length) => BatchOp.ArrayOf(length);

    /// <summary>Checks what must hold for every run; a failure prints the shortest run found and the seed.</summary>
    public static void Check(Gen<Op[]> runs, ulong seed, int runCount, Action<Op[]> holds) =>
        FsCheck.Check.One(
            Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(runCount).WithReplay(seed, seed | 1),
            Prop.ForAll(Arb.From(runs, Shorter), holds));

    /// <summary>The same run with a part left out: halves, quarters, and so on down to single ops.</summary>
    public static IEnumerable<Op[]> Shorter(Op[] ops)
    {
        for (var size = ops.Length / 2; size > 0; size /= 2)
        {
            for (var at = 0; at < ops.Length; at += size)
            {
                yield return [.. ops[..at], .. ops[Math.Min(at + size, ops.Length)..]];
            }
        }
    }

    private static Gen<ulong> Random() =>
        Gen.Choose(0, int.MaxValue).SelectMany(_ => Gen.Choose(0, int.MaxValue), (high, low) => ((ulong)high << 33) | (uint)low);

    private static Op Changed(int license, int n) => new Changes(license, 1 + (n % 3), n / 3 == 0 ? null : (n - 7) * 40);

    private static Op Exception(int n) => new Excepts(
        (n % 3) == 0 ? null : n % 3,
        (n / 3 % 3) switch { 0 => null, 1 => Strategy.Lifo, _ => Strategy.Rand },
        (n / 9 % 3) switch { 0 => null, 1 => true, _ => false });

    private static Op RulesOf(int n) =>
        new Rules(n % 3, (Strategy)(n / 3 % 3), n / 9 % 4 != 0, n / 36 % 2 == 0, n / 72 % 2 == 0 && n % 5 == 0);
}
