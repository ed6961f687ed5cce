using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Cli.Output;
using Berth.Protocol;

namespace Berth.Cli.Tests.Output;

/// <summary>A line of a log is one line, whatever a stranger has put into it.</summary>
public sealed class LogTextTests
{
    private const string Evil = "n1\n2026-01-01T00:00:00.000Z error x forged: all is lost\r\u001b[2J\u0085\u2028\u202e\u009b31m\0\t";

    private static readonly LogLine _line = new(
        "2026-01-02T03:04:05.678Z", LogLevels.Warning, "edge.limited", $"edge.limited: {Evil}", "berth.edge",
        new JsonObject { ["node"] = Evil, ["count"] = 3 }, new LogError("System.IO.IOException", Evil, "at A\n   at B"), "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");

    [Fact]
    public void Text_is_one_line_without_anything_that_steers_a_terminal()
    {
        var text = LogText.Of(_line, color: false);
        text.ShouldStartWith("2026-01-02T03:04:05.678Z warning berth.edge edge.limited: n1\\n2026");
        text.ShouldContain("\\u001b[2J\\u0085\\u2028\\u202e\\u009b31m\\u0000\\t");
        text.ShouldEndWith(" | at A | at B");
        text.Any(char.IsControl).ShouldBeFalse();
        LogText.Of(_line with { Error = _line.Error! with { Stack = null } }, color: false).ShouldContain(" | System.IO.IOException: n1\\n");
    }

    [Fact]
    public void Json_is_one_line_that_gives_every_value_back()
    {
        var text = LogText.Json(_line);
        text.Any(char.IsControl).ShouldBeFalse();
        text.ShouldAllBe(character => character < '\u0180');
        var line = JsonDocument.Parse(text).RootElement;
        line.EnumerateObject().Select(field => field.Name)
            .ShouldBe(["time", "level", "event", "message", "category", "data", "error", "trace_id", "span_id"]);
        line.GetProperty("data").GetProperty("node").GetString().ShouldBe(Evil);
        line.GetProperty("data").GetProperty("count").GetInt32().ShouldBe(3);
        line.GetProperty("error").GetProperty("message").GetString().ShouldBe(Evil);
        (line.GetProperty("message").GetString(), line.GetProperty("level").GetString()).ShouldBe(($"edge.limited: {Evil}", "warning"));
    }

    [Fact]
    public void What_there_is_not_stands_in_no_line()
    {
        var bare = new LogLine("t", LogLevels.Info, null, "m", "c", null, null, null, null);
        LogText.Json(bare).ShouldBe("""{"time":"t","level":"info","message":"m","category":"c"}""");
        LogText.Of(bare, color: false).ShouldBe("t info    c m");
    }

    [Fact]
    public void Colors_are_around_the_level_alone() =>
        LogText.Of(_line, color: true).ShouldStartWith("2026-01-02T03:04:05.678Z \u001b[33mwarning\u001b[0m berth.edge edge.limited: n1\\n");
}
