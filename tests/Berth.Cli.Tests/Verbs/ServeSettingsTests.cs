using Berth.Cli.Flags;
using Berth.Cli.Verbs;
using Berth.Pools;
using Berth.Server;

namespace Berth.Cli.Tests.Verbs;

public sealed class ServeSettingsTests
{
    [Fact]
    public void Relay_means_its_own_defaults_and_says_them()
    {
        var options = Read("relay", "");
        options.Store.ShouldEndWith("/relay.sqlite");
        options.ExplicitPolicy.ShouldBe(new PolicyException(TimeSpan.FromSeconds(60), Strategy.Fifo, true));
        (options.ExclusiveNodes, options.IgnoreExceptions, options.EnforceExpiry).ShouldBe((true, true, false));
        options.EdgePort.ShouldBe(6349);
    }

    [Fact]
    public void Berth_leaves_what_is_recorded()
    {
        var options = Read("berth", "");
        options.Store.ShouldEndWith("/berth.sqlite");
        options.ExplicitPolicy.ShouldBe(PolicyException.None);
        (options.ExclusiveNodes, options.IgnoreExceptions, options.EnforceExpiry).ShouldBe((false, false, true));
        options.Socket.ShouldEndWith("/berth.sqlite.sock");
    }

    [Fact]
    public void What_is_said_counts()
    {
        var options = Read("berth", "--no-heartbeats=false -t 45s --strategy rand --pool p -p 0 -b 127.0.0.1 --exclusive-nodes --no-audit --socket s");
        options.ExplicitPolicy.ShouldBe(new PolicyException(TimeSpan.FromSeconds(45), Strategy.Rand, true));
        options.PoolLock.ShouldBe(new PoolName("p"));
        (options.EdgePort, options.Bind, options.ExclusiveNodes, options.Audit, options.Socket).ShouldBe((0, "127.0.0.1", true, false, Path.GetFullPath("s")));
    }

    [Theory]
    [InlineData("--ttl 29s", "time-to-live value must be at least 30s")]
    [InlineData("--cull-interval 0s", "cull interval must be more than 0s")]
    [InlineData("--cull-interval -1s", "cull interval must be more than 0s")]
    [InlineData("--bind no..host", "listen tcp: lookup no..host: no such host")]
    [InlineData("--port 70000", "invalid argument \"70000\" for \"-p, --port\" flag: must be 0 to 65535")]
    [InlineData("--store sqlite:a --database b", "either --store or --database, not both")]
    public void What_makes_no_sense_is_refused(string line, string text) =>
        Should.Throw<CommandFailedException>(() => Read("berth", line)).Message.ShouldBe(text);

    private static MemberOptions Read(string name, string line)
    {
        IReadOnlyList<Flag> flags = [.. ServeFlags.All, .. GlobalFlags.All];
        var parsed = CommandLine.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), flags);
        var shell = new TestShell(name).Shell(new StringWriter(), new StringWriter());
        return ServeSettings.Read(new Call(shell, new Settings(parsed, shell, ConfigFile.None), parsed.Words));
    }
}
