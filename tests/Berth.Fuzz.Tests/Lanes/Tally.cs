using System.Collections.Concurrent;

namespace Berth.Fuzz.Tests.Lanes;

/// <summary>What was sent and what came back, over all lanes; and the first thing that was wrong.</summary>
internal sealed class Tally
{
    private readonly ConcurrentDictionary<string, long> _families = new(StringComparer.Ordinal);
    private readonly long[] _statuses = new long[1_000];
    private long _requests;
    private long _granted;
    private long _released;
    private long _unsure;
    private FuzzException? _failure;

    /// <summary>Requests sent; those of which several broke in one piece count once.</summary>
    public long Requests => Volatile.Read(ref _requests);

    /// <summary>Seats that the answers say are held.</summary>
    public long Held => Volatile.Read(ref _granted) - Volatile.Read(ref _released);

    /// <summary>Claims and releases that were answered with 503: they may have happened.</summary>
    public long Unsure => Volatile.Read(ref _unsure);

    public bool Failed => Volatile.Read(ref _failure) is not null;

    public void Count(string family, int requests)
    {
        Interlocked.Add(ref _requests, requests);
        _families.AddOrUpdate(family, requests, (_, before) => before + requests);
    }

    /// <param name="status">What was answered.</param>
    /// <param name="counted">The answer is of a pool whose seats are counted.</param>
    public void Answered(int status, bool counted)
    {
        Interlocked.Increment(ref _statuses[status]);
        _ = (counted ? status : 0) switch
        {
            201 => Interlocked.Increment(ref _granted),
            204 => Interlocked.Increment(ref _released),
            503 => Interlocked.Increment(ref _unsure),
            _ => 0,
        };
    }

    /// <summary>How often a status came.</summary>
    public long Of(int status) => Volatile.Read(ref _statuses[status]);

    public FuzzException Fail(FuzzException failure)
    {
        Interlocked.CompareExchange(ref _failure, failure, null);
        return failure;
    }

    public override string ToString()
    {
        var statuses = Enumerable.Range(0, _statuses.Length).Where(status => Of(status) > 0).Select(status => $"{Of(status)} × {status}");
        var families = _families.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"  {pair.Key}: {pair.Value}");
        return $"{Requests} requests; {string.Join(", ", statuses)}\n{string.Join('\n', families)}";
    }
}

/// <summary>Something that the server must not do.</summary>
internal sealed class FuzzException(string message, Exception? inner = null) : Exception(message, inner);
