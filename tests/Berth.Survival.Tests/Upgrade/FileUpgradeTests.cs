using Berth.Survival.Tests.Load;
using Berth.Testing.Processes;
using SQLitePCL;

namespace Berth.Survival.Tests.Upgrade;

/// <summary>One box: the version before this one serves a file, then this one, then the one before again.</summary>
public sealed class FileUpgradeTests(PreviousBuild previous, ITestOutputHelper output) : IClassFixture<PreviousBuild>, IDisposable
{
    private const int Connections = 16;
    private const int Nodes = 80;
    private const int AnswersEach = 1_500;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly Site _site = new();

    public void Dispose() => _site.Dispose();

    /// <summary>The tables did not change between the two, so going back is allowed.</summary>
    [Fact]
    public async Task Every_holder_keeps_its_seat_through_an_upgrade_and_back()
    {
        _site.Program = previous.Program;
        await _site.AddAsync(null, licenses: 4, seats: 10);
        var view = new ClientView(_site.SeatsByKey);
        var claimants = Enumerable.Range(0, Nodes).Select(node => new Claimant($"n{node}")).ToList();
        string[] programs = [previous.Program, BerthProcess.Program, previous.Program, BerthProcess.Program];
        for (var turn = 0; turn < programs.Length; turn++)
        {
            _site.Program = programs[turn];
            await using var member = await _site.ServeAsync(["--ttl", "1h"]);
            await RenewAllAsync(view, member.Port);
            var load = new NodeLoad(view, claimants, Connections, seed: turn);
            var running = load.RunAsync(member.Port);
            await view.AfterAsync(AnswersEach).WaitAsync(_patience);
            await member.SignalAsync("TERM");
            await running.WaitAsync(_patience);
            (await member.EndAsync()).ShouldBe(0, $"{member.Out}\n{member.Error}");
            output.WriteLine($"turn {turn}: {view.Summary}; {view.Held.Count} held");
            view.Violations.ShouldBeEmpty($"turn {turn} by {programs[turn]}");
            await VerifyAsync();
        }

        var audit = await JournalAudit.ReadAsync(_site.Database);
        audit.Violations.ShouldBeEmpty();
        view.Held.ShouldNotBeEmpty();
        view.Held.Except(audit.Holders).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_that_a_newer_version_changed_is_refused_and_left_as_it_is()
    {
        await _site.AddAsync(null, licenses: 1, seats: 1);
        MakeNewer(_site.Database);
        var before = await File.ReadAllBytesAsync(_site.Database);
        foreach (var program in new[] { BerthProcess.Program, previous.Program })
        {
            _site.Program = program;
            await RefusedAsync("serve", "--database", _site.Database, "-b", "127.0.0.1", "-p", "0");
            await RefusedAsync("ls", "--database", _site.Database);
            await RefusedAsync("audit", "verify", "--database", _site.Database);
        }

        (await File.ReadAllBytesAsync(_site.Database)).ShouldBe(before);
        var log = new FileInfo(_site.Database + "-wal");
        (log.Exists ? log.Length : 0).ShouldBe(0, "a reader makes the log, and nobody wrote to it");
    }

    /// <summary>Before anything else is asked of the next version: who held a seat renews it.</summary>
    private static async Task RenewAllAsync(ClientView view, int port)
    {
        foreach (var claimant in view.Held)
        {
            var answer = await Wire.PutAsync(port, claimant);
            view.Claimed(claimant, answer);
            answer.Status.ShouldBe(202, claimant.ToString());
        }
    }

    /// <summary>Either version proves the whole history, whoever wrote which part of it.</summary>
    private async Task VerifyAsync()
    {
        foreach (var program in new[] { previous.Program, BerthProcess.Program })
        {
            var verdict = await BerthProcess.RunAsync(program, _site.Folder, ["audit", "verify", "--database", _site.Database]);
            verdict.ExitCode.ShouldBe(0, $"{program}: {verdict.Out}\n{verdict.Error}");
        }
    }

    private async Task RefusedAsync(params string[] arguments)
    {
        var end = await _site.RunAsync(arguments);
        end.ExitCode.ShouldNotBe(0, end.Out);
        end.Error.ShouldContain("schema 99 of a newer version of Berth", customMessage: end.Out);
        end.Error.ShouldContain("use the newer version");
    }

    private static void MakeNewer(string database)
    {
        Batteries_V2.Init();
        raw.sqlite3_open(database, out var handle).ShouldBe(raw.SQLITE_OK);
        using (handle)
        {
            raw.sqlite3_exec(handle, "UPDATE meta SET schema = 99").ShouldBe(raw.SQLITE_OK);
        }
    }
}
