using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Berth.Survival.Tests.Load;
using Berth.Survival.Tests.Processes;
using Berth.Testing.Processes;

namespace Berth.Survival.Tests;

/// <summary>The published program: one file that needs no network, no home, no environment, and is there at once.</summary>
public sealed class DistTests(Dist dist, ITestOutputHelper output) : IClassFixture<Dist>, IDisposable
{
    private const int Starts = 3;
    private const double BusyLoadPerCore = 1.0;
    private static readonly TimeSpan _atOnce = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private static readonly Dictionary<string, string> _nothing = [];

    private readonly Site _site = new();

    public void Dispose() => _site.Dispose();

    /// <summary>
    /// A shell in a network namespace with nothing but its own loopback interface, a home that cannot be written to, and an
    /// empty environment for each command.
    /// </summary>
    [Fact]
    public async Task Without_network_home_and_environment_it_adds_serves_claims_and_releases()
    {
        const string Script = """
            set -eu
            ip link set lo up
            test -z "$(ip route show)"
            berth() { env -i HOME=/proc/none "$BERTH" "$@"; }
            berth add "$LICENSES" --public-key "$KEY"
            berth serve -b 127.0.0.1 -p 6349 >serve.log 2>&1 &
            member=$!
            trap 'kill -9 $member 2>/dev/null || true' EXIT
            tail -F serve.log 2>/dev/null --pid=$member | sed '/  seats /q' >/dev/null
            berth claim node1 --url http://127.0.0.1:6349/
            berth claim node1 --url http://127.0.0.1:6349/
            berth ls --json | tr -d '\n ' | grep -o '"held":1'
            berth release node1 --url http://127.0.0.1:6349/
            kill -TERM $member
            wait $member
            """;
        var licenses = _site.Issue(null, licenses: 1, seats: 1).Single();
        var end = await BerthProcess.RunAsync(
            "unshare",
            _site.Folder,
            ["-n", "bash", "-c", Script],
            ("BERTH", dist.Program),
            ("LICENSES", licenses),
            ("KEY", _site.PublicKey));
        end.ExitCode.ShouldBe(0, $"network namespaces need root\n{end.Out}\n{end.Error}");
        end.Out.ShouldContain("seat claimed for 60 s\nseat renewed for 60 s\n\"held\":1\nseat released\n");
    }

    [Fact]
    public async Task A_copy_of_the_program_alone_works_as_relay()
    {
        var alone = Directory.CreateDirectory(Path.Combine(_site.Folder, "alone")).FullName;
        var relay = Path.Combine(alone, "relay");
        File.Copy(dist.Program, relay);
        var licenses = _site.Issue(null, licenses: 1, seats: 1).Single();
        var key = (await File.ReadAllTextAsync(Path.Combine(licenses, "0.key"))).Trim();
        var added = await BerthProcess.RunAsync(
            relay, alone, ["add", "--file", Path.Combine(licenses, "0.lic"), "--key", key, "--public-key", _site.PublicKey]);
        added.ExitCode.ShouldBe(0, added.Error);
        added.Out.ShouldStartWith("license added successfully: ");
        var port = FreePort();
        await using var member = LiveMember.Launch(relay, alone, ["serve", "-b", "127.0.0.1", "-p", $"{port}"], _nothing);
        await AcceptAsync(port);
        (await Wire.PutAsync(port, new Claimant("node1"))).Status.ShouldBe(201);
        (await Wire.DeleteAsync(port, new Claimant("node1"))).Status.ShouldBe(204);
        await member.SignalAsync("TERM");
        (await member.EndAsync()).ShouldBe(0);
    }

    /// <summary>From before the process exists to the first connection. On a machine that others keep busy its processor time counts instead.</summary>
    [Fact]
    public async Task It_listens_within_a_second()
    {
        await _site.AddAsync(null, licenses: 10, seats: 10);
        var best = TimeSpan.MaxValue;
        for (var start = 0; start < Starts && best > _atOnce; start++)
        {
            var (elapsed, worked) = await StartAsync();
            var load = await LoadPerCoreAsync();
            output.WriteLine($"listening after {elapsed.TotalMilliseconds:0} ms, {worked.TotalMilliseconds:0} ms of processor time; load per core {load:0.0}");
            var counted = load > BusyLoadPerCore && worked < elapsed ? worked : elapsed;
            best = counted < best ? counted : best;
        }

        best.ShouldBeLessThanOrEqualTo(_atOnce);
    }

    private async Task<(TimeSpan Elapsed, TimeSpan Worked)> StartAsync()
    {
        var port = FreePort();
        var since = Stopwatch.GetTimestamp();
        await using var member = LiveMember.Launch(
            dist.Program, _site.Folder, ["serve", "--database", _site.Database, "-b", "127.0.0.1", "-p", $"{port}"], _nothing);
        await AcceptAsync(port);
        return (Stopwatch.GetElapsedTime(since), member.Worked);
    }

    /// <summary>Connects as soon as somebody listens.</summary>
    private static async Task AcceptAsync(int port)
    {
        using var limit = new CancellationTokenSource(_patience, TimeProvider.System);
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        while (true)
        {
            await using var wire = await Wire.ConnectAsync(port);
            if (wire is not null)
            {
                return;
            }

            await retry.WaitForNextTickAsync(limit.Token);
        }
    }

    private static async Task<double> LoadPerCoreAsync() =>
        double.Parse((await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0]) / Environment.ProcessorCount;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
