using Berth.Protocol;
using Berth.Server.Logs;
using Berth.Testing;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Tests.Logs;

/// <summary>The lines that a member remembers, and who waits for more.</summary>
public sealed class MemberLogTests : IDisposable
{
    private static readonly string _long = new('x', 4_000);

    private readonly FakeClock _clock = new();
    private readonly LogRing _ring;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _ending = new();
    private readonly MemberLog _member;

    public MemberLogTests()
    {
        _ring = new LogRing(_clock, LogLevel.Information);
        _log = _ring.CreateLogger("berth.test");
        _member = new MemberLog(_ring, _clock, _ending.Token);
    }

    public void Dispose()
    {
        _ending.Dispose();
        _ring.Dispose();
    }

    [Fact]
    public async Task Lines_have_numbers_and_are_read_on_after_them()
    {
        Say(5);
        var last = await GoodAsync(null, limit: 2);
        Numbers(last).ShouldBe("4 5");
        (last.Next, last.Missed, last.Level).ShouldBe((5, 0, "info"));
        var first = await GoodAsync(0, limit: 3);
        (Numbers(first), first.Next).ShouldBe(("1 2 3", 3));
        Numbers(await GoodAsync(first.Next)).ShouldBe("4 5");
        Numbers(await GoodAsync(5)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Lines_of_finer_levels_are_passed_over_and_not_looked_at_again()
    {
        Say(2);
        _log.Warned();
        Say(2);
        var page = await GoodAsync(0, level: LogLevels.Warning);
        (Numbers(page), page.Next).ShouldBe(("3", 5));
        var last = await GoodAsync(null, limit: 1, level: LogLevels.Warning);
        (Numbers(last), last.Next).ShouldBe(("3", 5));
    }

    [Fact]
    public async Task Who_is_late_is_told_how_many_lines_are_gone()
    {
        Say(LogRing.MaxLines + 10);
        var page = await GoodAsync(4, limit: 1);
        (Numbers(page), page.Missed).ShouldBe(("11", 6));
        (await GoodAsync(page.Next)).Missed.ShouldBe(0);
    }

    [Fact]
    public async Task Long_lines_take_the_room_of_many()
    {
        for (var i = 0; i < 3_000; i++)
        {
            _log.Said(_long);
        }

        var kept = await GoodAsync(0, limit: 1_000);
        kept.Missed.ShouldBeGreaterThan(1_000);
        _ring.Read(new LogQuery(kept.Missed + 1, null, LogLevels.Info, 0, int.MaxValue)).Page.Lines.Sum(line => 2L * line.Message.Length).ShouldBeLessThan(LogRing.MaxBytes);
    }

    [Fact]
    public async Task Who_waits_gets_the_next_line_at_once()
    {
        Say(1);
        var waiting = AskAsync(1, wait: 30);
        waiting.IsCompleted.ShouldBeFalse();
        Say(1);
        Numbers((await waiting).Value.ShouldNotBeNull()).ShouldBe("2");
    }

    [Fact]
    public async Task Who_waits_for_nothing_gets_an_empty_page_in_the_end()
    {
        var waiting = AskAsync(0, wait: 30, level: LogLevels.Error);
        Say(1);
        await _clock.TimersAsync(1, TestContext.Current.CancellationToken);
        _clock.Advance(TimeSpan.FromSeconds(29));
        waiting.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(1));
        var page = (await waiting).Value.ShouldNotBeNull();
        Numbers(page).ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_so_many_may_wait_and_who_looks_may_still_look()
    {
        Say(1);
        var waiting = Enumerable.Range(0, MemberLog.MostWaiting).Select(_ => AskAsync(1, wait: 30)).ToList();
        (await AskAsync(1, wait: 30)).Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCodes.TooManyRequests);
        (await GoodAsync(0)).Lines.Count.ShouldBe(1);
        Say(1);
        (await Task.WhenAll(waiting)).ShouldAllBe(answer => answer.IsGood);
        var again = AskAsync(2, wait: 30);
        again.IsCompleted.ShouldBeFalse();
        Say(1);
        (await again).IsGood.ShouldBeTrue();
    }

    [Fact]
    public async Task A_member_that_ends_lets_nobody_wait_for_long()
    {
        var waiting = AskAsync(0, wait: 30);
        await _ending.CancelAsync();
        _clock.Advance(TimeSpan.FromSeconds(1));
        (await waiting).IsGood.ShouldBeTrue();
        var late = AskAsync(0, wait: 30);
        _clock.Advance(TimeSpan.FromSeconds(1));
        (await late).IsGood.ShouldBeTrue();
    }

    [Fact]
    public async Task A_number_of_another_run_means_all_lines_of_this_one()
    {
        Say(2);
        Numbers((await _member.ReadAsync(new LogQuery(900, "another", LogLevels.Info, 0, 10), default)).Value!).ShouldBe("1 2");
        Numbers((await _member.ReadAsync(new LogQuery(1, _ring.Run, LogLevels.Info, 0, 10), default)).Value!).ShouldBe("2");
    }

    [Fact]
    public async Task Without_a_member_there_is_no_log() =>
        (await new MemberLog(null, _clock, default).ReadAsync(new LogQuery(0, null, LogLevels.Info, 0, 1), default)).Problem.ShouldNotBeNull().Code
            .ShouldBe(ProblemCodes.Unavailable);

    private void Say(int lines)
    {
        for (var i = 0; i < lines; i++)
        {
            _log.Said("short");
        }
    }

    private static string Numbers(LogPage page) => string.Join(' ', page.Lines.Select(line => line.Sequence));

    private Task<Answer<LogPage>> AskAsync(long? after, int limit = 1_000, int wait = 0, string level = LogLevels.Info) =>
        _member.ReadAsync(new LogQuery(after, null, level, wait, limit), TestContext.Current.CancellationToken).AsTask();

    private async Task<LogPage> GoodAsync(long? after, int limit = 1_000, string level = LogLevels.Info) =>
        (await AskAsync(after, limit, 0, level)).Value.ShouldNotBeNull();
}

internal static partial class MemberLogTestsLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "a.b: {text}")]
    public static partial void Said(this ILogger log, string text);

    [LoggerMessage(Level = LogLevel.Warning, Message = "a.b: warned")]
    public static partial void Warned(this ILogger log);
}
