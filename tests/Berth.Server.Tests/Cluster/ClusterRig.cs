using System.Collections.Concurrent;
using System.Text;
using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Ownership;
using Berth.Testing;
using Berth.Testing.Cluster;

namespace Berth.Server.Tests.Cluster;

/// <summary>Several whole members in this process over one journal and one table in memory, with real sockets on loopback between them.</summary>
internal sealed class ClusterRig : IAsyncDisposable
{
    public static readonly byte[] Secret = Encoding.ASCII.GetBytes("a secret for this test only");

    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, bool> _ended = new(StringComparer.Ordinal);
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 256 });

    /// <summary>Members that start together: none takes shards before all have joined, so that none is moved later.</summary>
    private int _first;

    public MemoryMembershipTable Table { get; } = new();

    public MemoryJournal Journal { get; } = new();

    public List<RigMember> Members { get; } = [];

    public RigMember this[int member] => Members[member];

    public static async Task<ClusterRig> StartAsync(int members, Func<MemberOptions, MemberOptions>? change = null)
    {
        var rig = new ClusterRig();
        rig._first = members;
        rig.Members.AddRange(await Task.WhenAll(
            Enumerable.Range(0, members).Select(i => RigMember.StartAsync(rig, change is null ? Options($"m{i}") : change(Options($"m{i}"))))));
        await rig.UntilAsync(() => rig.Members.All(member => member.Member.InCluster!.IsReady) && rig.IsShared());
        return rig;
    }

    /// <summary>What a member is started with.</summary>
    public static MemberOptions Options(string name) => TestMember.Options with
    {
        Cluster = new ClusterOptions
        {
            Name = "test",
            Member = name,
            Advertise = "127.0.0.1:0",
            Port = 0,
            Secret = Secret,
            Lease = TimeSpan.FromSeconds(1.5),
            Ownership = new OwnershipOptions
            {
                WatchEvery = TimeSpan.FromMilliseconds(50),
                EvidenceEvery = TimeSpan.FromMilliseconds(50),
                NewcomerDelay = TimeSpan.Zero,
                LeaveLimit = TimeSpan.FromSeconds(3),
            },
        },
    };

    public async Task<RigMember> AddAsync(string name, Func<MemberOptions, MemberOptions>? change = null)
    {
        var member = await RigMember.StartAsync(this, change is null ? Options(name) : change(Options(name)));
        Members.Add(member);
        return member;
    }

    public void BeforeCall(TableCall call)
    {
        if (call == TableCall.Acquire && Read().Members.Count < _first)
        {
            throw new IOException("the others have not joined yet");
        }
    }

    public bool HasEnded(MemberRow row) => _ended.ContainsKey(row.Card.Name);

    public async Task KillAsync(RigMember member)
    {
        await member.KillAsync();
        _ended[member.Name] = true;
    }

    /// <summary>The owner of a pool, as the table has it.</summary>
    public RigMember? OwnerOf(string pool)
    {
        var table = Read();
        var owner = table.Shards[Shards.Of(new(pool))].Owner;
        var row = table.Members.FirstOrDefault(member => member.Incarnation == owner && member.State == MemberState.Up);
        return row is null ? null : Members.LastOrDefault(member => !member.IsGone && member.Name == row.Card.Name);
    }

    /// <summary>A name of a pool that this member owns.</summary>
    public string NameOwnedBy(RigMember member, string prefix = "pool") =>
        Enumerable.Range(0, 10_000).Select(i => $"{prefix}{i}").First(name => OwnerOf(name) == member);

    public RigMember NotOwnerOf(string pool) => Members.First(member => !member.IsGone && member != OwnerOf(pool));

    public ClusterTable Read() => Table.ReadAsync(CancellationToken.None).AsTask().Result;

    /// <summary>Every shard has a live owner, and no live member has less than half of its part.</summary>
    public bool IsShared()
    {
        var table = Read();
        var up = table.Members.Where(member => member.State == MemberState.Up).Select(member => member.Incarnation).ToHashSet();
        return up.Count == Members.Count(member => !member.IsGone)
            && table.Shards.All(shard => shard.Owner is { } owner && up.Contains(owner))
            && up.All(member => table.Shards.Count(shard => shard.Owner == member) >= Shards.Count / up.Count / 2);
    }

    /// <summary>Waits for a fact.</summary>
    public async Task UntilAsync(Func<bool> isSo)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!isSo())
        {
            if (TimeProvider.System.GetElapsedTime(began) > _deadline)
            {
                throw new TimeoutException("It did not become so: " + string.Join("\n", Members.SelectMany(member => member.Log.Lines.TakeLast(5))));
            }

            await Task.Yield();
            await Table.ReadAsync(CancellationToken.None);
        }
    }

    public async Task<(int Status, string Text)> PutAsync(RigMember at, string pool, string node, params (string Name, string Value)[] headers) =>
        await SendAsync(HttpMethod.Put, $"{at.Edge}/v1/nodes/{node}", [("Relay-Pool", pool), .. headers]);

    public async Task<(int Status, string Text)> DeleteAsync(RigMember at, string pool, string node) =>
        await SendAsync(HttpMethod.Delete, $"{at.Edge}/v1/nodes/{node}", [("Relay-Pool", pool)]);

    public async Task<(int Status, string Text)> GetAsync(RigMember at, string path) => await SendAsync(HttpMethod.Get, at.Edge + path, []);

    public async Task<HttpResponseMessage> AskAsync(HttpMethod method, RigMember at, string path) =>
        await _client.SendAsync(new HttpRequestMessage(method, at.Edge + path));

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        foreach (var member in Members)
        {
            await member.DisposeAsync();
        }
    }

    private async Task<(int Status, string Text)> SendAsync(HttpMethod method, string uri, IEnumerable<(string Name, string Value)> headers)
    {
        using var request = new HttpRequestMessage(method, uri);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await _client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
