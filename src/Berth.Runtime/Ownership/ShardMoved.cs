using System.Runtime.InteropServices;

namespace Berth.Runtime.Ownership;

/// <summary>How a move that an operator asked for ended. The numbers travel between members.</summary>
public enum ShardMoveOutcome
{
    /// <summary>The successor has the shard.</summary>
    Moved = 1,

    /// <summary>The member that was asked does not serve the shard. Nothing happened.</summary>
    NotOwned = 2,

    /// <summary>The owner has seen the store go back in time, and hands nothing on. Nothing happened.</summary>
    Withheld = 3,

    /// <summary>The successor is not up, as the owner sees it. Nothing happened.</summary>
    NoSuccessor = 4,

    /// <summary>The owner is leaving, or moves the shard already. Nothing happened for this request.</summary>
    Overtaken = 5,

    /// <summary>The owner gave the shard up, and the successor ended midway or nobody said whether it has it: where the shard is, the table says.</summary>
    Unsettled = 6,
}

/// <summary>A move that an operator asked for.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Pause">From when the shard took no more commands until its successor was told; zero where nothing was stopped.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ShardMoved(ShardMoveOutcome Outcome, TimeSpan Pause);
