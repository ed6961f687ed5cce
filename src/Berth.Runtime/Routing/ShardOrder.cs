using System.Runtime.InteropServices;
using Berth.Runtime.Journal;
using Berth.Runtime.Ownership;

namespace Berth.Runtime.Routing;

/// <summary>What an operator wants of a shard, through another member.</summary>
/// <param name="Shard">Which.</param>
/// <param name="To">Who is to have it; nobody's where it is only to be kept.</param>
/// <param name="KeepMs">For how long planned moves are to leave it where it is, in milliseconds; 0: no longer.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ShardOrder(int Shard, Incarnation To, long KeepMs)
{
    public void Write(ByteWriter to)
    {
        to.Signed(Shard);
        to.Signed(To.Value);
        to.Signed(KeepMs);
    }

    public static ShardOrder Read(ref HopReader from) => new(from.Shard(), new Incarnation(from.Signed()), from.Signed());

    /// <summary>What came of it, as a note.</summary>
    public static ReadOnlyMemory<byte> NoteOf(ShardMoved moved)
    {
        var to = new ByteWriter(16);
        to.Byte((byte)moved.Outcome);
        to.Signed(moved.Pause.Ticks);
        return to.Written;
    }

    /// <summary>Reads that. An outcome that is not known is one where the table must be looked at.</summary>
    public static ShardMoved ReadNote(ReadOnlyMemory<byte> note)
    {
        var from = new HopReader(note.Span);
        var outcome = (ShardMoveOutcome)from.Byte();
        return new ShardMoved(Enum.IsDefined(outcome) ? outcome : ShardMoveOutcome.Overtaken, new TimeSpan(from.Signed()));
    }
}
