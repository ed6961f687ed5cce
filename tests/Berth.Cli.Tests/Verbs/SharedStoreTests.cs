using Berth.Testing.Processes;

namespace Berth.Cli.Tests.Verbs;

/// <summary>Verbs on a store that members share, where no member answers.</summary>
public sealed class SharedStoreTests : IDisposable
{
    /// <summary>Nobody listens on port 1.</summary>
    private const string Store = "postgres://berth@127.0.0.1:1/berth";

    private readonly TestFolder _folder = new();
    private readonly TestShell _berth;

    public SharedStoreTests() => _berth = new TestShell(CommandName.Berth, ("RUNTIME_DIRECTORY", _folder.Path));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("del x")]
    [InlineData("pools set p --ttl 40s")]
    [InlineData("policy set --ttl 40s")]
    [InlineData("holders release n --pool p --reason r")]
    [InlineData("cluster down m1 --yes")]
    [InlineData("cluster leave")]
    public async Task What_changes_it_needs_a_member(string line)
    {
        var (code, _, error) = await _berth.RunAsync([.. line.Split(' '), "--store", Store]);
        code.ShouldBe(5);
        error.ShouldBe(
            $"Error: no member of {Store} answers on this machine, and a store that members share is changed through a member only: start one with "
                + "'berth serve', name its socket with --socket, or a member elsewhere with --server https://HOST:9110\n");
    }

    [Theory]
    [InlineData("backup x", "backup works on a database file: a store that members share is backed up with the database's own tools, pg_dump or pg_basebackup")]
    [InlineData("restore x", "restore works on a database file: a store that members share is restored with the database's own tools: end all members, restore it with pg_restore, and start them again")]
    [InlineData("confirm-restore", "confirm-restore works on a database file: members that share a store notice by themselves that it went back in time, and their logs say so")]
    public async Task What_works_on_a_file_says_what_to_use_instead(string line, string text) =>
        (await _berth.RunAsync([.. line.Split(' '), "--store", Store])).ShouldBe((2, "", $"Error: {text}\n"));

    [Fact]
    public async Task A_socket_that_nobody_answers_on_is_named()
    {
        var socket = _folder.File("none.sock");
        var (code, _, error) = await _berth.RunAsync("ls", "--socket", socket);
        (code, error.Contains(socket, StringComparison.Ordinal)).ShouldBe((5, true), error);
        (await _berth.RunAsync("ls", "--socket", socket, "--server", "http://127.0.0.1:1")).ShouldBe((2, "", "Error: either --socket or --server, not both\n"));
    }

    [Fact]
    public async Task The_doctor_says_that_the_database_cannot_be_reached()
    {
        var (code, found, _) = await _berth.RunAsync("doctor", "--store", Store, "--bind", "127.0.0.1", "--port", "0");
        code.ShouldBe(1);
        found.ShouldContain("fail database: ");
        found.ShouldContain("fail settings: --cluster-secret-file is missing");
        found.ShouldContain($"ok   member: none answers on {_folder.Path}, on this machine\n");
    }

    [Fact]
    public async Task A_member_is_found_by_its_socket_on_the_command_line()
    {
        await using var member = BerthProcess.Start(
            BerthProcess.Program, _folder.Path, ["serve", "-p", "0", "-b", "127.0.0.1", "--socket", _folder.File("m.sock"), "--member-name", "m1"]);
        await member.WaitForEdgeAsync();
        (await _berth.RunAsync("pools", "ls", "--socket", _folder.File("m.sock"), "--json")).Code.ShouldBe(0);
        var show = await _berth.RunAsync("cluster", "show", "--socket", _folder.File("m.sock"));
        show.ShouldBe((7, "", "Error: the member is the only one: members form a cluster on a store that they share, postgres://…\n"));
        (await _berth.RunAsync("cluster", "leave", "--socket", _folder.File("m.sock"))).Code.ShouldBe(7);
    }
}
