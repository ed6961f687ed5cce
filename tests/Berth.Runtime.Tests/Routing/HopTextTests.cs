using System.Text;
using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Routing;

namespace Berth.Runtime.Tests.Routing;

/// <summary>Text from the wire fits its type, or the message is refused: nothing becomes other text without a word.</summary>
public sealed class HopTextTests
{
    private const string Mark = "MARKED";

    /// <summary>Bytes that are not UTF-8: a bare 0xFF, a lone surrogate, an overlong slash, a sequence that ends early.</summary>
    private static readonly byte[][] _notUtf8 = [[0xFF], [0xED, 0xA0, 0x80], [0xC0, 0xAF], [0x41, 0xE2, 0x82]];

    /// <summary>What no name may be: empty, a control character, what a lone surrogate is written as.</summary>
    private static readonly byte[][] _noName = [[], [0x07], [0x41, 0x7F], [.. "\uFFFD"u8]];

    private static readonly (PoolCommand Command, int MaxBytes)[] _names =
    [
        (new ClaimSeat(new(Mark), Who.Nobody), Fingerprint.MaxBytes),
        (new ReleaseSeat(new("n"), Who.Nobody, Mark), HopFormat.MaxClaimKeyBytes),
        (new AskClaim(new(Mark)), Fingerprint.MaxBytes),
        (new AskLicense(new(Mark)), LicenseId.MaxBytes),
        (new ImportLicenses([new(new(new("l"), 1, null), 0, 0, 0, 0, new(Mark))], Who.Nobody), Fingerprint.MaxBytes),
    ];

    private static readonly (PoolCommand Command, int MaxBytes)[] _texts =
    [
        (new ClaimSeat(new("n"), new Who(Mark, null, null, null)), HopFormat.MaxWhoBytes),
        (new ClaimSeat(new("n"), new Who(null, null, null, Mark)), HopFormat.MaxWhoBytes),
        (new TakeSeat(new("n"), Mark, 0, Who.Nobody), TakeSeat.MaxReasonBytes),
        (new ConfirmCopy(Mark, Who.Nobody), ConfirmCopy.MaxOriginBytes),
        (new CutHistory(1, Mark, Who.Nobody), 64),
    ];

    [Fact]
    public void What_is_not_UTF8_is_refused_everywhere()
    {
        foreach (var bad in _notUtf8)
        {
            foreach (var (command, _) in _names.Concat(_texts))
            {
                Should.Throw<InvalidDataException>(() => Read(command, bad)).Message.ShouldContain("not UTF-8");
            }

            Should.Throw<InvalidDataException>(() => HopFormat.ReadRequest(WithPool(bad)));
            Should.Throw<InvalidDataException>(() => HopFormat.ReadResponse(
                With(HopSamples.Bytes(HopSamples.Answer(new NotWritten(Mark))), bad)));
        }
    }

    [Fact]
    public void A_name_that_is_none_is_refused()
    {
        foreach (var bad in _noName)
        {
            foreach (var (command, _) in _names)
            {
                Should.Throw<InvalidDataException>(() => Read(command, bad)).Message.ShouldContain("no name may");
            }

            Should.Throw<InvalidDataException>(() => HopFormat.ReadRequest(WithPool(bad)));
            Should.Throw<InvalidDataException>(() => HopFormat.ReadResponse(
                With(HopSamples.Bytes(HopSamples.Answer(new Granted(new(Mark), 1, 1))), bad)));
        }
    }

    [Fact]
    public void A_text_may_be_as_long_as_its_rule_says_and_no_longer()
    {
        foreach (var (command, maxBytes) in _names.Concat(_texts))
        {
            Read(command, Long(maxBytes)).Command.ShouldNotBeNull();
            Should.Throw<InvalidDataException>(() => Read(command, Long(maxBytes + 1)));
        }

        HopFormat.ReadRequest(WithPool(Long(PoolName.MaxBytes))).Pool.Value.Length.ShouldBe(PoolName.MaxBytes);
        Should.Throw<InvalidDataException>(() => HopFormat.ReadRequest(WithPool(Long(PoolName.MaxBytes + 1))));
    }

    [Fact]
    public void A_name_with_a_lone_surrogate_does_not_arrive_as_another()
    {
        var lone = new string('\uD800', 1);
        Should.Throw<InvalidDataException>(() => HopFormat.ReadRequest(
            HopSamples.Bytes(HopSamples.Call(new ClaimSeat(new(lone), Who.Nobody)))));
        Should.Throw<InvalidDataException>(() => HopFormat.ReadRequest(
            HopSamples.Bytes(HopSamples.Call(new ClaimSeat(new("n"), Who.Nobody, lone)))));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(1_000_000, true)]
    [InlineData(1_000_001, false)]
    public void A_license_gives_as_many_seats_as_a_license_may(int seats, bool taken)
    {
        var bytes = HopSamples.Bytes(HopSamples.Call(new AddLicenses([new LicenseGrant(new("l"), seats, null)], Who.Nobody)));
        Should.NotThrow(() => taken ? HopFormat.ReadRequest(bytes) : null);
        if (!taken)
        {
            Should.Throw<InvalidDataException>(() => HopFormat.ReadRequest(bytes)).Message.ShouldContain("seats");
        }
    }

    private static HopRequest Read(PoolCommand command, byte[] text) =>
        HopFormat.ReadRequest(With(HopSamples.Bytes(HopSamples.Call(command)), text));

    private static byte[] WithPool(byte[] text) => With(HopSamples.Bytes(HopSamples.Call(new AskSummary()) with { Pool = new(Mark) }), text);

    /// <summary>The message with other bytes in the place of the marked text.</summary>
    private static byte[] With(byte[] message, byte[] text)
    {
        var at = message.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Mark));
        var to = new ByteWriter();
        to.Bytes(text);
        return [.. message[..(at - 1)], .. to.Written.Span, .. message[(at + Mark.Length)..]];
    }

    private static byte[] Long(int bytes) => Encoding.ASCII.GetBytes(new string('x', bytes));
}
