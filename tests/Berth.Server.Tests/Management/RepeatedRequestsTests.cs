using System.Text;
using Berth.Protocol;
using Berth.Server.Management;
using Berth.Testing;
using Microsoft.AspNetCore.Http;

namespace Berth.Server.Tests.Management;

/// <summary>What is kept of an answer, for whom and how long.</summary>
public sealed class RepeatedRequestsTests
{
    private readonly FakeClock _clock = new();
    private readonly RepeatedRequests _repeats;
    private int _done;
    private Func<ManagementExchange, Task> _answer = exchange => exchange.Context.Response.WriteAsync("done");

    public RepeatedRequestsTests() => _repeats = new RepeatedRequests(_clock);

    [Fact]
    public async Task An_answer_is_kept_for_a_day_for_the_same_caller()
    {
        (await AskAsync("k")).ShouldBe((200, "done"));
        (await AskAsync("k")).ShouldBe((200, "done"));
        _done.ShouldBe(1);
        await AskAsync("k", caller: "other");
        _done.ShouldBe(2);
        _clock.Advance(RepeatedRequests.Keep - TimeSpan.FromSeconds(1));
        await AskAsync("k");
        _done.ShouldBe(2);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await AskAsync("k");
        _done.ShouldBe(3);
    }

    [Theory]
    [InlineData(ProblemCodes.OutcomeUnknown, 503, 2)]
    [InlineData(ProblemCodes.NotWritten, 503, 2)]
    [InlineData(ProblemCodes.Internal, 500, 2)]
    [InlineData(ProblemCodes.LicenseExists, 409, 1)]
    public async Task Only_definite_answers_are_kept(string code, int status, int times)
    {
        _answer = exchange => exchange.RefuseAsync(new Problem(code, status, "x"));
        (await AskAsync("k")).Status.ShouldBe(status);
        (await AskAsync("k")).Status.ShouldBe(status);
        _done.ShouldBe(times);
    }

    [Fact]
    public async Task The_oldest_makes_room()
    {
        for (var i = 0; i <= RepeatedRequests.Capacity; i++)
        {
            await AskAsync($"k{i}");
        }

        var before = _done;
        await AskAsync("k1");
        _done.ShouldBe(before);
        await AskAsync("k0");
        _done.ShouldBe(before + 1);
    }

    [Fact]
    public async Task A_request_under_way_is_not_done_twice_and_a_caller_who_went_away_finds_the_answer()
    {
        using var gone = new CancellationTokenSource();
        var reached = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        _answer = async exchange =>
        {
            reached.SetResult();
            await go.Task;
            exchange.Stop.IsCancellationRequested.ShouldBeFalse();
            await exchange.Context.Response.WriteAsync("done", exchange.Stop);
        };
        var first = AskAsync("k", gone: gone.Token);
        await reached.Task;
        var busy = await AskAsync("k");
        busy.Status.ShouldBe(409);
        busy.Body.ShouldContain(ProblemCodes.IdempotencyKeyBusy);
        await gone.CancelAsync();
        go.SetResult();
        await first;
        (await AskAsync("k")).ShouldBe((200, "done"));
        _done.ShouldBe(1);
    }

    [Fact]
    public async Task A_failure_leaves_the_key_free()
    {
        _answer = _ => throw new InvalidOperationException("broken");
        await Should.ThrowAsync<InvalidOperationException>(() => AskAsync("k"));
        _answer = exchange => exchange.Context.Response.WriteAsync("done");
        (await AskAsync("k")).ShouldBe((200, "done"));
    }

    private async Task<(int Status, string Body)> AskAsync(string key, string caller = "", CancellationToken gone = default)
    {
        var context = new DefaultHttpContext { RequestAborted = gone };
        context.Request.Method = "POST";
        context.Request.Headers[RepeatedRequests.Header] = key;
        context.Request.Headers.Authorization = caller;
        using var body = new MemoryStream();
        context.Response.Body = body;
        var about = new RouteDescription("a test", Answer: null);
        var route = new ManagementRoute("/x", "POST", about, exchange =>
        {
            _done++;
            return _answer(exchange);
        });
        await _repeats.HandleAsync(new ManagementExchange(context, about), route);
        return (context.Response.StatusCode, Encoding.UTF8.GetString(body.ToArray()));
    }
}
