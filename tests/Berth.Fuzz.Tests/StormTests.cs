using Berth.Fuzz.Tests.Chance;
using Berth.Fuzz.Tests.Lanes;
using Berth.Protocol;
using Berth.Testing;
using Berth.Testing.Processes;

namespace Berth.Fuzz.Tests;

/// <summary>
/// Whatever strangers send, a member answers each with a refusal or what is due, keeps every seat it granted, stays small, and
/// stops when asked. The member is a process of its own, so that its memory and its log are its own.
/// </summary>
public sealed class StormTests(ITestOutputHelper output) : IDisposable
{
    /// <summary>No claim of the fuzzer lapses while it runs.</summary>
    private const string Ttl = "720h";

    /// <summary>Peak resident memory: measured 132 MB with this storm on two cores.</summary>
    private const long MaxPeakKb = 300 * 1024;

    private static readonly TimeSpan _promptly = TimeSpan.FromSeconds(5);

    /// <summary>Pools whose seats are counted: empty is the global one.</summary>
    private static readonly string[] _pools = ["", "blue", "tight", "p\u00e6l,with,commas \u2713"];

    private readonly Campaign _campaign = Campaign.FromEnvironment();
    private readonly Tally _tally = new();
    private readonly Site _site = new();

    public void Dispose() => _site.Dispose();

    [Fact]
    public async Task Nothing_that_strangers_send_harms_a_member()
    {
        output.WriteLine($"seed {_campaign.Seed}; again: {_campaign.Repeat}");
        await FillAsync();
        await using var member = await _site.ServeAsync(["--ttl", Ttl]);
        try
        {
            var dice = new Dice(_campaign.Seed);
            var storm = new Storm(member.Port, _site.Database + ".sock", _tally, dice, _pools);
            await RageAsync(storm);
            await storm.CheckAsync();
            output.WriteLine($"{_tally}\n{storm.Holders} nodes of the lanes hold seats; peak memory {Memory.PeakKb(member.Id) / 1024} MB");
            _tally.Requests.ShouldBeGreaterThanOrEqualTo(Storm.RequestsOfRound);
            Memory.PeakKb(member.Id).ShouldBeLessThan(MaxPeakKb);
            await BalanceAsync();
            await AnswersPromptlyAsync(member);
            await member.SignalAsync("TERM");
            (await member.EndAsync()).ShouldBe(0);
            Complaints(member).ShouldBeEmpty();
            await AgainAsync(storm);
        }
        catch (Exception error)
        {
            throw new FuzzException($"seed {_campaign.Seed}; again: {_campaign.Repeat}\n{error.Message}\n{Tail(member)}", error);
        }
    }

    private async Task FillAsync()
    {
        await _site.AddAsync(null, licenses: 3, seats: 400);
        await _site.AddAsync(_pools[1], licenses: 4, seats: 25);
        await _site.AddAsync(_pools[2], licenses: 3, seats: 1);
        await _site.AddAsync(_pools[3], licenses: 2, seats: 30);
        await _site.AddAsync("loose", licenses: 1, seats: 50);
        await _site.AddAsync("managed", licenses: 1, seats: 1);
    }

    private async Task RageAsync(Storm storm)
    {
        await storm.AnchorAsync();
        var began = TimeProvider.System.GetTimestamp();
        for (var round = 0; round == 0 || TimeProvider.System.GetElapsedTime(began).TotalMinutes < _campaign.Minutes; round++)
        {
            await storm.RoundAsync(round);
            output.WriteLine($"round {round}: {_tally.Requests} requests after {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0} s");
        }
    }

    /// <summary>Every seat is free or held, and as many are held as the answers say.</summary>
    private async Task BalanceAsync()
    {
        using var client = new ManagementClient(_site.Database + ".sock", TimeProvider.System);
        var listing = await client.ListPoolsAsync(null, ManagementRoutes.MaxPage, CancellationToken.None);
        var pools = listing.Value.ShouldNotBeNull().Pools;
        pools.Select(pool => pool.Name).ShouldBe([.. _pools.Select(name => name.Length == 0 ? "-" : name), "loose", "managed"], ignoreOrder: true);
        pools.ShouldAllBe(pool => pool.Free + pool.Held == pool.Seats);
        var held = pools.Where(pool => pool.Name is not ("loose" or "managed")).Sum(pool => pool.Held);
        output.WriteLine($"{held} seats are held, {_tally.Held} as the answers say, {_tally.Unsure} unsure");
        ((long)held).ShouldBeInRange(_tally.Held - _tally.Unsure, _tally.Held + _tally.Unsure);
    }

    private static async Task AnswersPromptlyAsync(LiveMember member)
    {
        foreach (var path in new[] { "/v1/health", "/livez", "/readyz" })
        {
            (await RawHttp.AskAsync(member.Port, $"GET {path} HTTP/1.1\r\nHost: berth\r\n\r\n").WaitAsync(_promptly)).Status.ShouldBe(200);
        }
    }

    /// <summary>The next member over the same file finds every seat that was held.</summary>
    private async Task AgainAsync(Storm storm)
    {
        await using var next = await _site.ServeAsync();
        storm.MoveTo(next.Port);
        await storm.CheckAsync();
        await BalanceAsync();
        await next.SignalAsync("TERM");
        (await next.EndAsync()).ShouldBe(0);
        Complaints(next).ShouldBeEmpty();
    }

    /// <summary>What a member says when something went wrong in it.</summary>
    private static List<string> Complaints(LiveMember member) =>
        [.. $"{member.Out}\n{member.Error}".Split('\n')
            .Where(line => new[] { "fail:", "crit:", "warn:", "Exception", "   at " }.Any(sign => line.Contains(sign, StringComparison.Ordinal)))
            .Take(20)];

    private static string Tail(LiveMember member) =>
        "the member said last:\n" + string.Join('\n', $"{member.Out}\n{member.Error}".Split('\n').TakeLast(40));
}
