using System.Net;
using System.Net.Sockets;
using Berth.Server.Lifetime;

namespace Berth.Server.Tests.Lifetime;

/// <summary>Whether an edge that reacts, and only that, is felt.</summary>
public sealed class EdgePulseTests : IDisposable
{
    private readonly TcpListener _edge = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(60), TimeProvider.System);

    public EdgePulseTests() => _edge.Start();

    private int Port => ((IPEndPoint)_edge.LocalEndpoint).Port;

    public void Dispose()
    {
        _edge.Dispose();
        _limit.Dispose();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    public async Task An_answer_is_felt(string bind)
    {
        var pulse = EdgePulse.IsFeltAsync(bind, Port, _limit.Token);
        using var asked = await _edge.AcceptSocketAsync(_limit.Token);
        await asked.SendAsync("HTTP/1.1 200 OK\r\n"u8.ToArray());
        (await pulse).ShouldBeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_is_closed_is_felt(bool reset)
    {
        var pulse = EdgePulse.IsFeltAsync("127.0.0.1", Port, _limit.Token);
        using (var asked = await _edge.AcceptSocketAsync(_limit.Token))
        {
            asked.LingerState = new LingerOption(reset, 0);
        }

        (await pulse).ShouldBeTrue();
    }

    [Fact]
    public async Task An_edge_that_only_the_kernel_answers_for_is_not_felt()
    {
        using var late = new CancellationTokenSource();
        var pulse = EdgePulse.IsFeltAsync("127.0.0.1", Port, late.Token);
        using var accepted = await _edge.AcceptSocketAsync(_limit.Token);
        pulse.IsCompleted.ShouldBeFalse();
        await late.CancelAsync();
        (await pulse).ShouldBeFalse();
    }

    [Fact]
    public async Task An_edge_that_is_gone_is_not_felt()
    {
        var port = Port;
        _edge.Stop();
        (await EdgePulse.IsFeltAsync("127.0.0.1", port, _limit.Token)).ShouldBeFalse();
    }
}
