using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Berth.Chaos.History;
using Berth.Chaos.Hosts;
using Berth.Chaos.Journal;
using Berth.Chaos.Nodes;
using Berth.Chaos.Processes;

namespace Berth.Chaos.Runs;

/// <summary>A cluster under test: members and PostgreSQL on hosts of their own, and the nodes that use it.</summary>
internal sealed class Scene : IAsyncDisposable
{
    private const int ShardCount = 256;

    private readonly SceneSetup _setup;
    private readonly List<Host> _hosts = [];
    private readonly List<ChaosMember> _members = [];
    private readonly List<ChaosMember> _gone = [];

    private Scene(SceneSetup setup)
    {
        _setup = setup;
        Random = new Random(setup.Seed);
        Recorder = new Recorder(Time);
        Calls = new EdgeCalls(Recorder);
        Rota = new Rota(_members);
        Probes = new Probes(Calls, Recorder, _members, Time);
        Tables = new JournalTables(() => Primary);
        CrowdPools = [.. Enumerable.Range(1, setup.CrowdPools).Select(pool => $"crowd-{pool}")];
        ProbePools = [.. Enumerable.Range(1, setup.ProbePools).Select(pool => $"probe-{pool}")];
        Crowd = new Crowd(CrowdPools, setup.NodesPerPool, Rota, Calls, Recorder);
    }

    public TimeProvider Time { get; } = TimeProvider.System;

    public Random Random { get; }

    public SceneSetup Setup => _setup;

    public Recorder Recorder { get; }

    public EdgeCalls Calls { get; }

    public Rota Rota { get; }

    public Crowd Crowd { get; }

    public Probes Probes { get; }

    public JournalTables Tables { get; }

    public LicenseStock Licenses { get; } = new();

    /// <summary>Pools whose licenses have one seat each.</summary>
    public IReadOnlyList<string> CrowdPools { get; }

    /// <summary>Pools in which new claims are tried.</summary>
    public IReadOnlyList<string> ProbePools { get; }

    /// <summary>All members, whether they run or not.</summary>
    public IReadOnlyList<ChaosMember> Members => _members;

    /// <summary>The PostgreSQL that members write to.</summary>
    public ChaosPostgres Primary { get; private set; } = null!;

    /// <summary>The other one, which may become a standby.</summary>
    public ChaosPostgres Spare { get; private set; } = null!;

    /// <summary>Surely longer than the lease.</summary>
    public TimeSpan LongerThanTheLease => _setup.Lease + TimeSpan.FromSeconds(2.5);

    /// <summary>What every member is started with.</summary>
    private MemberSetup MemberSetup { get; set; } = null!;

    /// <summary>Where the store is.</summary>
    public string Store => MemberSetup.Store;

    /// <summary>Builds a cluster, waits until it is whole, and lets the nodes begin.</summary>
    public static async Task<Scene> BuildAsync(SceneSetup setup)
    {
        var scene = new Scene(setup);
        try
        {
            await scene.BuildStoreAsync();
            await scene.BuildMembersAsync();
            scene.Crowd.Start(setup.Seed, scene.Time);
            return scene;
        }
        catch
        {
            await scene.DisposeAsync();
            throw;
        }
    }

    /// <summary>Nothing happens for a while, but what nodes do.</summary>
    public Task LetRunAsync(TimeSpan pause) => Task.Delay(pause, Time);

    /// <summary>The probed pools of each member, by what PostgreSQL says.</summary>
    public async Task<ILookup<string, string>> ProbePoolsByOwnerAsync()
    {
        var owners = await Tables.OwnersAsync();
        return ProbePools.Where(pool => owners.ContainsKey(ShardOf(pool))).ToLookup(pool => owners[ShardOf(pool)]);
    }

    /// <summary>The member that owns most, or fewest, of the probed pools.</summary>
    public async Task<ChaosMember> OwnerAsync(bool most = true)
    {
        var owned = await ProbePoolsByOwnerAsync();
        var ordered = Members.OrderByDescending(member => owned[member.Name].Count()).ThenBy(_ => Random.Next()).ToList();
        return most ? ordered[0] : ordered[^1];
    }

    /// <summary>All members but one.</summary>
    public IReadOnlyList<ChaosMember> Others(ChaosMember than) => [.. Members.Where(member => member != than)];

    /// <summary>The spare is the primary now.</summary>
    public void Failover() => (Primary, Spare) = (Spare, Primary);

    /// <summary>The same member, as far as its name goes, on a host that is new. The former one does not run.</summary>
    public async Task<ChaosMember> ReplaceAsync(ChaosMember gone)
    {
        var heir = await NewMemberAsync(gone.Name, $"{gone.Host.Name[_setup.Prefix.Length..]}x", gone.Clock is not null);
        _gone.Add(gone);
        _members[_members.IndexOf(gone)] = heir;
        return heir;
    }

    /// <summary>Writes what all processes said beside their files.</summary>
    public async Task WriteLogsAsync()
    {
        foreach (var member in _members.Concat(_gone))
        {
            await member.WriteLogAsync();
        }

        await Primary.WriteLogAsync();
        await Spare.WriteLogAsync();
        await File.WriteAllLinesAsync(Path.Combine(_setup.Folder, "history"), Recorder.All().Select(operation => operation.ToString()));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Crowd.DisposeAsync();
        await Probes.FinishAsync();
        Calls.Dispose();
        foreach (var member in _members.Concat(_gone))
        {
            await member.DisposeAsync();
        }

        foreach (var postgres in new[] { Primary, Spare }.OfType<ChaosPostgres>())
        {
            await postgres.DisposeAsync();
        }

        await Network.RemoveAsync(_hosts);
    }

    /// <summary>Which shard a pool is in: the first 8 bytes, big-endian, of SHA-256 of its name.</summary>
    public static int ShardOf(string pool) =>
        (int)(BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(pool))) % ShardCount);

    private async Task BuildStoreAsync()
    {
        Primary = await NewPostgresAsync("pg1");
        Spare = await NewPostgresAsync("pg2");
        await Primary.CreateAsync();
        var secret = Path.Combine(_setup.Folder, "secret");
        await File.WriteAllTextAsync(secret, Convert.ToHexString(RandomNumberGenerator.GetBytes(32)) + "\n");
        await Command.RunAsync("chmod", "0600", secret);
        MemberSetup = new MemberSetup(
            _setup.Program, _setup.NextProgram, $"postgres://berth@{Primary.Endpoint},{Spare.Endpoint}/{ChaosPostgres.Database}", "chaos", secret, _setup.Lease, _setup.Ttl);
    }

    private async Task BuildMembersAsync()
    {
        for (var i = 1; i <= _setup.Members; i++)
        {
            // A stepped clock costs its process a file read at each look, so only the last one has it.
            _members.Add(await NewMemberAsync(string.Create(CultureInfo.InvariantCulture, $"m{i}"), $"m{i}", steppable: i == _setup.Members));
        }

        foreach (var member in _members)
        {
            await member.StartAsync();
        }

        foreach (var pool in CrowdPools)
        {
            await Licenses.AddAsync(_members[0], pool, _setup.LicensesPerPool, 1);
        }

        foreach (var pool in ProbePools)
        {
            await Licenses.AddAsync(_members[0], pool, 1, _setup.ProbeSeats);
        }
    }

    private async Task<ChaosPostgres> NewPostgresAsync(string name)
    {
        var host = await NewHostAsync(name);
        var disk = await SmallDisk.MountAsync(Path.Combine(_setup.Folder, name + "-disk"));
        return new ChaosPostgres(host, Path.Combine(_setup.Folder, name), disk);
    }

    private async Task<ChaosMember> NewMemberAsync(string name, string hostName, bool steppable)
    {
        var host = await NewHostAsync(hostName);
        var folder = Directory.CreateDirectory(Path.Combine(_setup.Folder, host.Name)).FullName;
        return new ChaosMember(name, host, folder, MemberSetup) { Clock = steppable ? new FakedClock(folder) : null };
    }

    private async Task<Host> NewHostAsync(string name)
    {
        var host = await _setup.Network.AddAsync(_setup.Prefix + name);
        _hosts.Add(host);
        return host;
    }
}
