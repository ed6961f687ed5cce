using Berth.Cli.Verbs;
using Berth.Testing.Processes;

namespace Berth.Cli.Tests.Verbs;

public sealed class ClusterSecretVerbTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestShell _berth = new(CommandName.Berth);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_secret_is_its_owners_and_long_enough_and_another_one_each_time()
    {
        var (code, said, error) = await _berth.RunAsync("cluster", "secret", "new", _folder.File("a"));
        (code, error).ShouldBe((0, ""));
        new FileInfo(_folder.File("a")).UnixFileMode.ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var secret = (await File.ReadAllTextAsync(_folder.File("a"))).TrimEnd('\n');
        secret.Length.ShouldBeGreaterThanOrEqualTo(Berth.Server.SecretLines.MinBytes);
        said.ShouldNotContain(secret);
        (await _berth.RunAsync("cluster", "secret", "new", _folder.File("b"), "--json")).Out.ShouldNotContain(secret);
        (await File.ReadAllTextAsync(_folder.File("b"))).ShouldNotStartWith(secret);
    }

    [Fact]
    public async Task A_secret_that_is_there_is_not_replaced()
    {
        await File.WriteAllTextAsync(_folder.File("a"), "mine");
        (await _berth.RunAsync("cluster", "secret", "new", _folder.File("a"))).Code.ShouldBe(7);
        (await File.ReadAllTextAsync(_folder.File("a"))).ShouldBe("mine");
    }

    [Theory]
    [InlineData("cluster secret")]
    [InlineData("cluster secret new")]
    [InlineData("cluster secret old a")]
    public async Task Anything_else_is_told_how(string line) =>
        (await _berth.RunAsync(line.Split(' '))).ShouldBe((2, "", "Error: write: berth cluster secret new FILE\n"));
}
