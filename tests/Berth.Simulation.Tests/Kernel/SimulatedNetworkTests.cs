using System.Net.Sockets;
using System.Text;
using Berth.Simulation.Kernel;

namespace Berth.Simulation.Tests.Kernel;

public sealed class SimulatedNetworkTests : IDisposable
{
    private const string Address = "m2:6350";

    private readonly World _world = new(1);
    private readonly SimulatedNetwork _network;
    private readonly SimulatedProcess _caller;
    private readonly SimulatedProcess _receiver;
    private readonly Trace _trace;

    public SimulatedNetworkTests()
    {
        _network = new SimulatedNetwork(_world);
        _network.Weather.Everywhere.Delay = Latency.Of(10, 10);
        _caller = _world.StartProcess("m1");
        _receiver = _world.StartProcess("m2");
        _trace = new Trace(_world);
        _network.Listen(Address, _receiver, HandleAsync);
    }

    private LinkWeather Weather => _network.Weather.Everywhere;

    [Fact]
    public void A_post_brings_the_answer_back_each_end_in_its_process()
    {
        Post("a");
        Run();
        _trace.Text.ShouldBe("handle:a@10 answer:re:a@20");
        _network.Counts.ShouldSatisfyAllConditions(
            counts => counts.Sent.ShouldBe(1), counts => counts.Delivered.ShouldBe(1), counts => counts.Answered.ShouldBe(1));
    }

    [Fact]
    public void Both_ends_have_bytes_of_their_own()
    {
        byte[] sent = [1];
        _network.Listen(Address, _receiver, (body, _) => Task.FromResult(body));
        byte[]? back = null;
        _caller.Run(() => _network.Post(_caller, "m1", Address, sent, outcome => back = outcome.Answer));
        _world.At(TimeSpan.FromMilliseconds(5), () => sent = [2]);
        Run();
        back.ShouldBe([1]);
        back.ShouldNotBeSameAs(sent);
    }

    [Fact]
    public void Nobody_who_listens_refuses_definitely()
    {
        Post("a", to: "m2:1");
        Run();
        var failure = _failure.ShouldBeOfType<HttpRequestException>();
        failure.HttpRequestError.ShouldBe(HttpRequestError.ConnectionError);
        failure.InnerException.ShouldBeOfType<SocketException>().SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
        _trace.Text.ShouldBe("failed@20");
        _network.Counts.Refused.ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_name_that_nobody_has_is_not_found(bool forgotten)
    {
        if (forgotten)
        {
            _network.ForgetName("m2");
        }

        Post("a", to: forgotten ? Address : "m9:6350");
        Run();
        _failure.ShouldBeOfType<HttpRequestException>().HttpRequestError.ShouldBe(HttpRequestError.NameResolutionError);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_reset_leaves_open_whether_it_was_handled(bool handled)
    {
        (Weather.ResetAfter, Weather.ResetBefore) = handled ? (1, 0) : (0, 1);
        Post("a");
        Run();
        _failure.ShouldBeOfType<HttpRequestException>().HttpRequestError.ShouldBe(HttpRequestError.ResponseEnded);
        _trace.Text.ShouldBe(handled ? "handle:a@10 failed@20" : "failed@20");
        _network.Counts.Reset.ShouldBe(1);
    }

    [Fact]
    public void What_is_lost_is_silence_until_the_callers_time_runs_out()
    {
        Weather.Loss = 1;
        Post("a", within: TimeSpan.FromSeconds(3));
        Run();
        _trace.Text.ShouldBe("failed@3000");
        _failure.ShouldBeAssignableTo<OperationCanceledException>();
        _network.Counts.Lost.ShouldBe(1);
        _network.UnderWay.ShouldBe(0);
    }

    [Fact]
    public void A_request_that_comes_twice_is_answered_once()
    {
        Weather.Duplication = 1;
        Post("a");
        Run();
        _trace.Text.ShouldBe("handle:a@10 handle:a@20 answer:re:a@20");
        _network.Counts.Duplicated.ShouldBe(1);
        _network.Counts.Answered.ShouldBe(1);
    }

    [Theory]
    [InlineData("m1", "m2", false, "failed@3000")]
    [InlineData("m2", "m1", false, "handle:a@10 failed@3000")]
    [InlineData("m2", "m1", true, "failed@3000")]
    public void A_cut_is_silence_in_its_direction(string from, string to, bool bothWays, string expected)
    {
        var cut = _network.Weather.Cut([from], [to], bothWays);
        Post("a", within: TimeSpan.FromSeconds(3));
        Run();
        _trace.Text.ShouldBe(expected);
        _network.Weather.Heal(cut);
        _trace.Seen.Clear();
        Post("b");
        Run();
        _trace.Seen[^1].ShouldStartWith("answer:re:b");
    }

    [Fact]
    public void One_direction_has_a_weather_of_its_own()
    {
        _network.Weather.Set("m2", "m1", new LinkWeather { Delay = Latency.Of(5_000, 5_000) });
        Post("a");
        Run();
        _trace.Text.ShouldBe("handle:a@10 answer:re:a@5010");
    }

    [Fact]
    public void A_caller_that_gives_up_is_free_at_once_and_its_receiver_hears_later()
    {
        _network.Listen(Address, _receiver, async (_, gone) =>
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, _receiver.Clock, gone);
            }
            finally
            {
                _trace.Add("gone", _receiver);
            }

            return [];
        });
        Post("a", within: TimeSpan.FromMilliseconds(100));
        Run();
        _trace.Text.ShouldBe("failed@100 gone@110");
        _network.Counts.GivenUp.ShouldBe(1);
        _network.UnderWay.ShouldBe(0);
    }

    [Theory]
    [InlineData(false, "begin@10 failed@60 failed@120")]
    [InlineData(true, "begin@10 failed@3000 failed@3100")]
    public void A_killed_receiver_breaks_or_is_silent(bool power, string expected)
    {
        _network.Listen(Address, _receiver, async (_, _) =>
        {
            _trace.Add("begin", _receiver);
            await Task.Delay(Timeout.InfiniteTimeSpan, _receiver.Clock, CancellationToken.None);
            return [];
        });
        Post("a", within: TimeSpan.FromSeconds(3));
        _world.At(TimeSpan.FromMilliseconds(50), () => _receiver.Kill(power ? KillKind.Power : KillKind.Process));
        _world.At(TimeSpan.FromMilliseconds(100), () => Post("b", within: TimeSpan.FromSeconds(3)));
        Run();
        _trace.Text.ShouldBe(expected);
        _failure.ShouldSatisfyAllConditions(
            failure => (failure is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError }).ShouldBe(!power),
            failure => (failure is OperationCanceledException).ShouldBe(power));
        _network.UnderWay.ShouldBe(0);
    }

    [Fact]
    public void A_machine_is_back_when_something_listens_on_it_again()
    {
        _receiver.Kill(KillKind.Power);
        _network.Listen(Address, _world.StartProcess("m2"), (body, _) => Task.FromResult(body));
        Post("a");
        Run();
        _trace.Text.ShouldBe("answer:a@20");
    }

    [Theory]
    [InlineData(false, "gone@60")]
    [InlineData(true, "")]
    public void A_killed_caller_hangs_up_unless_its_power_failed(bool power, string expected)
    {
        _network.Listen(Address, _receiver, async (_, gone) =>
        {
            using var told = gone.Register(() => _trace.Add("gone", _receiver));
            await Task.Delay(TimeSpan.FromSeconds(1), _receiver.Clock, CancellationToken.None);
            return [];
        });
        Post("a");
        _world.At(TimeSpan.FromMilliseconds(50), () => _caller.Kill(power ? KillKind.Power : KillKind.Process));
        Run();
        _trace.Text.ShouldBe(expected);
        _network.UnderWay.ShouldBe(0);
    }

    [Fact]
    public void A_paused_receiver_handles_what_came_in_any_order_when_it_goes_on()
    {
        _receiver.Pause();
        var names = Enumerable.Range(0, 20).Select(i => $"{i:00}").ToList();
        names.ForEach(name => Post(name));
        _world.At(TimeSpan.FromSeconds(5), () => _receiver.Resume());
        Run();
        var handled = _trace.Seen.Where(seen => seen.StartsWith("handle", StringComparison.Ordinal)).ToList();
        handled.Order().ShouldBe(names.Select(name => $"handle:{name}@5000"));
        handled.ShouldNotBe([.. handled.Order()]);
    }

    [Fact]
    public void What_comes_for_a_paused_receiver_has_a_limit()
    {
        _receiver.Pause();
        for (var i = 0; i < SimulatedProcess.MaxBacklog + 100; i++)
        {
            _network.Call("node", Address, _ => Task.FromResult(true), _ => { });
        }

        Run();
        _network.Counts.Lost.ShouldBe(100);
        _network.UnderWay.ShouldBe(SimulatedProcess.MaxBacklog);
        _receiver.Kill();
        _network.UnderWay.ShouldBe(0);
    }

    [Fact]
    public void What_is_no_process_has_something_done_in_the_listener()
    {
        NetworkOutcome<int> ended = default;
        _network.Call("node", Address, async _ =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), _receiver.Clock, CancellationToken.None);
            _trace.Add("done", _receiver);
            return 7;
        }, outcome => ended = outcome);
        _network.Call<int>("node", "m2:1", _ => throw new InvalidOperationException(), outcome => _trace.Add($"{outcome.End}"));
        Run();
        ended.ShouldBe(new NetworkOutcome<int>(NetworkEnd.Answered, 7));
        _trace.Text.ShouldBe("done@15 Refused@20");
    }

    [Fact]
    public void A_handler_that_breaks_ends_the_run()
    {
        _network.Call<int>("node", Address, _ => throw new InvalidOperationException("it broke"), _ => { });
        _world.RunUntil(TimeSpan.FromSeconds(1)).ShouldBeFalse();
        _world.Ended!.Reason.ShouldContain("it broke");
    }

    [Fact]
    public void One_seed_makes_one_network()
    {
        Storm(3).ShouldBe(Storm(3));
        Storm(3).ShouldNotBe(Storm(4));
    }

    public void Dispose() => _world.Dispose();

    private static (ulong, string) Storm(ulong seed)
    {
        using var world = new World(seed);
        var network = new SimulatedNetwork(world);
        var weather = network.Weather.Everywhere;
        (weather.Loss, weather.Duplication, weather.ResetBefore, weather.ResetAfter) = (0.1, 0.1, 0.1, 0.1);
        weather.Delay = Latency.Of(1, 5, 0.1, 20_000);
        var trace = new Trace(world);
        var member = world.StartProcess("m");
        network.Listen("m:1", member);
        for (var i = 0; i < 200; i++)
        {
            var number = i;
            network.Call("n", "m:1", _ => Task.FromResult(number), outcome => trace.Add($"{number}{outcome.End}"));
        }

        world.RunUntil(TimeSpan.FromMinutes(1)).ShouldBeTrue();
        (network.Counts.Answered + network.Counts.Reset + network.Counts.Lost).ShouldBe(200);
        foreach (var count in (long[])[network.Counts.Lost, network.Counts.Duplicated, network.Counts.Reset])
        {
            count.ShouldBeGreaterThan(0);
        }

        return (world.Digest, trace.Text);
    }

    private Exception? _failure;

    private async Task<byte[]> HandleAsync(byte[] body, CancellationToken gone)
    {
        _trace.Add($"handle:{Encoding.UTF8.GetString(body)}", _receiver);
        return await Task.FromResult<byte[]>([.. "re:"u8, .. body]);
    }

    private void Post(string body, string to = Address, TimeSpan? within = null) => _caller.Start(async () =>
    {
        using var invoker = new HttpMessageInvoker(_network.HandlerFor(_caller, "m1"));
        using var patience = new CancellationTokenSource(within ?? TimeSpan.FromMinutes(10), _caller.Clock);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"http://{to}/hop"))
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
        };
        try
        {
            using var response = await invoker.SendAsync(request, patience.Token);
            response.IsSuccessStatusCode.ShouldBeTrue();
            var answer = await response.Content.ReadAsByteArrayAsync(patience.Token);
            _trace.Add($"answer:{Encoding.UTF8.GetString(answer)}", _caller);
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            _failure = failure;
            _trace.Add("failed", _caller);
        }
    });

    private void Run()
    {
        _world.RunUntil(_world.Now + TimeSpan.FromMinutes(1)).ShouldBeTrue(_world.Ended?.ToString());
        _trace.Astray.ShouldBeEmpty();
    }
}
