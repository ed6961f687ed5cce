using Berth.Cli.Flags;
using Berth.Cli.Verbs;
using Berth.Pools;
using Berth.Testing.Processes;

namespace Berth.Cli.Tests.Flags;

public sealed class SettingsTests
{
    private static readonly IReadOnlyList<Flag> _flags = [.. ServeFlags.All, .. GlobalFlags.All];

    [Fact]
    public void The_first_of_flag_variables_and_file_counts()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder.File("c.yaml"), "ttl: 31s\nport: 1\n");
        var config = ConfigFile.Read(folder.File("c.yaml"), _flags);
        Ttl("--ttl 34s", config, ("BERTH_TTL", "33s"), ("RELAY_LEASE_TTL", "32s")).ShouldBe(34);
        Ttl("", config, ("BERTH_TTL", "33s"), ("RELAY_LEASE_TTL", "32s")).ShouldBe(33);
        Ttl("", config, ("RELAY_LEASE_TTL", "32s")).ShouldBe(32);
        Ttl("", config).ShouldBe(31);
        Ttl("", ConfigFile.None).ShouldBeNull();
    }

    [Theory]
    [InlineData("60")]
    [InlineData("0s")]
    [InlineData("x")]
    public void A_relay_variable_that_cannot_be_read_is_ignored(string text) => Ttl("", ConfigFile.None, ("RELAY_LEASE_TTL", text)).ShouldBeNull();

    [Fact]
    public void A_berth_variable_that_cannot_be_read_is_an_error() =>
        Should.Throw<CommandFailedException>(() => Ttl("", ConfigFile.None, ("BERTH_TTL", "60"))).Code.ShouldBe(ExitCode.Usage);

    [Fact]
    public void A_relay_strategy_that_cannot_be_read_is_an_error() =>
        Should.Throw<CommandFailedException>(() => Of("berth", "", ConfigFile.None, ("RELAY_STRATEGY", "bogus")).Strategy(ServeFlags.Strategy));

    [Theory]
    [InlineData("RELAY_NO_HEARTBEATS")]
    [InlineData("RELAY_NO_HEARTBEAT")]
    [InlineData("BERTH_NO_HEARTBEATS")]
    public void Heartbeats_go_off_by_any_name(string variable) =>
        Of("berth", "", ConfigFile.None, (variable, "1")).Switch(ServeFlags.NoHeartbeats).ShouldBe(true);

    [Fact]
    public void A_relay_switch_is_on_for_three_words_only()
    {
        Of("relay", "", ConfigFile.None, ("RELAY_NO_HEARTBEATS", "TRUE")).Switch(ServeFlags.NoHeartbeats).ShouldBeNull();
        Of("relay", "", ConfigFile.None, ("RELAY_NO_HEARTBEATS", "t")).Switch(ServeFlags.NoHeartbeats).ShouldBe(true);
    }

    [Fact]
    public void Bare_variables_count_under_the_name_relay_only()
    {
        Of("berth", "", ConfigFile.None, ("PORT", "99")).Number(ServeFlags.Port).ShouldBeNull();
        Of("relay", "", ConfigFile.None, ("PORT", "99")).Number(ServeFlags.Port).ShouldBe(99);
        Of("relay", "", ConfigFile.None, ("PORT", "99"), ("RELAY_PORT", "98")).Number(ServeFlags.Port).ShouldBe(98);
        Of("berth", "", ConfigFile.None, ("BERTH_PORT", "tcp://10.0.0.1:80"), ("BERTH_EDGE_PORT", "97")).Number(ServeFlags.Port).ShouldBe(97);
    }

    [Fact]
    public void A_secret_may_stand_in_a_file()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder.File("secret"), "hunter2\n");
        Of("berth", "", ConfigFile.None, ("BERTH_SIGNING_SECRET_FILE", folder.File("secret"))).Text(ServeFlags.SigningSecret).ShouldBe("hunter2");
        Of("berth", "", ConfigFile.None, ("RELAY_SIGNING_SECRET_FILE", folder.File("secret"))).Text(ServeFlags.SigningSecret).ShouldBe("hunter2");
    }

    [Fact]
    public void Strategies_are_read() =>
        Of("berth", "--strategy lifo", ConfigFile.None).Strategy(ServeFlags.Strategy).ShouldBe(Strategy.Lifo);

    private static double? Ttl(string line, ConfigFile config, params (string, string)[] environment) =>
        Of("berth", line, config, environment).Duration(ServeFlags.Ttl)?.TotalSeconds;

    private static Settings Of(string name, string line, ConfigFile config, params (string, string)[] environment)
    {
        var parsed = CommandLine.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), _flags);
        return new Settings(parsed, new TestShell(name, environment).Shell(new StringWriter(), new StringWriter()), config);
    }
}
