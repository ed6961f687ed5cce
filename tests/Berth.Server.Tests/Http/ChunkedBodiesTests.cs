using Berth.Testing;
using Microsoft.Extensions.Logging;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Http;

/// <summary>Trailers that are no text end the connection after the answer; they are no fault of the member.</summary>
public sealed class ChunkedBodiesTests
{
    private static readonly byte[] _noText = "5\r\nhello\r\n0\r\nX-Trailer: \u00ff\r\n\r\n".Select(c => (byte)c).ToArray();

    [Fact]
    public async Task Trailers_that_are_no_text_are_no_error_of_the_member()
    {
        var log = new RecordedLog();
        using var logs = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Warning).AddProvider(new Provider(log)));
        await using var member = await TestMember.StartAsync(logs: logs);
        await member.AddSeatsAsync(Berth.Pools.PoolName.Global, 1);
        await using var connection = await RawHttp.ConnectAsync(member.Port);
        await connection.SendAsync(Put("a", "Transfer-Encoding: chunked"));
        await connection.SendAsync(_noText);
        (await connection.ReadAsync()).Status.ShouldBe(201);
        (await connection.ReadToEndAsync()).ShouldBeEmpty();
        log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task Good_trailers_keep_the_connection()
    {
        await using var member = await TestMember.WithSeatsAsync(1);
        await using var connection = await RawHttp.ConnectAsync(member.Port);
        await connection.SendAsync(Put("a", "Transfer-Encoding: chunked") + "5\r\nhello\r\n0\r\nX-Trailer: end\r\n\r\n");
        (await connection.ReadAsync()).Status.ShouldBe(201);
        (await connection.AskAsync(Put("a"))).Status.ShouldBe(202);
    }

    private sealed class Provider(ILogger log) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => log;

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
