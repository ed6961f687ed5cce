using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Primitives;

namespace Berth.Benchmarks.Bare;

/// <summary>
/// The yardstick: Kestrel with one delegate that writes prebuilt bytes under the headers that Berth sends.
/// No routing, no logging, no state; what a claim or a heartbeat costs beyond this is Berth's own.
/// </summary>
internal sealed class BareEndpoint
{
    private static readonly StringValues Json = "application/json";
    private static readonly byte[] NoSeats = "{\"error\":\"no licenses available\"}\n"u8.ToArray();

    private readonly BarePlan _plan;
    private Second _second = new(0, default);
    private int _held;

    private BareEndpoint(BarePlan plan) => _plan = plan;

    public static async Task<int> RunAsync(BarePlan plan, CancellationToken stop)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseSockets(sockets => sockets.Backlog = 4096);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, plan.Port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        await using var app = builder.Build();
        app.Run(new BareEndpoint(plan).AnswerAsync);
        await app.StartAsync(stop);
        await stop.WaitForCancellationAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5), TimeProvider.System);
        await app.StopAsync(limit.Token);
        return 0;
    }

    private Task AnswerAsync(HttpContext context)
    {
        var response = context.Response;
        var headers = response.Headers;
        headers.ContentType = Json;
        headers["Relay-Clock"] = Clock();
        if (HttpMethods.IsDelete(context.Request.Method))
        {
            response.StatusCode = StatusCodes.Status204NoContent;
            if (_plan.Seats is not null)
            {
                Interlocked.Decrement(ref _held);
            }

            return Task.CompletedTask;
        }

        // A seat limit is only for trying the storm out without Berth; measured runs leave it off. Probes (GET) take no seat.
        var full = _plan.Seats is { } seats && HttpMethods.IsPut(context.Request.Method) && Interlocked.Increment(ref _held) > seats;
        var body = full ? NoSeats : _plan.Answer;
        response.StatusCode = full ? StatusCodes.Status410Gone : _plan.Status;
        headers.ContentLength = body.Length;
        var writer = response.BodyWriter;
        body.CopyTo(writer.GetSpan(body.Length));
        writer.Advance(body.Length);
        return Task.CompletedTask;
    }

    /// <summary>One string a second; threads that race at the turn of a second make the same one.</summary>
    private StringValues Clock()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var second = _second;
        if (second.Unix != now)
        {
            second = new Second(now, now.ToString());
            _second = second;
        }

        return second.Text;
    }

    private sealed record Second(long Unix, StringValues Text);
}
