using System.Net;
using Berth.Cli.Flags;
using Berth.Cli.Verbs;
using Berth.Server;

namespace Berth.Cli.Tests.Verbs;

public sealed class NetworkSettingsTests
{
    [Fact]
    public void By_default_the_management_port_is_this_machines_and_can_be_done_without()
    {
        var options = Read("berth", "");
        var port = options.ManagementPort.ShouldNotBeNull();
        (port.Bind, port.Port, port.Optional, port.TokensFile, port.Audit).ShouldBe((IPAddress.Loopback, 9110, true, null, true));
        (options.AddressLimit, options.NodeLimit, options.TlsCertificate, options.MaxConnectionsPerAddress).ShouldBe((null, null, null, 4096));
    }

    [Fact]
    public void Relay_has_one_port_unless_it_is_asked_for_another()
    {
        Read("relay", "").ManagementPort.ShouldBeNull();
        Read("relay", "--management-port 9111").ManagementPort!.Port.ShouldBe(9111);
    }

    [Theory]
    [InlineData("--management-port 9110", "127.0.0.1", 9110, false)]
    [InlineData("--management-port 0 --no-audit", "127.0.0.1", 0, false)]
    [InlineData("--management-bind ::1", "::1", 9110, false)]
    [InlineData("--management-bind 0.0.0.0 --tokens-file t", "0.0.0.0", 9110, false)]
    public void What_is_asked_for_must_be_had(string line, string bind, int port, bool optional)
    {
        var options = Read("berth", line).ManagementPort!;
        (options.Bind, options.Port, options.Optional).ShouldBe((IPAddress.Parse(bind), port, optional));
        options.Audit.ShouldBe(!line.Contains("--no-audit", StringComparison.Ordinal));
    }

    [Fact]
    public void It_can_be_turned_off() => Read("berth", "--management-port off --management-bind 0.0.0.0").ManagementPort.ShouldBeNull();

    [Theory]
    [InlineData("", null)]
    [InlineData("--metrics-bind off", null)]
    [InlineData("--metrics-bind 127.0.0.1:9111", "127.0.0.1:9111")]
    [InlineData("--metrics-bind 0.0.0.0:0", "0.0.0.0:0")]
    [InlineData("--metrics-bind [::]:9111", "[::]:9111")]
    [InlineData("--metrics-bind localhost:9111", "127.0.0.1:9111")]
    public void Metrics_are_opened_alone_where_it_is_asked_for(string line, string? bind)
    {
        var at = Read("berth", line).MetricsBind;
        (at?.Address.Equals(IPAddress.IPv6Loopback) == true ? $"127.0.0.1:{at.Port}" : at?.ToString()).ShouldBe(bind);
    }

    [Fact]
    public void So_many_pools_are_shown_by_name()
    {
        Read("berth", "").MetricsPools.ShouldBe(200);
        Read("berth", "--metrics-pools 0").MetricsPools.ShouldBe(0);
    }

    [Fact]
    public void Limits_and_files_are_read()
    {
        var options = Read("berth", "--limit-address 50/s --limit-node 10/m --max-connections-per-address 7 --tls-cert c --tls-key k");
        options.AddressLimit.ShouldBe(new RateLimit(50, TimeSpan.FromSeconds(1)));
        options.NodeLimit.ShouldBe(new RateLimit(10, TimeSpan.FromMinutes(1)));
        (options.MaxConnectionsPerAddress, options.TlsCertificate, options.TlsKey).ShouldBe((7, Path.GetFullPath("c"), Path.GetFullPath("k")));
        Read("berth", "--limit-address off").AddressLimit.ShouldBeNull();
    }

    [Theory]
    [InlineData("--tls-cert c", "--tls-cert and --tls-key go together: give both, or neither")]
    [InlineData("--metrics-bind 9111", "invalid argument \"9111\" for \"--metrics-bind\" flag: write ADDRESS:PORT, such as 127.0.0.1:9111 or [::]:9111, or off")]
    [InlineData("--metrics-bind a:65536", "invalid argument \"a:65536\" for \"--metrics-bind\" flag: write ADDRESS:PORT, such as 127.0.0.1:9111 or [::]:9111, or off")]
    [InlineData("--metrics-pools 10001", "invalid argument \"10001\" for \"--metrics-pools\" flag: must be 0 to 10000")]
    [InlineData("--tls-key k", "--tls-cert and --tls-key go together: give both, or neither")]
    [InlineData("--management-port x", "invalid argument \"x\" for \"--management-port\" flag: must be 0 to 65535, or off")]
    [InlineData("--management-port 65536", "invalid argument \"65536\" for \"--management-port\" flag: must be 0 to 65535, or off")]
    [InlineData("--limit-node 1/d", "invalid argument \"1/d\" for \"--limit-node\" flag: write 20/s, 600/m or 1000/h, 1 to 1000000, or off")]
    [InlineData("--max-connections-per-address 0", "invalid argument \"0\" for \"--max-connections-per-address\" flag: must be 1 to 1000000")]
    [InlineData(
        "--management-bind 0.0.0.0",
        "--management-bind 0.0.0.0: whoever reaches this address could manage the member: make a token with 'berth token new' and name its "
            + "file with --tokens-file, or leave the management port on 127.0.0.1")]
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
