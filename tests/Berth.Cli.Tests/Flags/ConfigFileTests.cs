using Berth.Cli.Flags;
using Berth.Cli.Verbs;
using Berth.Testing.Processes;

namespace Berth.Cli.Tests.Flags;

public sealed class ConfigFileTests
{
    private static readonly IReadOnlyList<Flag> _flags = [.. ServeFlags.All, .. GlobalFlags.All];

    [Fact]
    public void Keys_are_names_of_flags()
    {
        var file = Read("# ours\nport: 7000\nbind: \"127.0.0.1\"\nno-heartbeats: true\n");
        file.Get(ServeFlags.Port).ShouldBe(["7000"]);
        file.Get(ServeFlags.Bind).ShouldBe(["127.0.0.1"]);
        file.Get(ServeFlags.NoHeartbeats).ShouldBe(["true"]);
        file.Get(ServeFlags.Ttl).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    public void An_empty_file_sets_nothing(string text) => Read(text).Get(ServeFlags.Port).ShouldBeNull();

    [Theory]
    [InlineData("prot: 1\n", ":1: unknown key \"prot\"")]
    [InlineData("port: 1\nhelp: true\n", ":2: unknown key \"help\"")]
    [InlineData("port: x\n", ":1: invalid value of port: strconv.ParseInt: parsing \"x\": invalid syntax")]
    [InlineData("port: [1, 2]\n", ":1: port takes one value")]
    [InlineData("- port\n", ": write one mapping of flag names to values")]
    public void What_makes_no_sense_is_named_with_its_line(string text, string flaw) =>
        Should.Throw<CommandFailedException>(() => Read(text)).Message.ShouldEndWith(flaw);

    [Theory]
    [InlineData("port: 1\nport: 2\n")]
    [InlineData("port: {\n")]
    [InlineData("a: &a [*a]\n")]
    public void What_is_no_yaml_is_a_usage_error(string text) =>
        Should.Throw<CommandFailedException>(() => Read(text)).Code.ShouldBe(ExitCode.Usage);

    [Fact]
    public void A_missing_file_is_a_usage_error() =>
        Should.Throw<CommandFailedException>(() => ConfigFile.Read("/nowhere/c.yaml", _flags)).Code.ShouldBe(ExitCode.Usage);

    private static ConfigFile Read(string text)
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder.File("c.yaml"), text);
        return ConfigFile.Read(folder.File("c.yaml"), _flags);
    }
}
