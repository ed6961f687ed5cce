using Berth.Chaos.Hosts;

namespace Berth.Chaos.Runs;

/// <summary>What a cluster under test is made of.</summary>
internal sealed record SceneSetup
{
    /// <summary>Where its files are.</summary>
    public required string Folder { get; init; }

    /// <summary>The network that its hosts join.</summary>
    public required Network Network { get; init; }

    /// <summary>The build of <c>berth</c> that members start from.</summary>
    public required string Program { get; init; }

    /// <summary>Another build, which a rolling restart changes to.</summary>
    public required string NextProgram { get; init; }

    /// <summary>What chance begins with.</summary>
    public required int Seed { get; init; }

    /// <summary>The names of hosts begin with it.</summary>
    public string Prefix { get; init; } = string.Empty;

    /// <summary>How many members there are.</summary>
    public int Members { get; init; } = 3;

    /// <summary>The member lease.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a node may stay silent: the least that there is.</summary>
    public TimeSpan Ttl { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many pools the crowd has, with licenses of one seat.</summary>
    public int CrowdPools { get; init; } = 8;

    /// <summary>How many licenses each of them has.</summary>
    public int LicensesPerPool { get; init; } = 14;

    /// <summary>How many nodes want them.</summary>
    public int NodesPerPool { get; init; } = 16;

    /// <summary>How many pools are probed.</summary>
    public int ProbePools { get; init; } = 8;

    /// <summary>The seats of each of them: more than claims of which nobody knows hold on to.</summary>
    public int ProbeSeats { get; init; } = 1_000;
}
