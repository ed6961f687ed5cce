using System.Security.Cryptography;
using System.Text;
using Berth.Pools;
using Berth.Runtime.Audit;
using Berth.Runtime.Journal;

namespace Berth.Runtime.Tests.Audit;

/// <summary>Exports and verdicts, with signatures that need no library: whoever knows the public key can make them.</summary>
internal static class AuditRig
{
    public const string Cluster = "c1";

    public static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(n => (byte)n)];

    public static AuditSigner Signer => SignerOf(Key);

    public static AuditTrust Trust => new(Check, []);

    public static AuditSigner SignerOf(byte[] key) => new(key, message => SHA512.HashData([.. key, .. message.Span]));

    public static async Task<byte[]> ExportAsync(IJournal journal, AuditSigner? signer = null)
    {
        using var target = new MemoryStream();
        await AuditExport.WriteAsync(journal, Cluster, signer ?? Signer, TimeProvider.System, target, default);
        return target.ToArray();
    }

    public static Task<AuditVerdict> VerifyAsync(byte[] export, AuditTrust? trust = null) =>
        AuditVerifier.VerifyAsync(new MemoryStream(export), trust ?? Trust, default);

    public static async Task<AuditVerdict> VerifyAsync(IJournal journal) => await VerifyAsync(await ExportAsync(journal));

    /// <summary>A journal into which events are put as they are, whatever the rules say, with a chain that holds.</summary>
    public static async Task<MemoryJournal> ForgedAsync(params PoolEvent[] events)
    {
        var journal = new MemoryJournal();
        var pool = new PoolName("p");
        await journal.CreatePoolAsync(pool);
        var opened = await journal.OpenAsync(pool, new Epoch(1), null, _ => { });
        var hash = new byte[AuditChain.HashBytes];
        for (var i = 0; i < events.Length; i++)
        {
            var to = new ByteWriter();
            EventCodec.Write(to, events[i]);
            AuditChain.Extend(hash, to.Written.Span[EventFrames.LengthBytes..]);
            await journal.AppendAsync(pool, new Epoch(1), opened.Opening, i, new JournalBatch(1, to.Written, hash, [], []));
        }

        return journal;
    }

    public static List<string> Lines(byte[] export) => [.. Encoding.UTF8.GetString(export).Split('\n')[..^1]];

    public static byte[] Joined(IEnumerable<string> lines) => Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));

    private static bool Check(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        signature.SequenceEqual(SHA512.HashData([.. key, .. message]));
}
