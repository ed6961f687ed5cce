using System.Collections.Concurrent;
using System.Diagnostics;
using Berth.Pools;
using Berth.Runtime.Tracing;
using Berth.Server.Tests.Cluster;
using Berth.Testing;

namespace Berth.Server.Tests.Tracing;

/// <summary>Which spans a request leaves, and that it leaves none where nobody listens. Other tests of this process make spans meanwhile: those here are told by their pools.</summary>
public sealed class SpanTests
{
    private const string ClientsTrace = "0af7651916cd43dd8448eb211c80319c";
    private const string ClientsParent = "00-" + ClientsTrace + "-b7ad6b7169203331-01";

    [Fact]
    public async Task While_nobody_listens_nothing_is_made()
    {
        Traces.Source.HasListeners().ShouldBeFalse();
        var clock = new LookingClock();
        await using var member = await TestMember.StartAsync(time: clock);
        await member.AddLicenseAsync(new PoolName("quiet"), "quiet-1");
        (await PutAsync(member.Port, "quiet", ClientsParent)).ShouldBe(201);
        clock.Looks.ShouldBeGreaterThan(0);
        clock.Found.ShouldBeEmpty();

        using var spans = new Listening();
        (await PutAsync(member.Port, "quiet", ClientsParent)).ShouldBe(202);
        clock.Found.ShouldContain(Traces.SourceName, "the clock would have seen them");
    }

    [Fact]
    public async Task A_claim_on_a_lone_member_is_a_request_and_an_append()
    {
        using var spans = new Listening();
        await using var member = await TestMember.StartAsync();
        await member.AddLicenseAsync(new PoolName("lone"), "lone-1");
        (await PutAsync(member.Port, "lone", parent: null)).ShouldBe(201);
        (await PutAsync(member.Port, "lone", parent: null)).ShouldBe(202);
        var claimed = await spans.OfAsync("lone", 3);
        var edge = claimed.First(span => span.Kind == ActivityKind.Server);
        edge.DisplayName.ShouldBe("PUT /v1/nodes/{fingerprint}");
        edge.ParentSpanId.ShouldBe(default);
        Tags(edge).ShouldBe([
            ("berth.pool", "lone"), ("berth.reply", "Granted"), ("http.request.method", "PUT"), ("http.response.status_code", "201"),
            ("http.route", "/v1/nodes/{fingerprint}")]);
        var append = claimed.Single(span => span.DisplayName == "append");
        append.ParentSpanId.ShouldBe(edge.SpanId);
        append.TraceId.ShouldBe(edge.TraceId);
        Tags(append).ShouldBe([("berth.commands", "1"), ("berth.outcome", "Committed"), ("berth.pool", "lone")]);
        claimed.SelectMany(Tags).ShouldAllBe(tag => !tag.Value.Contains("secret-node", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_claim_that_hops_is_one_trace_from_the_edge_to_the_owners_journal()
    {
        using var spans = new Listening();
        await using var rig = await ClusterRig.StartAsync(2);
        var pool = rig.NameOwnedBy(rig[1], "hopping");
        await rig[1].AddSeatsAsync(pool, 1);
        (await rig.PutAsync(rig[0], pool, "secret-node")).Status.ShouldBe(201);
        var all = await spans.OfAsync(pool, 4);
        var edge = all.Single(span => span.DisplayName.StartsWith("PUT", StringComparison.Ordinal));
        var hop = all.Single(span => span.DisplayName == "hop");
        var answer = all.Single(span => span.DisplayName == "hop answer");
        var append = all.Single(span => span.DisplayName == "append");
        all.Select(span => span.TraceId).Distinct().ShouldHaveSingleItem();
        (hop.ParentSpanId, answer.ParentSpanId, append.ParentSpanId).ShouldBe((edge.SpanId, hop.SpanId, answer.SpanId));
        (hop.Kind, answer.Kind).ShouldBe((ActivityKind.Client, ActivityKind.Server));
        hop.GetTagItem("berth.owner").ShouldBe("m1");
        edge.GetTagItem("berth.member").ShouldBe("m1");
    }

    [Fact]
    public async Task A_clients_trace_is_linked_to_and_not_gone_on_with()
    {
        using var spans = new Listening();
        await using var member = await TestMember.StartAsync();
        await member.AddLicenseAsync(new PoolName("linked"), "linked-1");
        (await PutAsync(member.Port, "linked", ClientsParent)).ShouldBe(201);
        var edge = (await spans.OfAsync("linked", 2)).Single(span => span.Kind == ActivityKind.Server);
        edge.TraceId.ToHexString().ShouldNotBe(ClientsTrace);
        edge.ParentSpanId.ShouldBe(default);
        edge.Links.Single().Context.TraceId.ToHexString().ShouldBe(ClientsTrace);
        (await PutAsync(member.Port, "linked", "00-nonsense-01")).ShouldBe(202);
        (await spans.OfAsync("linked", 3)).Last(span => span.Kind == ActivityKind.Server).Links.ShouldBeEmpty();
    }

    [Fact]
    public async Task Probes_leave_no_span()
    {
        using var spans = new Listening();
        await using var member = await TestMember.StartAsync();
        foreach (var path in new[] { "/livez", "/readyz", "/v1/health", "/nothing" })
        {
            await using var connection = await RawHttp.ConnectAsync(member.Port);
            await connection.AskAsync($"GET {path}?probing HTTP/1.1\r\nHost: berth\r\nConnection: close\r\n\r\n");
        }

        spans.All.ShouldAllBe(span => !span.DisplayName.StartsWith("GET", StringComparison.Ordinal) || span.DisplayName.EndsWith("/{fingerprint}", StringComparison.Ordinal));
    }

    private static async Task<int> PutAsync(int port, string pool, string? parent)
    {
        await using var connection = await RawHttp.ConnectAsync(port);
        var trace = parent is null ? "" : $"traceparent: {parent}\r\n";
        return (await connection.AskAsync($"PUT /v1/nodes/secret-node HTTP/1.1\r\nHost: berth\r\nRelay-Pool: {pool}\r\n{trace}Content-Length: 0\r\n\r\n")).Status;
    }

    private static IEnumerable<(string Key, string Value)> Tags(Activity span) =>
        span.TagObjects.Select(tag => (tag.Key, $"{tag.Value}")).OrderBy(tag => tag.Key, StringComparer.Ordinal);

    /// <summary>Keeps the spans of the process.</summary>
    private sealed class Listening : IDisposable
    {
        private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(20);

        private readonly ActivityListener _listener;

        public Listening()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == Traces.SourceName,
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = All.Enqueue,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public ConcurrentQueue<Activity> All { get; } = new();

        /// <summary>The spans of a pool, once there are so many that belong to claims.</summary>
        public async Task<IReadOnlyList<Activity>> OfAsync(string pool, int count)
        {
            using var timer = new PeriodicTimer(_look, TimeProvider.System);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
            while (true)
            {
                var found = All.Where(span => span.GetTagItem("berth.pool") as string == pool).ToList();
                if (found.Count >= count)
                {
                    return found;
                }

                await timer.WaitForNextTickAsync(limit.Token);
            }
        }

        public void Dispose() => _listener.Dispose();
    }

    /// <summary>A clock that sees what whoever asks it is part of.</summary>
    private sealed class LookingClock : TimeProvider
    {
        private int _looks;

        public int Looks => _looks;

        public ConcurrentBag<string> Found { get; } = [];

        public override DateTimeOffset GetUtcNow()
        {
            Interlocked.Increment(ref _looks);
            if (Activity.Current is { } found)
            {
                Found.Add(found.Source.Name);
            }

            return base.GetUtcNow();
        }
    }
}
