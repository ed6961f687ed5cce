using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Berth.Pools;
using Berth.Protocol;
using Berth.Runtime.Journal;
using Berth.Server.Http;
using Berth.Server.Tests.Http;
using Berth.Testing;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Forwarding;

/// <summary>An edge without pools answers what the member would have answered.</summary>
public sealed partial class ForwardingEdgeTests
{
    /// <summary>What differs between two answers to the same request: when (a time may be written shorter), and who signed.</summary>
    private static readonly string[] _ownHeaders = ["Date", "Relay-Clock", "Relay-Signature", "Berth-Member", "Content-Length"];

    private static readonly string[] _requests =
    [
        Put("a"), Put("a"), Put("%41"), Put("A"), Put("a%2Fb"), Put("a%252Fb"), Put("a/"), Put(".."), Put("%2e%2e"), Put("a//b"),
        Put("b%20c"), Put("%ff"), Put("%C3%A4"), Put("ä"), Put("x", "Relay-Pool: blue"), Put("x", "Relay-Pool: blue"), Put("x", "Relay-Pool: none"),
        Put("y", "Relay-Pool: none,blue"), Put("z", "Prefer: return=representation"), Put("z", "Prefer: return=representation"),
        Put("z?query=1"), Put("full"), Delete("a"), Delete("a"), Delete("x"), Delete("x", "Relay-Pool: blue"), Put("u", "Berth-User: " + new string('u', 257)),
        Put("u", "Content-Length: 1048577"), Request("GET", "/v1/nodes/a"), Request("POST", "/v1/health"), Health, Request("GET", "/nowhere"),
        Request("GET", "/livez"), Request("GET", "/readyz"), NativeWire.Claim("v2"), NativeWire.ClaimBy("v2", "key"), NativeWire.Show("v2"),
        Request("put", "/v1/nodes/lower"), Request("delete", "/v1/nodes/A"), Request("put", NativeWire.PathOf("lower")), Request("OPTIONS", "*"),
        Request("HEAD", "/v1/health"), Request("HEAD", "/readyz"), Request("GET", "/readyz?verbose"), Request("GET", "/admin/server"),
        Request("GET", "/forwarded"), Put("p", "Relay-Pool: blue", "Relay-Pool: none"), Put("q", "Relay-Pool:", "Relay-Pool: none"),
        Request("PUT", NativeWire.PathOf("w"), "Berth-Claim-Key: a", "Berth-Claim-Key: b"),
        NativeWire.ClaimWith("w", new string('x', 20_000)),
        NativeWire.Release("v2"), NativeWire.Show("v2"), NativeWire.ClaimWith("w", "{"), Request("PATCH", NativeWire.PathOf("v2")),
    ];

    [Fact]
    public async Task Every_answer_is_the_members_own()
    {
        await using var rig = await EdgeRig.StartAsync();
        await using var twin = await TestMember.StartAsync();
        foreach (var member in new[] { rig.Member, twin })
        {
            await member.AddSeatsAsync(PoolName.Global, 7);
            await member.AddSeatsAsync(new PoolName("blue"), 2, "blue-");
        }

        foreach (var request in _requests)
        {
            var (forwarded, own) = (await rig.AskAsync(request), await twin.AskAsync(request));
            Shown(forwarded).ShouldBe(Shown(own), request);
        }
    }

    [Fact]
    public async Task It_has_a_pool_a_secret_and_limits_of_its_own()
    {
        var options = TestMember.Options with
        {
            PoolLock = new PoolName("größe, 1"),
            SigningSecret = "mine",
            NodeLimit = new RateLimit(1, TimeSpan.FromHours(1)),
        };
        await using var rig = await EdgeRig.StartAsync(options, TestMember.Options with { SigningSecret = "the member's" });
        await rig.Member.AddSeatsAsync(new PoolName("größe, 1"), 1);
        var claimed = await rig.AskAsync(Put("a"));
        claimed.ShouldHandOut(201, "license-1");
        claimed["Relay-Signature"].ShouldBe(new AnswerSignature("mine").Sign(claimed["Relay-Clock"]!, claimed.Body, []));
        (await rig.AskAsync(Put("b", "Relay-Pool: other"))).ShouldBe(400, UnsupportedPool);
        (await rig.AskAsync(NativeWire.Claim("b"))).ShouldBeProblem(400, ClaimProblemCodes.UnsupportedPool);
        (await rig.Member.AskAsync(Put("b"))).Status.ShouldBe(410);
        await rig.AskAsync(Put("a"));
        var limited = await rig.AskAsync(Put("%61"));
        limited.Status.ShouldBe(429);
        limited["Retry-After"].ShouldNotBeNull();
        (await rig.AskAsync(Delete("a"))).Status.ShouldBe(204);
    }

    [Fact]
    public async Task The_record_names_the_node_and_not_the_edge()
    {
        await using var rig = await EdgeRig.StartAsync();
        await rig.Member.AddSeatsAsync(PoolName.Global, 1);
        await rig.AskAsync(Put("a", "Berth-User: zoë"));
        var records = await rig.Member.Member.Journal.ReadAsync(PoolName.Global, 0, 100);
        var events = new List<PoolEvent>();
        foreach (var record in records)
        {
            foreach (var stored in new EventFrames(record.Bytes))
            {
                events.Add(EventCodec.Read(stored.Span));
            }
        }

        events.OfType<SeatGranted>().Single().Stamp.Who.ShouldBe(new Who("node", "127.0.0.1", "zoë", null));
    }

    [Fact]
    public async Task Without_a_member_nothing_happened_and_with_it_again_all_is_well()
    {
        await using var rig = await EdgeRig.StartAsync();
        await rig.Member.AddSeatsAsync(PoolName.Global, 1);
        await rig.StopListeningAsync();
        var refused = await rig.AskAsync(Put("a"));
        refused.ShouldBe(503, Unavailable);
        refused["Retry-After"].ShouldBe("1");
        refused["Relay-Clock"].ShouldNotBeNull();
        var native = await rig.AskAsync(NativeWire.Claim("a"));
        (native.Status, native["Content-Type"], native["Retry-After"]).ShouldBe((503, "application/problem+json", "1"));
        native.Text.ShouldContain(ClaimProblemCodes.Unavailable);
        await rig.ListenAsync();
        (await rig.AskAsync(Put("a"))).Status.ShouldBe(201);
    }

    [Fact]
    public async Task A_member_that_goes_away_after_it_was_asked_leaves_an_unknown_outcome()
    {
        await using var rig = await EdgeRig.StartAsync();
        using var listener = await InPlaceOfTheMemberAsync(rig);
        var dying = Task.Run(async () =>
        {
            using var taken = await listener.AcceptAsync();
            await taken.ReceiveAsync(new byte[64 * 1024]);
        });
        (await rig.AskAsync(Put("a"))).ShouldBe(503, OutcomeUnknown);
        await dying;
    }

    [Fact]
    public async Task A_request_is_never_sent_twice_on_the_edges_own_account()
    {
        await using var rig = await EdgeRig.StartAsync();
        using var listener = await InPlaceOfTheMemberAsync(rig);
        var dying = Task.Run(async () =>
        {
            using var taken = await listener.AcceptAsync();
            await taken.ReceiveAsync(new byte[64 * 1024]);
            await taken.SendAsync("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
            await taken.ReceiveAsync(new byte[64 * 1024]);
            listener.Close();
        });
        (await rig.AskAsync(Put("a"))).Status.ShouldBe(202);
        (await rig.AskAsync(Put("a"))).ShouldBe(503, OutcomeUnknown);
        await dying;
    }

    [Fact]
    public async Task Without_a_member_the_edge_is_alive_and_not_ready_and_its_refusals_are_stamped()
    {
        await using var rig = await EdgeRig.StartAsync(TestMember.Options with { SigningSecret = "mine" });
        await rig.StopListeningAsync();
        (await rig.AskAsync(Request("GET", "/livez"))).Status.ShouldBe(200);
        (await rig.AskAsync(Request("GET", "/readyz"))).Status.ShouldBe(503);
        (await rig.AskAsync(Put("a?x=/v2/")))["Relay-Signature"].ShouldNotBeNull();
        (await rig.AskAsync(Request("PUT", NativeWire.PathOf("w"), "Transfer-Encoding: chunked") + "zz\r\n")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Operators_find_room_on_the_socket_whatever_the_edge_carries()
    {
        await using var rig = await EdgeRig.StartAsync();
        await rig.Member.AddSeatsAsync(PoolName.Global, 200);
        var statuses = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i => (await rig.AskAsync(Put($"n{i}"))).Status));
        statuses.ShouldAllBe(status => status == 201);
        using var client = new ManagementClient(rig.Socket, TimeProvider.System);
        (await client.FindPoolAsync("-", default)).Value!.Held.ShouldBe(200);
    }

    [GeneratedRegex(@"""(expires_at|expires_in|since|expiresAt|expiresIn|retryAt)"":(\d+|""[^""]*"")", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Times();

    private static async Task<Socket> InPlaceOfTheMemberAsync(EdgeRig rig)
    {
        await rig.StopListeningAsync();
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(rig.Socket));
        listener.Listen();
        return listener;
    }

    private static string Shown(RawAnswer answer)
    {
        var text = new StringBuilder(answer.StatusLine);
        foreach (var (name, value) in answer.Headers.Where(header => !_ownHeaders.Contains(header.Key)).OrderBy(header => header.Key, StringComparer.Ordinal))
        {
            text.Append($"\n{name}: {value}");
        }

        // Times may fall into two seconds.
        var body = Times().Replace(answer.Text, "TIME");
        return $"{text}\n\n{body}";
    }
}
