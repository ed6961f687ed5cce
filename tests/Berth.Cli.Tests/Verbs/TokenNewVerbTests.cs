using System.Text.Json;
using Berth.Protocol;

namespace Berth.Cli.Tests.Verbs;

public sealed class TokenNewVerbTests
{
    private readonly TestShell _berth = new(CommandName.Berth);

    [Fact]
    public async Task A_token_is_printed_with_its_line()
    {
        var (code, output, error) = await _berth.RunAsync("token", "new", "--role", "operator", "--name", "alice");
        code.ShouldBe(0);
        var lines = output.Split('\n');
        var token = lines[0]["token  ".Length..];
        lines[1].ShouldBe("line   " + ManagementToken.Line(ManagementRole.Operator, "alice", token));
        error.ShouldContain("not shown again");
        error.ShouldNotContain(token);
    }

    [Fact]
    public async Task As_JSON_it_is_for_scripts()
    {
        var json = JsonDocument.Parse((await _berth.RunAsync("token", "new", "--role", "admin", "--name", "a", "--json")).Out).RootElement;
        json.GetProperty("line").GetString().ShouldBe(ManagementToken.Line(ManagementRole.Admin, "a", json.GetProperty("token").GetString()!));
    }

    [Theory]
    [InlineData("Error: --role is missing: one of viewer, operator, vendor, admin\n", "--name", "a")]
    [InlineData("Error: --name is missing: whose token it is\n", "--role", "admin")]
    [InlineData("Error: invalid argument \"root\" for \"--role\" flag: must be one of viewer, operator, vendor, admin\n", "--role", "root", "--name", "a")]
    [InlineData("Error: invalid argument \"a b\" for \"--name\" flag: 1 to 64 letters, digits or . _ @ -\n", "--role", "admin", "--name", "a b")]
    public async Task What_makes_no_sense_is_refused(string error, params string[] arguments) =>
        (await _berth.RunAsync(["token", "new", .. arguments])).ShouldBe((2, "", error));
}
