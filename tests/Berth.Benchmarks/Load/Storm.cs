using System.Text.Json;

namespace Berth.Benchmarks.Load;

/// <summary>First claims of as many nodes, each over a connection of its own, all opened at once.</summary>
internal sealed record StormPlan(int Port, int Claims, TimeSpan Limit, string? Pool, string Prefix)
{
    public static StormPlan From(Options options)
    {
        var plan = new StormPlan(
            options.Number("port"),
            options.Number("claims", 3000),
            TimeSpan.FromMilliseconds(options.Number("limit-ms", 10_000)),
            options.TextOrNull("pool"),
            options.Text("prefix", "storm"));
        options.RefuseUnknown();
        return plan;
    }
}

/// <summary>
/// The verb <c>storm</c>. The time runs from before the first socket is made until the last answer is in; a claim goes out as soon
/// as its connection stands. Each connection is used once.
/// </summary>
internal sealed class Storm
{
    private const int SpareDescriptors = 200;
    private const int WaitMs = 50;

    private readonly StormPlan _plan;
    private readonly Connection[] _connections;
    private readonly byte[][] _requests;
    private readonly bool[] _sent;
    private int _waiting;
    private int _created;
    private int _gone;
    private int _serverErrors;
    private int _other;
    private string? _firstError;

    private Storm(StormPlan plan)
    {
        _plan = plan;
        _connections = new Connection[plan.Claims];
        _requests = new byte[plan.Claims][];
        _sent = new bool[plan.Claims];
        for (var i = 0; i < plan.Claims; i++)
        {
            _connections[i] = new Connection(plan.Port);
            _requests[i] = Requests.Of("PUT", plan.Port, Requests.Fingerprint(plan.Prefix, i), plan.Pool);
        }
    }

    public static int Run(StormPlan plan)
    {
        var allowed = OpenFileLimit();
        if (allowed < plan.Claims + SpareDescriptors)
        {
            throw new BenchException($"{plan.Claims} connections need ulimit -n {plan.Claims + SpareDescriptors}, it is {allowed}");
        }

        var result = new Storm(plan).Measure();
        Console.WriteLine(JsonSerializer.Serialize(result, ResultJson.Default.StormResult));
        return 0;
    }

    private StormResult Measure()
    {
        using var epoll = new Epoll(_plan.Claims);
        try
        {
            var start = TimeProvider.System.GetTimestamp();
            for (var i = 0; i < _connections.Length; i++)
            {
                if (_connections[i].Open())
                {
                    epoll.Watch(_connections[i].Descriptor, i, Libc.Writable);
                    _waiting++;
                }
                else
                {
                    Fail(_connections[i].Breakage);
                }
            }

            while (_waiting > 0 && TimeProvider.System.GetElapsedTime(start) < _plan.Limit)
            {
                var ready = epoll.Wait(WaitMs);
                for (var i = 0; i < ready; i++)
                {
                    Advance(epoll.Key(i), epoll);
                }
            }

            var elapsed = TimeProvider.System.GetElapsedTime(start);
            for (; _waiting > 0; _waiting--)
            {
                Fail($"no answer within {_plan.Limit.TotalMilliseconds} ms");
            }

            return new StormResult(Math.Round(elapsed.TotalMilliseconds, 1), _created, _gone, _serverErrors, _other, _firstError);
        }
        finally
        {
            foreach (var connection in _connections)
            {
                connection.Dispose();
            }
        }
    }

    private void Advance(int i, Epoll epoll)
    {
        var connection = _connections[i];
        if (!_sent[i])
        {
            _sent[i] = true;
            epoll.Change(connection.Descriptor, i, Libc.Readable);
            if (!connection.Send(_requests[i]))
            {
                Close(connection);
                Fail(connection.Breakage);
            }

            return;
        }

        switch (connection.Receive())
        {
            case Received.Complete:
                Close(connection);
                Count(connection.Status);
                break;
            case Received.Broken:
                Close(connection);
                Fail(connection.Breakage);
                break;
            default:
                break;
        }
    }

    private void Close(Connection connection)
    {
        _waiting--;
        connection.Dispose();
    }

    private void Count(int status)
    {
        switch (status)
        {
            case 201:
                _created++;
                break;
            case 410:
                _gone++;
                break;
            case >= 500:
                _serverErrors++;
                _firstError ??= $"answered {status}";
                break;
            default:
                Fail($"answered {status}");
                break;
        }
    }

    private void Fail(string reason)
    {
        _other++;
        _firstError ??= reason;
    }

    private static long OpenFileLimit()
    {
        var line = File.ReadLines("/proc/self/limits").First(text => text.StartsWith("Max open files", StringComparison.Ordinal));
        var soft = line["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return long.TryParse(soft, out var number) ? number : long.MaxValue;
    }
}
