using Berth.Runtime.Journal;

namespace Berth.Runtime.Tests.Journal;

public sealed class AuditChainTests
{
    /// <summary>The kinds of the first version: those that came later do not change its hash.</summary>
    private const int FirstSamples = 18;

    private static readonly byte[] _batch = [.. EventSamples.All.Take(FirstSamples).SelectMany(sample => EventSamples.Frame(sample.Event))];

    [Fact]
    public void The_hash_after_the_golden_batch_is_fixed() =>
        Convert.ToHexStringLower(HashOf(_batch)).ShouldBe("34cc7467820a16c8998528fcf0ef3f3fc39410b71bf9c00f820d111d2bda4355");

    [Fact]
    public void A_hash_is_SHA_256_of_the_one_before_and_the_stored_bytes()
    {
        var hash = new byte[AuditChain.HashBytes];
        var stored = EventSamples.Bytes(EventSamples.All[0].Event);
        AuditChain.Extend(hash, stored);
        hash.ShouldBe(System.Security.Cryptography.SHA256.HashData([.. new byte[32], .. stored]));
    }

    [Fact]
    public void Any_changed_byte_changes_the_hash()
    {
        var hash = HashOf(_batch);
        var stored = EventSamples.Bytes(EventSamples.All[0].Event);
        for (var at = 0; at < stored.Length; at++)
        {
            var changed = _batch.ToArray();
            changed[EventFrames.LengthBytes + at] ^= 1;
            HashOf(changed).ShouldNotBe(hash);
        }
    }

    private static byte[] HashOf(byte[] batch)
    {
        var hash = new byte[AuditChain.HashBytes];
        AuditChain.ExtendOver(hash, new JournalRecord(1, FirstSamples, batch, default));
        return hash;
    }
}
