using System.Net;
using Berth.Fuzz.Tests.Chance;
using Berth.Fuzz.Tests.Wire;
using Berth.Testing;

namespace Berth.Fuzz.Tests.Lanes;

/// <summary>Sends shots, each on a connection of its own, and judges everything that comes back until the connection ends.</summary>
internal sealed class VolleyLane(EndPoint server, Tally tally, string name)
{
    private const int Shown = 3_000;
    private const int MaxFiller = 1_000_000;

    /// <summary>For how long the server may think before it is taken to wait for more. Only a hurry: nothing depends on it.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(20);

    /// <summary>Ends the connection after whatever came before, unless that swallows it.</summary>
    private static readonly string _last = Text.Request("GET", "/v1/health", "Connection: close");

    private static readonly byte[] _filler = [.. Enumerable.Repeat((byte)'x', MaxFiller)];

    /// <summary>Sends shots of chance until this many requests were sent.</summary>
    public async Task RunAsync(Dice dice, IReadOnlyList<Func<Dice, Shot>> families, int requests)
    {
        for (var sent = 0; sent < requests && !tally.Failed;)
        {
            sent += await FireAsync(dice.Of(families)(dice));
        }
    }

    /// <summary>Sends all of them.</summary>
    public async Task RunAsync(IEnumerable<Shot> shots)
    {
        foreach (var shot in shots)
        {
            if (!tally.Failed)
            {
                await FireAsync(shot);
            }
        }
    }

    private async Task<int> FireAsync(Shot shot)
    {
        byte[] came = [];
        try
        {
            await using var connection = await RawHttp.ConnectAsync(server);
            await connection.TrySendAsync(Text.Bytes(shot.ServerEnds || shot.HalfClosed || shot.BrokenOff ? shot.Text : shot.Text + _last));
            if (shot.BrokenOff)
            {
                connection.BreakOff();
                tally.Count(shot.Family, 1);
                return 1;
            }

            came = await EndAsync(connection, shot);
            return Take(shot, came);
        }
        catch (Exception error) when (error is not FuzzException { InnerException: not null })
        {
            throw tally.Fail(new FuzzException(
                $"{shot.Family}, in {name}: {error.Message}\nsent ({shot.Text.Length} bytes): {Show(shot.Text)}\n"
                + $"base64: {Convert.ToBase64String(Text.Bytes(shot.Text[..Math.Min(shot.Text.Length, Shown)]))}\n"
                + $"came: {Show(string.Concat(came.Select(value => (char)value)))}",
                error));
        }
    }

    /// <summary>
    /// Everything until the server ends the connection. Where it waits for more it gets more, until that is too much for it: then no
    /// answer is lost, as it would be if the sender ended the connection.
    /// </summary>
    private static async Task<byte[]> EndAsync(RawHttp connection, Shot shot)
    {
        if (shot.HalfClosed)
        {
            connection.TryEndSending();
        }

        var reading = connection.ReadToEndAsync();
        for (var more = 1_000; !shot.ServerEnds && !shot.HalfClosed && !await IsOverAsync(reading); more = Math.Min(more * 8, MaxFiller))
        {
            if (!await connection.TrySendAsync(_filler.AsMemory(0, more)))
            {
                break;
            }
        }

        return await reading;
    }

    private static async Task<bool> IsOverAsync(Task reading)
    {
        try
        {
            await reading.WaitAsync(_patience, TimeProvider.System);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private int Take(Shot shot, byte[] came)
    {
        // The refusal of HTTP/2 is one frame of it.
        var answers = shot.Requests == 0 && came is [0, 0, < 64, 7, ..] ? [] : Answers.Parse(came, shot.Text.Contains("HEAD", StringComparison.Ordinal));
        if (!shot.ServerEnds && answers is [.., { Status: 200, Body: "" }])
        {
            // To the request that ends the connection.
            answers.RemoveAt(answers.Count - 1);
        }

        if (Judge.Flaw(shot, answers) is { } flaw)
        {
            throw new FuzzException(flaw);
        }

        foreach (var answer in answers)
        {
            tally.Answered(answer.Status, counted: !shot.Uncounted && !shot.Expected.Json);
        }

        var requests = Math.Max(1, answers.Count);
        tally.Count(shot.Family, requests);
        return requests;
    }

    private static string Show(string text)
    {
        var shown = string.Concat(text.Take(Shown).Select(c => c is >= ' ' and < '\u007f' ? $"{c}" : c == '\n' ? "\\n\n" : $"\\x{(int)c:x2}"));
        return text.Length > Shown ? shown + "…" : shown;
    }
}
