using Berth.Pools;

namespace Berth.Runtime.Journal;

/// <summary>The last version of a pool and where its history begins.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Head">Its last version and the chain hash there; 0 and zeros when nothing was stored yet.</param>
/// <param name="Base">What its history begins after; 0 and zeros when it is complete.</param>
public sealed record PoolHead(PoolName Pool, KnownPosition Head, KnownPosition Base);

/// <summary>How a cut ended.</summary>
/// <param name="Outcome">As of an append.</param>
/// <param name="More">There are records left that are to go.</param>
/// <param name="Reason">For <see cref="AppendOutcome.NotWritten"/>: what was wrong.</param>
public sealed record CutResult(AppendOutcome Outcome, bool More, string? Reason = null);

/// <summary>A signed statement where the pools' chains stood. The journal looks at number and time only.</summary>
/// <param name="Number">From 1, without gaps.</param>
/// <param name="TimeMs">When (Unix milliseconds).</param>
/// <param name="Bytes">What was signed: at most 1 MiB.</param>
/// <param name="Signature">64 bytes.</param>
public sealed record CheckpointRow(long Number, long TimeMs, ReadOnlyMemory<byte> Bytes, ReadOnlyMemory<byte> Signature);
