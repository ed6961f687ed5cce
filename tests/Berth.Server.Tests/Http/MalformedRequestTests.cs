using System.Text;
using Berth.Testing;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Http;

/// <summary>Requests broken at random: whatever comes, the member refuses or answers, and goes on.</summary>
public sealed class MalformedRequestTests(ITestOutputHelper output)
{
    private const int Requests = 5_000;
    private const int AtOnce = 16;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private static readonly byte[] Last =
        Encoding.ASCII.GetBytes("\r\n\r\n" + Request("GET", "/v1/health", "Connection: close"));

    private static readonly string[] Seeds =
    [
        Put("node-1", "Relay-Pool: blue"),
        Put("%41%C3%A9", "Berth-User: ada", "Berth-Host: ws", "Prefer: return=representation"),
        Delete("node-1"),
        Put("node-2", "Content-Length: 5") + "hello",
        Put("node-3", "Transfer-Encoding: chunked") + "5\r\nhello\r\n0\r\n\r\n",
        Health + Put("node-4") + Delete("node-4"),
        Request("PUT", "http://berth/v1/nodes/node-5?x=y"),
        Request("HEAD", "/readyz?verbose"),
    ];

    private static readonly string[] Scraps =
    [
        "\r\n", "\n", "\r", "\0", " ", "\t", ":", "%", "%00", "%2F", "%zz", "/", "//", "..", "?", "#", "*", "\u00ff", ",",
        "Content-Length: 99999999999999999999\r\n", "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "Host: other\r\n",
        "Connection: upgrade\r\nUpgrade: h2c\r\n", "Expect: 100-continue\r\n", "Relay-Pool: \r\n", " HTTP/1.1\r\n", "HTTP/2.0",
        "FFFFFFFFFFFFFFFF\r\n",
    ];

    [Fact]
    public async Task No_broken_request_makes_the_member_fail()
    {
        var seed = new Random().Next();
        output.WriteLine($"seed {seed}");
        await using var member = await TestMember.WithSeatsAsync(3);
        await member.AddSeatsAsync(new("blue"), 3, "blue-");
        var broken = Broken(new Random(seed)).ToList();
        var next = -1;
        var answered = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            var statuses = new List<int>();
            for (var i = Interlocked.Increment(ref next); i < broken.Count; i = Interlocked.Increment(ref next))
            {
                statuses.AddRange(await StatusesAsync(member.Port, broken[i], $"seed {seed}, request {i}"));
            }

            return statuses;
        }));

        var seen = answered.SelectMany(list => list).CountBy(status => status).OrderBy(pair => pair.Key).ToList();
        output.WriteLine(string.Join(", ", seen.Select(pair => $"{pair.Value} × {pair.Key}")));
        seen.Select(pair => pair.Key).ShouldContain(400);
        (await member.StatusAsync(Health)).ShouldBe(200);
        (await member.StatusAsync(Put("afterwards", "Relay-Pool: blue"))).ShouldBeOneOf(201, 410);
        member.Running.IsCompleted.ShouldBeFalse();
    }

    private static IEnumerable<byte[]> Broken(Random random)
    {
        for (var i = 0; i < Requests; i++)
        {
            var bytes = Encoding.Latin1.GetBytes(Seeds[random.Next(Seeds.Length)]).ToList();
            for (var changes = random.Next(1, 5); changes > 0 && bytes.Count > 0; changes--)
            {
                Break(bytes, random);
            }

            yield return [.. bytes];
        }
    }

    private static void Break(List<byte> bytes, Random random)
    {
        var at = random.Next(bytes.Count);
        switch (random.Next(6))
        {
            case 0:
                bytes[at] = (byte)random.Next(256);
                break;
            case 1:
                bytes.RemoveAt(at);
                break;
            case 2:
                bytes.InsertRange(at, Encoding.Latin1.GetBytes(Scraps[random.Next(Scraps.Length)]));
                break;
            case 3:
                bytes.RemoveRange(at, random.Next(bytes.Count - at + 1));
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(0, at));
                break;
            default:
                bytes[at] ^= 0x20;
                break;
        }
    }

    /// <summary>
    /// Sends it and a good last request, and takes every answer until the server closes. Where it waits for more of a body it
    /// is told that this was all.
    /// </summary>
    private static async Task<List<int>> StatusesAsync(int port, byte[] request, string name)
    {
        await using var connection = await RawHttp.ConnectAsync(port);
        await connection.SendAsync((byte[])[.. request, .. Last]);
        var reading = connection.ReadToEndAsync();
        try
        {
            await reading.WaitAsync(Patience, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            connection.EndSending();
        }

        var answers = Encoding.Latin1.GetString(await reading);
        var statuses = new List<int>();
        foreach (var answer in answers.Split("HTTP/1.1 ")[1..])
        {
            statuses.Add(int.Parse(answer.AsSpan(0, 3)));
        }

        statuses.ShouldAllBe(status => status < 500 || status == 503, $"{name}: {Convert.ToBase64String(request)}");
        return statuses;
    }
}
