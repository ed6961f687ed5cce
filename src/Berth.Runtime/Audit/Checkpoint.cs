using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Runtime.Audit;

/// <summary>Where the chain of a pool stood.</summary>
internal sealed record ChainHead(PoolName Pool, long Version, ReadOnlyMemory<byte> Hash);

/// <summary>
/// A statement of a member where the chains stood. What is signed is a text of lines, each ended by a newline; docs/audit.md describes
/// them. Its own hash is SHA-256 over that text and the signature, and stands in the next checkpoint.
/// </summary>
/// <param name="Cluster">The cluster's id.</param>
/// <param name="Number">From 1, without gaps.</param>
/// <param name="TimeMs">When (Unix milliseconds).</param>
/// <param name="Previous">The hash of the checkpoint before; zeros for the first.</param>
/// <param name="Key">The public key that it is signed with.</param>
/// <param name="Part">Which of the checkpoints that were made together, from 1.</param>
/// <param name="Parts">How many were made together, because the heads did not fit into one.</param>
/// <param name="Pools">How many pools the root covers: those with an event.</param>
/// <param name="Root">What <see cref="RootOf"/> makes of all heads.</param>
/// <param name="Heads">The heads that changed since the checkpoint before.</param>
internal sealed record Checkpoint(
    string Cluster,
    long Number,
    long TimeMs,
    ReadOnlyMemory<byte> Previous,
    ReadOnlyMemory<byte> Key,
    int Part,
    int Parts,
    int Pools,
    ReadOnlyMemory<byte> Root,
    IReadOnlyList<ChainHead> Heads)
{
    /// <summary>The most heads in one, so that it stays below 1 MiB.</summary>
    public const int MaxHeads = 4_000;

    private const string Title = "berth checkpoint 1";

    /// <summary>What the checkpoint after this row names as the one before.</summary>
    public static byte[] HashOf(CheckpointRow row) => SHA256.HashData([.. row.Bytes.Span, .. row.Signature.Span]);

    /// <summary>SHA-256 over the lines of all heads, in the byte order of the pools' names.</summary>
    public static byte[] RootOf(IEnumerable<ChainHead> heads)
    {
        using var root = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (_, line) in heads.Select(head => (Name: Encoding.UTF8.GetBytes(head.Pool.Value), Line(head)))
            .OrderBy(head => head.Name, Comparer<byte[]>.Create((one, other) => one.AsSpan().SequenceCompareTo(other))))
        {
            root.AppendData(Encoding.UTF8.GetBytes(line));
        }

        return root.GetHashAndReset();
    }

    /// <summary>The text that is signed.</summary>
    public byte[] ToBytes()
    {
        var text = new StringBuilder()
            .Append(Title).Append('\n')
            .Append(CultureInfo.InvariantCulture, $"cluster {Cluster}\n")
            .Append(CultureInfo.InvariantCulture, $"number {Number}\n")
            .Append(CultureInfo.InvariantCulture, $"time {TimeMs}\n")
            .Append(CultureInfo.InvariantCulture, $"previous {Hex(Previous)}\n")
            .Append(CultureInfo.InvariantCulture, $"key {Hex(Key)}\n")
            .Append(CultureInfo.InvariantCulture, $"part {Part} {Parts}\n")
            .Append(CultureInfo.InvariantCulture, $"pools {Pools}\n")
            .Append(CultureInfo.InvariantCulture, $"root {Hex(Root)}\n");
        foreach (var head in Heads)
        {
            text.Append(Line(head));
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Reads a text. Throws <see cref="InvalidDataException"/> when <see cref="ToBytes"/> would not write it.</summary>
    public static Checkpoint Parse(ReadOnlySpan<byte> bytes)
    {
        var lines = Encoding.UTF8.GetString(bytes).Split('\n');
        if (lines.Length < 10 || lines[0] != Title || lines[^1].Length > 0)
        {
            throw new InvalidDataException("this is no checkpoint that this Berth knows");
        }

        string Value(int line, string name) => lines[line].StartsWith(name + " ", StringComparison.Ordinal)
            ? lines[line][(name.Length + 1)..]
            : throw new InvalidDataException($"a checkpoint has no {name}");
        long Number(int line, string name) => NumberOf(Value(line, name));
        var part = Value(6, "part").Split(' ');
        var heads = Enumerable.Range(9, lines.Length - 10).Select(line => HeadOf(Value(line, "head"))).ToList();
        return new Checkpoint(
            Value(1, "cluster"), Number(2, "number"), Number(3, "time"), Convert.FromHexString(Value(4, "previous")),
            Convert.FromHexString(Value(5, "key")), (int)NumberOf(part[0]), (int)NumberOf(part[^1]), (int)Number(7, "pools"),
            Convert.FromHexString(Value(8, "root")), heads);
    }

    private static ChainHead HeadOf(string text) => text.Split(' ', 3) is [var version, var hash, var pool]
        ? new ChainHead(new PoolName(pool), NumberOf(version), Convert.FromHexString(hash))
        : throw new InvalidDataException("a head in a checkpoint is not a version, a hash and a pool");

    private static long NumberOf(string text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new InvalidDataException($"\"{text}\" in a checkpoint is no number");

    private static string Line(ChainHead head) => $"head {head.Version} {Hex(head.Hash)} {head.Pool.Value}\n";

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(bytes.Span);
}
