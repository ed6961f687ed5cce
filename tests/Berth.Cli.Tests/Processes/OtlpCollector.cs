using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Berth.Testing.Processes;

namespace Berth.Cli.Tests.Processes;

/// <summary>A span as it came over OTLP.</summary>
/// <param name="Member">The <c>service.instance.id</c> of whoever sent it.</param>
/// <param name="Trace">Its trace, in hexadecimal digits.</param>
/// <param name="Id">Its own id.</param>
/// <param name="Parent">Its parent's; empty: it is the first.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">1 internal, 2 server, 3 client.</param>
/// <param name="Links">The traces that it is linked to.</param>
/// <param name="Tags">Its attributes.</param>
internal sealed record SentSpan(
    string Member, string Trace, string Id, string Parent, string Name, int Kind, IReadOnlyList<string> Links, Dictionary<string, string> Tags);

/// <summary>The least of a collector: takes <c>POST /v1/traces</c> and reads what of the protobuf the tests look at.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(50);

    private readonly HttpListener _listener = new();
    private readonly Task _serving;

    public OtlpCollector()
    {
        Endpoint = $"http://127.0.0.1:{NodeCalls.FreePort()}";
        _listener.Prefixes.Add(Endpoint + "/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Endpoint { get; }

    public ConcurrentQueue<(string Path, byte[] Body)> Requests { get; } = new();

    public IEnumerable<SentSpan> Spans => Requests.SelectMany(request => Fields(request.Body).Where(part => part.Number == 1).SelectMany(Resource));

    /// <summary>Waits for spans.</summary>
    public async Task<List<SentSpan>> WaitForAsync(Func<SentSpan, bool> which, int count)
    {
        using var limit = new CancellationTokenSource(_patience, TimeProvider.System);
        using var timer = new PeriodicTimer(_look, TimeProvider.System);
        while (true)
        {
            var found = Spans.Where(which).ToList();
            if (found.Count >= count)
            {
                return found;
            }

            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                Requests.Enqueue((context.Request.Url!.AbsolutePath, body.ToArray()));
                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
            }
        }
        catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
        {
            return;
        }
    }

    private static IEnumerable<SentSpan> Resource(Field resourceSpans)
    {
        var parts = Fields(resourceSpans.Bytes).ToList();
        var member = Tags(parts.Where(part => part.Number == 1).SelectMany(resource => Fields(resource.Bytes)), 1).GetValueOrDefault("service.instance.id", "");
        return parts.Where(part => part.Number == 2).SelectMany(scope => Fields(scope.Bytes)).Where(field => field.Number == 2).Select(span => Span(member, span));
    }

    private static SentSpan Span(string member, Field span)
    {
        var fields = Fields(span.Bytes).ToList();
        return new SentSpan(
            member,
            Hex(1),
            Hex(2),
            Hex(4),
            Encoding.UTF8.GetString(fields.Single(field => field.Number == 5).Bytes),
            (int)fields.Single(field => field.Number == 6).Value,
            [.. fields.Where(field => field.Number == 13).Select(link => Convert.ToHexStringLower(Fields(link.Bytes).Single(field => field.Number == 1).Bytes))],
            Tags(fields, 9));

        string Hex(int number) => Convert.ToHexStringLower(fields.FirstOrDefault(field => field.Number == number)?.Bytes ?? []);
    }

    /// <summary>Attributes: a key, and a value that is a text (1) or a number (3).</summary>
    private static Dictionary<string, string> Tags(IEnumerable<Field> fields, int number)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in fields.Where(field => field.Number == number).Select(field => Fields(field.Bytes).ToList()))
        {
            var value = Fields(pair.Single(part => part.Number == 2).Bytes).Single();
            tags[Encoding.UTF8.GetString(pair.Single(part => part.Number == 1).Bytes)] =
                value.Number == 1 ? Encoding.UTF8.GetString(value.Bytes) : $"{value.Value}";
        }

        return tags;
    }

    private static IEnumerable<Field> Fields(byte[] message)
    {
        for (var at = 0; at < message.Length;)
        {
            var key = Varint(message, ref at);
            var number = (int)(key >> 3);
            switch (key & 7)
            {
                case 0:
                    yield return new Field(number, Varint(message, ref at), []);
                    break;
                case 1:
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(message, ref at);
                    yield return new Field(number, 0, message[at..(at + length)]);
                    at += length;
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException($"Wire type {key & 7} is none.");
            }
        }
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var part = message[at++];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }
    }

    private sealed record Field(int Number, ulong Value, byte[] Bytes);
}
