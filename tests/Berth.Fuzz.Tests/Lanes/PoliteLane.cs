using System.Net;
using System.Text.Json;
using Berth.Fuzz.Tests.Chance;
using Berth.Fuzz.Tests.Wire;
using Berth.Testing;

namespace Berth.Fuzz.Tests.Lanes;

/// <summary>
/// Good requests in many spellings on one connection, pipelined. The lane alone speaks for its nodes, so it knows what each
/// answer must be.
/// </summary>
internal sealed class PoliteLane
{
    private const int NodesOfEachPool = 8;

    private EndPoint _server;
    private readonly Tally _tally;
    private readonly string _name;
    private readonly List<LaneNode> _nodes = [];

    public PoliteLane(EndPoint server, Tally tally, string name, IReadOnlyList<string> pools, Dice dice)
    {
        _server = server;
        _tally = tally;
        _name = name;
        foreach (var pool in pools)
        {
            for (var i = 0; i < NodesOfEachPool; i++)
            {
                // Told apart from whatever the broken requests may name.
                var odd = dice.Of(["", "é", "\u200b", "😀", " ", "#?&%", "\"\\", "<>"]);
                _nodes.Add(new LaneNode(pool, $"{name}-{odd}-{dice.Word(12)}", isAnchor: i == 0 && pool != "tight"));
            }
        }
    }

    public IReadOnlyList<LaneNode> Nodes => _nodes;

    /// <summary>From now on the same nodes speak to another member.</summary>
    public void MoveTo(EndPoint server) => _server = server;

    /// <summary>Claims for the nodes that keep their seats from before the storm to after it.</summary>
    public async Task AnchorAsync(Dice dice)
    {
        await using var connection = await RawHttp.ConnectAsync(_server);
        foreach (var node in _nodes.Where(node => node.IsAnchor))
        {
            await SendAsync(connection, [Claim(node, dice)]);
            if (node.Holds != true)
            {
                throw _tally.Fail(new FuzzException($"The anchor {node} got no seat."));
            }
        }
    }

    /// <summary>Sends requests until this many were sent.</summary>
    public async Task RunAsync(Dice dice, int requests, Action afterEach)
    {
        for (var sent = 0; sent < requests && !_tally.Failed;)
        {
            await using var connection = await RawHttp.ConnectAsync(_server);
            for (var batches = dice.Between(20, 200); batches > 0 && sent < requests && !_tally.Failed; batches--)
            {
                var batch = Enumerable.Range(0, dice.Between(1, 40)).Select(_ => Any(dice)).ToList();
                await SendAsync(connection, batch);
                sent += batch.Count;
                afterEach();
            }
        }
    }

    /// <summary>Asks for every node that holds a seat whether it still does.</summary>
    public async Task CheckAsync(Dice dice)
    {
        await using var connection = await RawHttp.ConnectAsync(_server);
        foreach (var node in _nodes.Where(node => node.Holds == true))
        {
            await SendAsync(connection, [Claim(node, dice)]);
        }
    }

    private Asked Any(Dice dice)
    {
        if (dice.OneIn(12))
        {
            var (method, target, status) = dice.Of(
                [("GET", "/v1/health", 200), ("GET", "/livez", 200), ("HEAD", "/readyz", 200), ("GET", "/v1/nodes/a", 405), ("PUT", "/v1/health", 405), ("PUT", "/", 404)]);
            return new Asked(
                Text.Request(method, target),
                answer => answer.Status == status ? null : $"{method} {target} was answered {answer.Status}",
                HasBody: method != "HEAD",
                Counted: false);
        }

        var node = dice.Of(_nodes);
        return node.IsAnchor || dice.Below(5) < 3 ? Claim(node, dice) : Release(node, dice);
    }

    private static Asked Claim(LaneNode node, Dice dice) =>
        new(Spell("PUT", node, dice), answer => node.Claimed(answer.Status, KeyIn(answer)) is { } flaw ? $"{node}: {flaw}" : null);

    private static Asked Release(LaneNode node, Dice dice) =>
        new(Spell("DELETE", node, dice), answer => node.Released(answer.Status) is { } flaw ? $"{node}: {flaw}" : null);

    /// <summary>A request in one of its many spellings.</summary>
    private static string Spell(string method, LaneNode node, Dice dice)
    {
        var target = Text.Node(Text.Escape(node.Fingerprint, dice)) + dice.Of(["", "", "", "?", "?a=b", "?%00"]);
        List<string> headers = [];
        if (node.Pool.Length > 0)
        {
            headers.Add($"{dice.Of(["Relay-Pool", "relay-pool", "RELAY-POOL"])}:{dice.Of(["", " ", "  \t"])}{Text.Utf8(node.Pool)}{dice.Of(["", " "])}");
        }

        for (var more = dice.Below(4); more > 0; more--)
        {
            headers.Add($"X-{dice.Word(5)}: {dice.Word(dice.Below(60))}");
        }

        headers.AddRange(dice.OneIn(3) ? ["Prefer: return=representation"] : []);
        headers.AddRange(dice.OneIn(4) ? [$"Berth-User: {dice.Word(8)}", "Berth-Host: " + dice.Word(8)] : []);
        var body = dice.OneIn(6) ? dice.Bytes(dice.Between(1, 600)) : "";
        if (body.Length > 0)
        {
            var chunked = dice.OneIn(2);
            headers.Add(chunked ? "Transfer-Encoding: chunked" : $"Content-Length: {body.Length}");
            body = chunked ? Text.Chunked(body, dice, wild: false) : body;
        }

        return Text.Request(method, dice.OneIn(10) ? "http://berth" + target : target, [.. headers]) + body;
    }

    private async Task SendAsync(RawHttp connection, List<Asked> batch)
    {
        var at = 0;
        try
        {
            await connection.SendAsync(Text.Bytes(string.Concat(batch.Select(asked => asked.Text))));
            for (; at < batch.Count; at++)
            {
                var asked = batch[at];
                var raw = await connection.ReadAsync(asked.HasBody);
                var answer = new Answer(raw.Status, raw.Headers, string.Concat(raw.Body.Select(value => (char)value)));
                _tally.Answered(answer.Status, asked.Counted);
                var flaw = answer.Status == 503 ? Judge.Flaw(Expected.Claims, answer) : null;
                if ((flaw ?? asked.Flaw(answer)) is { } wrong)
                {
                    throw new FuzzException(wrong);
                }
            }

            _tally.Count("good requests", batch.Count);
        }
        catch (Exception error)
        {
            throw _tally.Fail(new FuzzException($"{_name}: {error.Message}\nsent, as number {at + 1} of {batch.Count}: {batch[Math.Min(at, batch.Count - 1)].Text}", error));
        }
    }

    private static string? KeyIn(Answer answer)
    {
        if (!answer.Body.Contains("license_key", StringComparison.Ordinal))
        {
            return null;
        }

        using var json = JsonDocument.Parse(answer.Body);
        return json.RootElement.GetProperty("license_key").GetString();
    }

    private sealed record Asked(string Text, Func<Answer, string?> Flaw, bool HasBody = true, bool Counted = true);
}
