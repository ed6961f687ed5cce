using System.Diagnostics;
using Berth.Testing.Processes;

namespace Berth.Cli.Tests.Processes;

/// <summary>A database that Keygen Relay made: under the name <c>relay</c> it goes on as if nothing had happened, and stays as a copy.</summary>
public sealed class RelayDatabaseTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestVendor _vendor = new();

    private string Database => _folder.File("relay.sqlite");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ls")]
    [InlineData("serve -p 0")]
    [InlineData("del --license x")]
    public async Task Called_berth_it_is_refused_untouched(string verb)
    {
        new RelayDatabaseFile(Database).Dispose();
        var before = await File.ReadAllBytesAsync(Database);
        var (code, _, error) = await new TestShell("berth").RunAsync([.. verb.Split(' '), "--database", Database]);
        code.ShouldBe(1);
        error.ShouldStartWith("Error: ");
        error.ShouldContain($"is a database of Keygen Relay: it was left as it is; name another file, and take this one over with `berth import {Database}`");
        (await File.ReadAllBytesAsync(Database)).ShouldBe(before);
    }

    [Fact]
    public async Task Nodes_renew_without_noticing_that_relay_is_another()
    {
        string[] cad;
        string global, leaked;
        using (var relay = new RelayDatabaseFile(Database))
        {
            relay.AddPool("cad");
            relay.AddPool("sim");
            relay.AddPool("empty");
            cad = [relay.Add(_vendor, "cad", 300), relay.Add(_vendor, "cad", 100), relay.Add(_vendor, "cad", 200), relay.Add(_vendor, "cad", 200)];
            (global, leaked) = (relay.Add(_vendor), relay.Add(_vendor, "sim"));
            relay.Hold(cad[1], "n1");
            relay.Hold(global, "n2");
            relay.Hold(leaked, "gone", deactivated: true);
        }

        var dump = RelayDatabaseFile.Dump(Database);
        var (process, calls) = await ServeAsync();
        await using (process)
        using (calls)
        {
            (await calls.PutAsync("n1", "cad")).Status.ShouldBe(202);
            (await calls.PutAsync("n2")).Status.ShouldBe(202);
            (await calls.PutAsync("n1")).ShouldBe((410, "{\"error\":\"no licenses available\"}\n"));
            (await calls.PutAsync("n2", "cad")).ShouldBe((409, "{\"error\":\"failed to claim license due to conflict\"}\n"));
            (await calls.PutAsync("n3", "sim")).Status.ShouldBe(201);
            (await calls.PutAsync("n4", "empty")).Status.ShouldBe(410);
            (await calls.PutAsync("n4", "gone")).Status.ShouldBe(400);
            (await calls.DeleteAsync("n1")).Status.ShouldBe(404);
            foreach (var (node, license) in new[] { ("n5", cad[2]), ("n6", cad[3]), ("n7", cad[0]) })
            {
                (await calls.PutAsync(node, "cad")).Status.ShouldBe(201);
                (await RelayAsync("stat", "--license", license)).Out.ShouldContain(" | 1      | ");
            }

            (await calls.DeleteAsync("n1", "cad")).Status.ShouldBe(204);
            await process.TerminateAsync();
            var end = await process.EndAsync();
            end.ExitCode.ShouldBe(0);
            end.Error.ShouldBe(
                $"warning: license {leaked}: it is held by a node that Relay took for gone, so that it gave the seat to nobody: it is free here\n"
                + $"imported 6 licenses in 4 pools, 2 claims; the former database is {Database}.bak\n");
        }

        RelayDatabaseFile.Dump(Database + ".bak").ShouldBe(dump);
        Directory.GetFiles(_folder.Path).Select(Path.GetFileName).ShouldBe(
            ["relay", "relay.sqlite", "relay.sqlite.bak", "relay.sqlite.key", "relay.sqlite.lock"], ignoreOrder: true);
        (await RelayAsync("ls")).Error.ShouldBe(string.Empty);
    }

    [Fact]
    public async Task Without_heartbeats_a_claim_stays_and_is_a_conflict_once_its_license_went_out()
    {
        using (var relay = new RelayDatabaseFile(Database))
        {
            relay.Hold(relay.Add(_vendor), "n1", at: 1);
        }

        var (process, calls) = await ServeAsync("--no-heartbeats");
        await using (process)
        using (calls)
        {
            (await calls.PutAsync("n1")).Status.ShouldBe(201);
            (await calls.PutAsync("n1")).Status.ShouldBe(409);
            (await calls.PutAsync("n2")).Status.ShouldBe(410);
        }
    }

    [Fact]
    public async Task Any_verb_converts_and_the_table_is_as_it_was()
    {
        string first, second;
        using (var relay = new RelayDatabaseFile(Database, killed: false))
        {
            relay.AddPool("cad");
            (first, second) = (relay.Add(_vendor, "cad", 1_700_000_000), relay.Add(_vendor, created: 1_700_000_001));
            relay.Count(second, 7, 1_700_000_300);
            relay.Hold(first, "n1", 1_700_000_400);
        }

        var (code, output, error) = await new TestShell("relay").RunAsync("ls", "--plain", "--database", Database);
        (code, error).ShouldBe((0, $"imported 2 licenses in 2 pools, 1 claims; the former database is {Database}.bak\n"));
        output.ShouldBe(
            $"""
            | id                                   | pool | claims | node_id | last_claimed_at      | last_released_at     |
            +--------------------------------------+------+--------+---------+----------------------+----------------------+
            | {first} | cad  | 1      | 1       | 2023-11-14T22:20:00Z | -                    |
            | {second} | -    | 7      | -       | 2023-11-14T22:18:10Z | 2023-11-14T22:18:20Z |

            """);
        (await new TestShell("relay").RunAsync("ls", "--plain", "--database", Database)).ShouldBe((0, output, string.Empty));
        var pools = (await new TestShell("berth").RunAsync("pools", "ls", "--database", Database)).Out;
        pools.ShouldContain("| 1m0s ");
    }

    [Theory]
    [InlineData("INSERT INTO pools (name) VALUES ('-')", "pool -: the name is kept for the global pool")]
    [InlineData("UPDATE nodes SET fingerprint = 'a' || char(10)", "the claim on license")]
    [InlineData("UPDATE licenses SET guid = ''", "license : its id is not 1 to 128 bytes")]
    [InlineData("UPDATE schema_migrations SET version = 1", "older schema 1")]
    public async Task What_cannot_be_taken_over_whole_is_refused_untouched(string sql, string reason)
    {
        using (var relay = new RelayDatabaseFile(Database, killed: false))
        {
            relay.Hold(relay.Add(_vendor), "n1");
            relay.Execute(sql);
        }

        var before = RelayDatabaseFile.Dump(Database);
        var (code, output, error) = await new TestShell("relay").RunAsync("ls", "--database", Database);
        (code, output).ShouldBe((1, string.Empty));
        error.ShouldStartWith("Error: failed to connect to database: ");
        error.ShouldContain(reason);
        RelayDatabaseFile.Dump(Database).ShouldBe(before);
        File.Exists(Database + ".bak").ShouldBeFalse();
    }

    [Fact]
    public async Task Killed_in_the_middle_it_begins_anew()
    {
        using (var relay = new RelayDatabaseFile(Database))
        {
            relay.Execute("BEGIN");
            for (var i = 0; i < 2_000; i++)
            {
                relay.Hold(relay.Add(_vendor), $"n{i}");
            }

            relay.Execute("COMMIT");
        }

        var dump = RelayDatabaseFile.Dump(Database);
        var began = Stopwatch.GetTimestamp();
        await using (var process = Start("ls"))
        {
            while (!File.Exists(Database + ".importing-wal") && Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(60))
            {
                await Task.Yield();
            }
        }

        File.Exists(Database + ".importing").ShouldBeTrue();
        RelayDatabaseFile.Dump(Database).ShouldBe(dump);
        var (code, output, error) = await new TestShell("relay").RunAsync("ls", "--plain", "--database", Database);
        (code, error).ShouldBe((0, $"imported 2000 licenses in 1 pools, 2000 claims; the former database is {Database}.bak\n"));
        output.Count(character => character == '\n').ShouldBe(2_002);
        RelayDatabaseFile.Dump(Database + ".bak").ShouldBe(dump);
        File.Exists(Database + ".importing").ShouldBeFalse();
    }

    private async Task<(BerthProcess Process, NodeCalls Calls)> ServeAsync(params string[] flags)
    {
        var port = NodeCalls.FreePort();
        var process = Start(["serve", "-b", "127.0.0.1", "-p", $"{port}", .. flags]);
        var calls = new NodeCalls(new Uri($"http://127.0.0.1:{port}/"));
        await calls.WaitUntilHealthyAsync();
        return (process, calls);
    }

    private BerthProcess Start(params string[] arguments) => BerthProcess.Start(Relay(), _folder.Path, arguments);

    private Task<ProcessEnd> RelayAsync(params string[] arguments) => BerthProcess.RunAsync(Relay(), _folder.Path, arguments);

    private string Relay()
    {
        var link = _folder.File("relay");
        if (!File.Exists(link))
        {
            File.CreateSymbolicLink(link, BerthProcess.Program);
        }

        return link;
    }
}
