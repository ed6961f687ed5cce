using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Routing;

namespace Berth.Runtime.Tests.Routing;

/// <summary>Whatever arrives instead of a message is refused in one way, in words about the message, and without much memory.</summary>
public sealed class HopDamageTests
{
    /// <summary>What refusing may take: an exception, its text and the objects of the message so far.</summary>
    private const int MaxRefusalBytes = 64 * 1024;

    private static readonly byte[] _values = [0, 1, 2, 0x7F, 0x80, 0xFF];

    [Fact]
    public void A_message_that_is_cut_short_anywhere_is_refused()
    {
        foreach (var (name, bytes) in HopSamples.Messages)
        {
            for (var length = 0; length < bytes.Length; length++)
            {
                ReadOrRefuse(name, bytes[..length]).ShouldBeFalse($"{length} bytes of {name}");
            }
        }
    }

    [Fact]
    public void A_byte_too_many_is_refused()
    {
        foreach (var (name, bytes) in HopSamples.Messages)
        {
            Refusal(name, [.. bytes, 0]).ShouldContain("1 bytes follow", customMessage: name);
        }
    }

    [Fact]
    public void A_damaged_byte_gives_a_message_that_could_have_been_sent_or_a_refusal()
    {
        foreach (var (name, bytes) in HopSamples.Messages)
        {
            for (var at = 0; at < bytes.Length; at++)
            {
                foreach (var value in _values.Concat(Enumerable.Range(0, 8).Select(bit => (byte)(bytes[at] ^ (1 << bit)))))
                {
                    var damaged = bytes.ToArray();
                    damaged[at] = value;
                    ReadOrRefuse(name, damaged);
                }
            }
        }
    }

    [Fact]
    public void Damage_of_all_kinds_gives_a_message_that_could_have_been_sent_or_a_refusal()
    {
        var random = new Random(20_260_118);
        var read = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var (name, bytes) = HopSamples.Messages[random.Next(HopSamples.Messages.Count)];
            read += ReadOrRefuse(name, Damage(bytes, random)) ? 1 : 0;
        }

        // Both must be seen often, or the damage is of the wrong kind.
        read.ShouldBeInRange(2_000, 18_000);
    }

    [Fact]
    public void A_message_of_another_format_is_refused()
    {
        foreach (var (name, bytes) in HopSamples.Messages)
        {
            foreach (var format in new byte[] { 0, 2, 255 })
            {
                Refusal(name, [format, .. bytes[1..]]).ShouldContain($"format {format}; this Berth knows format 1");
            }
        }
    }

    [Fact]
    public void A_request_is_no_response_and_a_response_no_request()
    {
        foreach (var (_, request) in HopSamples.Requests)
        {
            Should.Throw<InvalidDataException>(() => HopFormat.ReadResponse(HopSamples.Bytes(request)));
        }

        foreach (var (_, response) in HopSamples.Responses)
        {
            Should.Throw<InvalidDataException>(() => HopFormat.ReadRequest(HopSamples.Bytes(response)));
        }
    }

    [Fact]
    public void A_command_or_reply_of_a_newer_member_is_refused()
    {
        var request = HopSamples.Bytes(HopSamples.Call(new AskSummary()));
        var response = HopSamples.Bytes(HopSamples.Answer(Busy.Instance));
        var unknown = Enumerable.Range(0, 256).Select(kind => (byte)kind);
        foreach (var kind in unknown.Where(kind => !Enum.IsDefined((CommandKind)kind)))
        {
            // The kind, and behind it how many license files come: none.
            Refusal("request", [.. request[..^2], kind, 0]).ShouldContain($"a command has the kind {kind}");
        }

        foreach (var kind in unknown.Where(kind => !Enum.IsDefined((ReplyKind)kind)))
        {
            Refusal("response", [.. response[..^1], kind]).ShouldContain($"a reply has the kind {kind}");
        }
    }

    [Fact]
    public void A_number_that_names_nothing_is_refused()
    {
        Refusal("response", Ending(new Renewed(new("l"), 1, true), 2)).ShouldContain("a yes or no is 2");
        Refusal("response", Ending(new NoSeatFree(DenialReason.AllHeld), 3)).ShouldContain("the reason of a denial has the number 3");
        var policy = new Policy(TimeSpan.FromSeconds(30), Strategy.Fifo, true);
        var summary = new PoolSummary(PoolName.Global, 0, 0, 0, 0, 0, PolicyException.None, policy, policy);
        Refusal("response", Ending(summary, 3, 1)).ShouldContain("a strategy has the number 3");
        Refusal("request", Kind(7)).ShouldContain("the kind is 7, which no request has");
        foreach (var ttl in new[] { -1, long.MinValue, long.MaxValue })
        {
            // Behind the ttl: which strategy, heartbeats or not, no policy of the cluster.
            var to = new ByteWriter();
            to.Signed(ttl);
            byte[] bare = HopSamples.Bytes(HopSamples.Answer(summary with { Policy = policy with { Ttl = TimeSpan.Zero }, ClusterPolicy = null }));
            Refusal("response", [.. bare[..^4], .. to.Written.Span, 0, 1, 0]).ShouldContain($"a ttl is {ttl} ms");
        }

        static byte[] Ending(PoolReply reply, params byte[] end) => [.. HopSamples.Bytes(HopSamples.Answer(reply))[..^end.Length], .. end];
        static byte[] Kind(byte kind) => [1, kind, .. HopSamples.Bytes(HopSamples.Requests[0].Request)[2..]];
    }

    /// <summary>Reads, and what was read must be what is read again once it is written; false: refused as it should be.</summary>
    private static bool ReadOrRefuse(string name, byte[] bytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            if (name.StartsWith("request", StringComparison.Ordinal))
            {
                var read = HopFormat.ReadRequest(bytes);
                HopSamples.Show(HopFormat.ReadRequest(HopSamples.Bytes(read))).ShouldBe(HopSamples.Show(read));
            }
            else
            {
                var read = HopFormat.ReadResponse(bytes);
                HopSamples.Show(HopFormat.ReadResponse(HopSamples.Bytes(read))).ShouldBe(HopSamples.Show(read));
            }

            return true;
        }
        catch (InvalidDataException refused)
        {
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(MaxRefusalBytes, name);
            refused.Message.ShouldContain("member's message");
            refused.Message.ShouldNotContain("journal");
            return false;
        }
    }

    private static string Refusal(string name, byte[] bytes) => Should.Throw<InvalidDataException>(() =>
    {
        _ = name.StartsWith("request", StringComparison.Ordinal) ? (object)HopFormat.ReadRequest(bytes) : HopFormat.ReadResponse(bytes);
    }).Message;

    private static byte[] Damage(byte[] bytes, Random random)
    {
        var damaged = bytes.ToList();
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(damaged.Count);
            switch (random.Next(5))
            {
                case 0:
                    damaged[at] = (byte)random.Next(256);
                    break;
                case 1:
                    damaged.Insert(at, (byte)random.Next(256));
                    break;
                case 2 when damaged.Count > 1:
                    damaged.RemoveAt(at);
                    break;
                case 3:
                    var other = HopSamples.Messages[random.Next(HopSamples.Messages.Count)].Bytes;
                    damaged[at] = other[random.Next(other.Length)];
                    break;
                default:
                    damaged[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return [.. damaged];
    }
}
