using Berth.Runtime.Journal;

namespace Berth.Runtime.Tests.Journal;

public sealed class EventFramesTests
{
    private static readonly byte[] _batch = [.. EventSamples.All.SelectMany(sample => EventSamples.Frame(sample.Event))];

    [Fact]
    public void A_batch_is_walked_in_order() =>
        Walk(_batch).Select(stored => EventCodec.Read(stored)).ShouldBe(EventSamples.All.Select(sample => sample.Event));

    [Fact]
    public void An_empty_batch_has_no_events() => Walk([]).ShouldBeEmpty();

    [Fact]
    public void A_batch_that_is_cut_short_inside_an_event_is_invalid_data()
    {
        var ends = new HashSet<int>();
        var end = 0;
        foreach (var stored in Walk(_batch))
        {
            ends.Add(end);
            end += EventFrames.LengthBytes + stored.Length;
        }

        end.ShouldBe(_batch.Length);
        for (var length = 0; length < _batch.Length; length++)
        {
            if (!ends.Contains(length))
            {
                Should.Throw<InvalidDataException>(() => Walk(_batch[..length])).Message.ShouldContain("in the middle of an event");
            }
        }
    }

    [Fact]
    public void A_length_beyond_the_limit_is_invalid_data()
    {
        var bytes = new byte[EventFrames.LengthBytes + 5000];
        BitConverter.TryWriteBytes(bytes, (ushort)(EventFrames.MaxEventBytes + 1)).ShouldBeTrue();
        Should.Throw<InvalidDataException>(() => Walk(bytes));
    }

    private static List<byte[]> Walk(byte[] batch)
    {
        var events = new List<byte[]>();
        foreach (var stored in new EventFrames(batch))
        {
            events.Add(stored.ToArray());
        }

        return events;
    }
}
