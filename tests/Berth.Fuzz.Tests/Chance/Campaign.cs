using System.Security.Cryptography;

namespace Berth.Fuzz.Tests.Chance;

/// <summary>What a run of the fuzzer starts from: its seed, and for how long it goes on.</summary>
internal sealed record Campaign(ulong Seed, double Minutes)
{
    /// <summary>The command that sends the same again.</summary>
    public string Repeat => $"BERTH_FUZZ_SEED={Seed} ./eng/test --project tests/Berth.Fuzz.Tests";

    /// <summary>From <c>BERTH_FUZZ_SEED</c> (a random one where that is not set) and <c>BERTH_FUZZ_MINUTES</c> (0: one round).</summary>
    public static Campaign FromEnvironment()
    {
        var seed = Environment.GetEnvironmentVariable("BERTH_FUZZ_SEED");
        var minutes = Environment.GetEnvironmentVariable("BERTH_FUZZ_MINUTES");
        return new Campaign(
            string.IsNullOrEmpty(seed) ? BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint))) : ulong.Parse(seed),
            string.IsNullOrEmpty(minutes) ? 0 : double.Parse(minutes));
    }
}
