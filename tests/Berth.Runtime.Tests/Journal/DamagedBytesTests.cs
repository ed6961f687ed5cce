using Berth.Runtime.Journal;

namespace Berth.Runtime.Tests.Journal;

/// <summary>Whoever reads of damage must know where: a backup does not help against a bad message.</summary>
public sealed class DamagedBytesTests
{
    private delegate void Reading(ref ByteReader from);

    private static readonly (byte[] Bytes, Reading Read, string What)[] _damage =
    [
        ([], (ref from) => from.Byte(), "ends early (1 bytes wanted, 0 there)"),
        ([9, 65], (ref from) => from.Text(), "ends early (8 bytes wanted, 1 there)"),
        ([0], (ref from) => from.RequiredText(), "is missing"),
        ([.. Enumerable.Repeat((byte)0xFF, 10)], (ref from) => from.Unsigned(), "longer than ten bytes"),
        ([0x80, 0x80, 0x80, 0x80, 0x20], (ref from) => from.Number(), "is 4294967296, which is too large"),
        ([1, 2], (ref from) => from.End(), "2 bytes follow"),
    ];

    [Fact]
    public void Damage_in_the_store_is_said_to_be_of_the_journal()
    {
        foreach (var (bytes, read, what) in _damage)
        {
            var text = Refusal(bytes, read, ByteSource.Journal);
            text.ShouldContain(what);
            text.ShouldEndWith(": the journal is damaged; restore a backup.");
        }
    }

    [Fact]
    public void Damage_in_a_message_is_said_to_be_of_the_message()
    {
        foreach (var (bytes, read, what) in _damage)
        {
            var text = Refusal(bytes, read, ByteSource.Message);
            text.ShouldContain(what);
            text.ShouldEndWith(": the message is damaged.");
        }
    }

    private static string Refusal(byte[] bytes, Reading read, ByteSource source) => Should.Throw<InvalidDataException>(() =>
    {
        var from = new ByteReader(bytes, source);
        read(ref from);
    }).Message;
}
