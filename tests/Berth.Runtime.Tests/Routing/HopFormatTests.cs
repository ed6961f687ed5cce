using System.Collections;
using System.Diagnostics;
using System.Reflection;
using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Routing;

namespace Berth.Runtime.Tests.Routing;

/// <summary>Members of two versions speak to each other: <c>Hops.golden</c> may gain lines and never change one.</summary>
public sealed class HopFormatTests
{
    public static TheoryData<string> Requests => [.. HopSamples.Requests.Select(sample => sample.Name)];

    public static TheoryData<string> Responses => [.. HopSamples.Responses.Select(sample => sample.Name)];

    [Theory]
    [MemberData(nameof(Requests))]
    public void A_request_is_read_as_it_was_written(string name)
    {
        var sent = HopSamples.Requests.Single(sample => sample.Name == name).Request;
        var read = HopFormat.ReadRequest(HopSamples.Bytes(sent));
        HopSamples.Show(read).ShouldBe(HopSamples.Show(sent));
    }

    [Theory]
    [MemberData(nameof(Responses))]
    public void A_response_is_read_as_it_was_written(string name)
    {
        var sent = HopSamples.Responses.Single(sample => sample.Name == name).Response;
        var read = HopFormat.ReadResponse(HopSamples.Bytes(sent));
        HopSamples.Show(read).ShouldBe(HopSamples.Show(sent));
    }

    [Fact]
    public void Every_command_has_a_sample_that_uses_each_of_its_fields() => ShouldCover<PoolCommand>(
        HopSamples.Requests.Select(sample => sample.Request.Command).OfType<PoolCommand>(), except: typeof(ExpireEarliest));

    [Fact]
    public void Every_reply_has_a_sample_that_uses_each_of_its_fields() =>
        ShouldCover<PoolReply>(HopSamples.Responses.Select(sample => sample.Response.Reply), except: typeof(Who));

    [Fact]
    public void The_bytes_are_those_of_the_golden_file() => HopSamples.Messages
        .Select(message => $"{message.Name} {Convert.ToHexStringLower(message.Bytes)}")
        .ShouldBe(Golden());

    [Fact]
    public void A_reply_without_fields_is_read_as_its_one_instance()
    {
        var singletons = HopSamples.Responses.Where(sample => One(sample.Response.Reply.GetType()) is not null).ToList();
        singletons.ShouldNotBeEmpty();
        foreach (var (name, sent) in singletons)
        {
            HopFormat.ReadResponse(HopSamples.Bytes(sent)).Reply.ShouldBeSameAs(One(sent.Reply.GetType()), name);
        }
    }

    [Fact]
    public void What_was_read_outlives_the_bytes()
    {
        var sent = HopSamples.Requests.Single(sample => sample.Name == "AddLicenses.rows").Request;
        var bytes = HopSamples.Bytes(sent);
        var read = HopFormat.ReadRequest(bytes);
        bytes.AsSpan().Clear();
        HopSamples.Show(read).ShouldBe(HopSamples.Show(sent));
    }

    [Fact]
    public void Who_asked_most_often_is_read_as_the_one_instance()
    {
        Reread(Who.Nobody).ShouldBeSameAs(Who.Nobody);
        Reread(Who.Member).ShouldBeSameAs(Who.Member);
        Reread(new Who("node", "192.0.2.7", null, null)).Actor.ShouldBeSameAs("node");
        Who Reread(Who who) => HopFormat.ReadRequest(HopSamples.Bytes(HopSamples.Call(new ClaimSeat(new("n"), who)))).Command!.Who;
    }

    [Fact]
    public void A_claim_and_its_answer_are_written_without_garbage()
    {
        var to = new ByteWriter();
        var request = HopSamples.Requests.Single(sample => sample.Name == "ClaimSeat.full").Request;
        var response = HopSamples.Responses.Single(sample => sample.Name == "Granted").Response;
        Write();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Write();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void Write()
        {
            to.Clear();
            HopFormat.Write(to, request);
            HopFormat.Write(to, response);
        }
    }

    [Fact]
    public void What_only_an_actor_asks_of_itself_is_not_sent() =>
        Should.Throw<UnreachableException>(() => HopSamples.Bytes(HopSamples.Call(new ExpireEarliest())));

    [Fact]
    public void A_hop_that_makes_no_sense_is_not_sent()
    {
        var call = HopSamples.Call(new AskSummary());
        var row = new LicenseRow(new("l"), call.Pool, new byte[1], "k");
        var add = HopSamples.Call(new AddLicenses([], Who.Nobody));
        HopRequest[] senseless =
        [
            call with { Command = null },
            call with { Kind = HopKind.Hello },
            call with { Kind = (HopKind)7 },
            call with { Kind = HopKind.Describe },
            call with { Kind = HopKind.Move, Command = null },
            call with { Kind = HopKind.Move, Order = new ShardOrder(1, new(2), 0) },
            call with { Kind = HopKind.Hello, Command = null, Order = new ShardOrder(1, new(2), 0) },
            call with { Rows = [row] },
            HopSamples.Call(new ChangeLicense(new(new("l"), 1, null), Who.Nobody), row, row),
            add with { Rows = [row with { Pool = new("other") }] },
            add with { Rows = [row with { File = default }] },
            add with { Rows = [row with { File = new byte[HopFormat.MaxFileBytes + 1] }] },
            HopSamples.Call(new AddLicenses([.. Enumerable.Repeat(new LicenseGrant(new("l"), 1, null), 257)], Who.Nobody)),
        ];
        foreach (var request in senseless)
        {
            Should.Throw<UnreachableException>(() => HopSamples.Bytes(request));
        }
    }

    private static void ShouldCover<TFamily>(IEnumerable<TFamily> samples, params Type[] except)
        where TFamily : notnull
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        var types = new HashSet<Type>();
        foreach (var sample in samples)
        {
            Use(sample, used, types);
        }

        Names(types.Concat(except)).ShouldBe(Names(typeof(TFamily).Assembly.GetTypes()));
        types.Except(except).SelectMany(Fields).Select(Key).Except(used).ShouldBeEmpty();

        static IEnumerable<string> Names(IEnumerable<Type> all) =>
            all.Where(type => type.IsSubclassOf(typeof(TFamily))).Select(type => type.Name).Order();
    }

    /// <summary>Notes the fields that differ from what a reader makes of nothing, of this record and of those in it.</summary>
    private static void Use(object record, HashSet<string> used, HashSet<Type> types)
    {
        types.Add(record.GetType());
        foreach (var field in Fields(record.GetType()))
        {
            var value = field.GetValue(record);
            if (value is not (null or 0 or 0L or false or ""))
            {
                used.Add(Key(field));
            }

            object?[] parts = value is IEnumerable list and not string ? [.. list] : [value];
            foreach (var part in parts.Where(part => part?.GetType() is { Namespace: "Berth.Pools", IsEnum: false }))
            {
                Use(part!, used, types);
            }
        }
    }

    private static IEnumerable<PropertyInfo> Fields(Type type) =>
        type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(field => field is { Name: not "IsGlobal" });

    private static string Key(PropertyInfo field) => $"{field.ReflectedType!.Name}.{field.Name}";

    private static object? One(Type type) => type.GetField("Instance")?.GetValue(null);

    private static string[] Golden()
    {
        using var file = new StreamReader(typeof(HopFormatTests).Assembly.GetManifestResourceStream("Hops.golden")!);
        return file.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
