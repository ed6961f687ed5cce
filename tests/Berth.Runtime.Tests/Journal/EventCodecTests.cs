using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Runtime.Tests.Journal;

/// <summary>The stored bytes of events: they are the disk format, so <c>Events.golden</c> may gain lines and never change one.</summary>
public sealed class EventCodecTests
{
    private static readonly Dictionary<string, string> _golden = ReadGolden();

    public static TheoryData<string> Names => [.. EventSamples.All.Select(sample => sample.Name)];

    [Fact]
    public void Every_kind_of_event_stands_in_the_golden_file()
    {
        var kinds = typeof(PoolEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(PoolEvent))).Select(type => type.Name);
        EventSamples.All.Select(sample => sample.Event.GetType().Name).Distinct().Order().ShouldBe(kinds.Order());
        var lines = EventSamples.All.Select(sample => $"{sample.Name} {Convert.ToHexStringLower(EventSamples.Bytes(sample.Event))}");
        string.Join('\n', _golden.Select(line => $"{line.Key} {line.Value}")).ShouldBe(string.Join('\n', lines));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Golden_bytes_decode_to_the_event(string name) =>
        EventCodec.Read(Convert.FromHexString(_golden[name])).ShouldBe(EventSamples.All.Single(sample => sample.Name == name).Event);

    [Theory]
    [MemberData(nameof(Names))]
    public void An_event_that_is_cut_short_anywhere_is_invalid_data(string name)
    {
        var bytes = Convert.FromHexString(_golden[name]);
        for (var length = 0; length < bytes.Length; length++)
        {
            Should.Throw<InvalidDataException>(() => EventCodec.Read(bytes.AsSpan(0, length)));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_trailing_byte_is_refused(string name)
    {
        byte[] longer = [.. Convert.FromHexString(_golden[name]), 0];
        Should.Throw<InvalidDataException>(() => EventCodec.Read(longer)).Message.ShouldContain("1 bytes follow");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_damaged_byte_gives_an_event_or_invalid_data_and_nothing_else(string name)
    {
        var bytes = Convert.FromHexString(_golden[name]);
        for (var at = 0; at < bytes.Length; at++)
        {
            for (var value = 0; value < 256; value++)
            {
                var damaged = bytes.ToArray();
                damaged[at] = (byte)value;
                Should.NotThrow(() => ReadOrRefuse(damaged), $"byte {at} of {name} set to {value}");
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(255)]
    public void An_unknown_kind_is_refused(byte kind)
    {
        var bytes = EventSamples.Bytes(EventSamples.All[0].Event);
        bytes[0] = kind;
        Should.Throw<InvalidDataException>(() => EventCodec.Read(bytes)).Message.ShouldContain($"event kind {kind} is not known");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void An_unknown_layout_is_refused(byte layout)
    {
        foreach (var (_, happened) in EventSamples.All)
        {
            var bytes = EventSamples.Bytes(happened);
            bytes[1] = layout;
            Should.Throw<InvalidDataException>(() => EventCodec.Read(bytes)).Message.ShouldContain($"has layout {layout}");
        }
    }

    [Theory]
    [InlineData("SeatReleased.bare")]
    [InlineData("PolicyAdopted.bare")]
    [InlineData("PolicyExceptionChanged.full")]
    public void A_strategy_or_cause_of_a_newer_Berth_is_refused(string name)
    {
        var bytes = Convert.FromHexString(_golden[name]);
        // From the end: the cause; the strategy before heartbeats; the strategy before optional heartbeats, zigzag.
        bytes[^(name[0] == 'S' ? 1 : name.EndsWith("bare", StringComparison.Ordinal) ? 2 : 3)] = 100;
        Should.Throw<InvalidDataException>(() => EventCodec.Read(bytes)).Message.ShouldContain("not known");
    }

    [Fact]
    public void The_largest_event_fits_a_frame()
    {
        var wide = new string('€', 256 / 3);
        var who = new Who(wide, wide, wide, wide);
        var granted = new SeatGranted(
            new(new string('f', Fingerprint.MaxBytes)),
            new(new string('l', LicenseId.MaxBytes)),
            long.MaxValue,
            long.MinValue,
            new string('k', 2000),
            new Stamp(long.MaxValue, long.MinValue, who));
        var bytes = EventSamples.Bytes(granted);
        bytes.Length.ShouldBeLessThanOrEqualTo(EventFrames.MaxEventBytes);
        EventCodec.Read(bytes).ShouldBe(granted);
    }

    [Fact]
    public void An_event_beyond_the_frame_is_not_written() =>
        Should.Throw<InvalidOperationException>(() => EventSamples.Bytes(new PoolAdded(new string('x', 4096), new Stamp(0, 0, Who.Nobody))));

    private static void ReadOrRefuse(byte[] bytes)
    {
        try
        {
            EventCodec.Read(bytes).ShouldNotBeNull();
        }
        catch (InvalidDataException refused)
        {
            refused.Message.ShouldNotBeEmpty();
        }
    }

    private static Dictionary<string, string> ReadGolden()
    {
        using var file = new StreamReader(typeof(EventCodecTests).Assembly.GetManifestResourceStream("Events.golden")!);
        return file.ReadToEnd()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' '))
            .ToDictionary(words => words[0], words => words[1]);
    }
}
