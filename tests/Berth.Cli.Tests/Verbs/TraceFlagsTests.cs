using Berth.Cli.Flags;
using Berth.Cli.Verbs;
using Berth.Server.Tracing;

namespace Berth.Cli.Tests.Verbs;

public sealed class TraceFlagsTests
{
    [Fact]
    public void Nothing_is_traced_unless_it_is_asked_for() => Read("").ShouldBeNull();

    [Fact]
    public void Everything_is_kept_unless_it_is_said()
    {
        var traces = Read("--otlp-endpoint http://localhost:4318 --member-name m1").ShouldNotBeNull();
        (traces.Endpoint, traces.Ratio, traces.Member).ShouldBe((new Uri("http://localhost:4318"), 1.0, "m1"));
    }

    [Fact]
    public void Variables_say_the_same()
    {
        var traces = Read("", ("BERTH_OTLP_ENDPOINT", "https://collector.example:4317/"), ("BERTH_TRACE_RATIO", "0.25")).ShouldNotBeNull();
        (traces.Endpoint.Port, traces.Ratio).ShouldBe((TraceOptions.GrpcPort, 0.25));
    }

    [Theory]
    [InlineData("--otlp-endpoint localhost:4318", "write http://HOST:4318 or https://HOST:4318")]
    [InlineData("--otlp-endpoint ftp://localhost", "write http://HOST:4318 or https://HOST:4318")]
    [InlineData("--otlp-endpoint http://user:password@localhost", "--otlp-endpoint: write no password into it")]
    [InlineData("--otlp-endpoint http://localhost --trace-ratio 1.5", "must be 0 to 1")]
    [InlineData("--otlp-endpoint http://localhost --trace-ratio -0.5", "must be 0 to 1")]
    [InlineData("--otlp-endpoint http://localhost --trace-ratio half", "must be 0 to 1")]
    [InlineData("--trace-ratio 0.5", "--trace-ratio is for traces: give --otlp-endpoint")]
    public void What_makes_no_sense_is_refused(string line, string text) =>
        Should.Throw<CommandFailedException>(() => Read(line)).Message.ShouldContain(text);

    private static TraceOptions? Read(string line, params (string Name, string Value)[] environment)
    {
        IReadOnlyList<Flag> flags = [.. ServeFlags.All, .. GlobalFlags.All];
        var parsed = CommandLine.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), flags);
        var shell = new TestShell(CommandName.Berth, environment).Shell(new StringWriter(), new StringWriter());
        return ServeSettings.Read(new Call(shell, new Settings(parsed, shell, ConfigFile.None), parsed.Words)).Traces;
    }
}
