using System.Diagnostics;
using System.Net.Sockets;
using Berth.Protocol;
using Berth.Server.Logs;
using Berth.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Berth.Server.Tests.Logs;

/// <summary>What becomes of a call of a logger.</summary>
public sealed class LogLinesTests
{
    private static readonly DateTimeOffset _time = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(1));

    [Fact]
    public void A_message_becomes_an_event_and_its_values_fields()
    {
        var line = Line(LogLevel.Warning, log => log.Down("m1", TimeSpan.FromSeconds(2), 7, last: true));
        (line.Time, line.Level, line.Category).ShouldBe(("2026-01-02T02:04:05.678Z", "warning", "berth.test"));
        (line.Event, line.Message).ShouldBe(("member.down", "member.down: m1 after 00:00:02, 7 shards, True"));
        line.Data!.ToJsonString().ShouldBe("""{"member":"m1","took":"00:00:02","count":7,"last":true}""");
        (line.Error, line.TraceId, line.SpanId).ShouldBe((null, null, null));
    }

    [Theory]
    [InlineData("shards.taken: {count}", "shards.taken")]
    [InlineData("store.went-back: x", "store.went-back")]
    [InlineData("pool {pool}: x", null)]
    [InlineData("Request finished: x", null)]
    [InlineData("a.b c: x", null)]
    public void An_event_is_the_first_word_of_our_messages_alone(string template, string? name) => LogLines.EventOf(template).ShouldBe(name);

    [Fact]
    public void Nothing_is_longer_than_it_may_be()
    {
        var line = Line(LogLevel.Error, log => log.Value(new string('v', 99_999), new InvalidOperationException(new string('e', 99_999))));
        line.Message.Length.ShouldBeLessThan(5_000);
        line.Data!["value"]!.GetValue<string>().Length.ShouldBeLessThan(1_100);
        line.Error!.Message.Length.ShouldBeLessThan(5_000);
    }

    [Fact]
    public void An_exception_comes_with_its_stack_only_where_that_is_wanted()
    {
        static void Throw(ILogger log)
        {
            try
            {
                throw new InvalidOperationException("why");
            }
            catch (InvalidOperationException error)
            {
                log.Value("x", error);
            }
        }

        Line(LogLevel.Information, Throw).Error.ShouldBe(new LogError("System.InvalidOperationException", "why", null));
        Line(LogLevel.Debug, Throw).Error!.Stack!.ShouldContain(nameof(Throw));
    }

    [Fact]
    public void What_is_expected_in_an_outage_is_a_reason_and_an_exception_only_with_its_stack()
    {
        Exception[] expected =
        [
            new StoreException("away"), new TaskCanceledException(), new TimeoutException(), new IOException(), new SocketException(1), new HttpRequestException(),
            new NpgsqlException("away"),
        ];
        foreach (var error in expected)
        {
            var line = Line(LogLevel.Information, log => log.Late(error, "away"));
            (line.Message, line.Error).ShouldBe(("lease.late: away", null));
            Line(LogLevel.Debug, log => log.Late(error, "away")).Error!.Stack.ShouldNotBeNull();
            Line(LogLevel.Information, log => log.Value("away", error)).Error.ShouldNotBeNull("the message does not say why");
        }

        var (gone, bug) = (new IOException("gone"), new InvalidOperationException("a bug"));
        Line(LogLevel.Information, log => log.Broken(gone, "gone")).Error!.Type.ShouldBe("System.IO.IOException");
        Line(LogLevel.Information, log => log.Late(bug, "a bug")).Error!.Type.ShouldBe("System.InvalidOperationException");
    }

    [Fact]
    public void A_line_names_the_trace_that_it_is_part_of()
    {
        using var activity = new Activity("a").SetIdFormat(ActivityIdFormat.W3C).Start();
        var line = Line(LogLevel.Error, log => log.Value("x", null));
        (line.TraceId, line.SpanId).ShouldBe((activity.TraceId.ToHexString(), activity.SpanId.ToHexString()));
    }

    /// <summary>The one line that comes of it in a ring of this level.</summary>
    private static LogLine Line(LogLevel finest, Action<ILogger> write)
    {
        using var ring = new LogRing(new FixedClock(_time), finest);
        write(ring.CreateLogger("berth.test"));
        return ring.Read(new LogQuery(null, null, LogLevels.Trace, 0, 10)).Page.Lines.ShouldHaveSingleItem();
    }

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}

internal static partial class LogLinesTestsLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "member.down: {member} after {took}, {count} shards, {last}")]
    public static partial void Down(this ILogger log, string member, TimeSpan took, int count, bool last);

    [LoggerMessage(Level = LogLevel.Warning, Message = "lease.late: {reason}")]
    public static partial void Late(this ILogger log, Exception failure, string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "pool.broken: {reason}")]
    public static partial void Broken(this ILogger log, Exception failure, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "a.b: {value}")]
    public static partial void Value(this ILogger log, string value, Exception? error);
}
