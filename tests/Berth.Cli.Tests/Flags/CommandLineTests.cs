using Berth.Cli.Flags;

namespace Berth.Cli.Tests.Flags;

public sealed class CommandLineTests
{
    private static readonly Flag _port = new("port", FlagKind.Number, "") { Short = 'p' };
    private static readonly Flag _file = new("file", FlagKind.List, "");
    private static readonly Flag _plain = new("plain", FlagKind.Switch, "");
    private static readonly Flag _verbose = new("verbose", FlagKind.Count, "") { Short = 'v' };
    private static readonly Flag _ttl = new("ttl", FlagKind.Duration, "") { Short = 't', ShortUnlisted = true };
    private static readonly Flag[] _flags = [_port, _file, _plain, _verbose, _ttl];

    [Theory]
    [InlineData("--port 80")]
    [InlineData("--port=80")]
    [InlineData("-p 80")]
    [InlineData("-p80")]
    [InlineData("-p=80")]
    [InlineData("-vp80")]
    [InlineData("--port 1 -p 80")]
    public void A_value_is_found_however_it_is_written(string line) => Parse(line).Given(_port).ShouldBe(["80"]);

    [Fact]
    public void Repeated_lists_add_up_and_counts_count()
    {
        var line = Parse("--file a,b -vv --file c --plain=false word -v -- --port");
        line.Given(_file).ShouldBe(["a,b", "c"]);
        line.Given(_verbose).ShouldBe(["3"]);
        line.Given(_plain).ShouldBe(["false"]);
        line.Words.ShouldBe(["word", "--port"]);
    }

    [Theory]
    [InlineData("--bogus", "unknown flag: --bogus")]
    [InlineData("--bogus=1", "unknown flag: --bogus")]
    [InlineData("-x", "unknown shorthand flag: 'x' in -x")]
    [InlineData("-vxy", "unknown shorthand flag: 'x' in -xy")]
    [InlineData("--port", "flag needs an argument: --port")]
    [InlineData("-p", "flag needs an argument: 'p' in -p")]
    [InlineData("-p x", "invalid argument \"x\" for \"-p, --port\" flag: strconv.ParseInt: parsing \"x\": invalid syntax")]
    [InlineData("--ttl 60", "invalid argument \"60\" for \"--ttl\" flag: time: missing unit in duration \"60\"")]
    [InlineData("--plain=x", "invalid argument \"x\" for \"--plain\" flag: strconv.ParseBool: parsing \"x\": invalid syntax")]
    public void Mistakes_are_named_as_relay_names_them(string line, string text) =>
        Should.Throw<CommandFailedException>(() => Parse(line)).Message.ShouldBe(text);

    private static CommandLine Parse(string line) => CommandLine.Parse(line.Split(' '), _flags);
}
