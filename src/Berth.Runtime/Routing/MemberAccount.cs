using System.Runtime.InteropServices;
using Berth.Runtime.Journal;

namespace Berth.Runtime.Routing;

/// <summary>Where a member is between joining and having left. The numbers travel between members.</summary>
public enum MemberStage
{
    /// <summary>It has joined, and cannot answer yet.</summary>
    Joining = 1,

    /// <summary>It answers.</summary>
    Up = 2,

    /// <summary>It hands on what it has, and ends.</summary>
    Leaving = 3,
}

/// <summary>A shard of a member that has pools, or that an operator has moved there.</summary>
/// <param name="Shard">Which.</param>
/// <param name="Pools">How many pools are in it.</param>
/// <param name="Claims">How many claims live in those that are open.</param>
/// <param name="KeptMs">For how much longer planned moves leave it there, in milliseconds; 0: it is where it belongs.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ShardAccount(int Shard, int Pools, long Claims, long KeptMs);

/// <summary>What only a member itself knows.</summary>
/// <param name="Version">The build that runs.</param>
/// <param name="FeatureLevel">What it can do at the most.</param>
/// <param name="Stage">Where it is.</param>
/// <param name="LeaseLeftMs">How much longer it may answer without a renewal, in milliseconds.</param>
/// <param name="Shards">The shards that it holds and that there is something to say about, in their order.</param>
public sealed record MemberAccount(string Version, int FeatureLevel, MemberStage Stage, long LeaseLeftMs, IReadOnlyList<ShardAccount> Shards)
{
    private const int MaxVersionBytes = 256;

    /// <summary>Pools in its shards.</summary>
    public int Pools => Shards.Sum(shard => shard.Pools);

    /// <summary>Claims that live in them.</summary>
    public long Claims => Shards.Sum(shard => shard.Claims);

    internal void Write(ByteWriter to)
    {
        to.Text(Version.Length > MaxVersionBytes / 4 ? Version[..(MaxVersionBytes / 4)] : Version);
        to.Signed(FeatureLevel);
        to.Byte((byte)Stage);
        to.Signed(LeaseLeftMs);
        HopFields.Count(to, Shards.Count, Ownership.Shards.Count);
        foreach (var shard in Shards)
        {
            to.Signed(shard.Shard);
            to.Signed(shard.Pools);
            to.Signed(shard.Claims);
            to.Signed(shard.KeptMs);
        }
    }

    /// <summary>
    /// Reads what <see cref="Write"/> wrote. What a newer member says behind it is passed over, and a stage that is not known is
    /// <see cref="MemberStage.Up"/>.
    /// </summary>
    internal static MemberAccount Read(ReadOnlyMemory<byte> note)
    {
        var from = new HopReader(note.Span);
        var version = from.Text(MaxVersionBytes);
        var level = from.Number();
        var stage = (MemberStage)from.Byte();
        var leaseLeftMs = from.Signed();
        var shards = new ShardAccount[from.Count(Ownership.Shards.Count)];
        for (var i = 0; i < shards.Length; i++)
        {
            shards[i] = new ShardAccount(from.Shard(), from.Number(), from.Signed(), from.Signed());
        }

        return new MemberAccount(version, level, Enum.IsDefined(stage) ? stage : MemberStage.Up, leaseLeftMs, shards);
    }
}
