using Berth.Simulation.Cluster;

namespace Berth.Simulation.Model;

/// <summary>What one fingerprint was told in one pool, and which of its releases may still be on their way.</summary>
internal sealed class BelievingNode(string pool, string fingerprint, TimeSpan releaseLimit)
{
    private readonly List<OpenRelease> _open = [];
    private readonly Dictionary<string, long> _voidIn = new(StringComparer.Ordinal);

    public string Pool { get; } = pool;

    public string Fingerprint { get; } = fingerprint;

    /// <summary>What answers this request or an older one does not count.</summary>
    public long VoidUpTo { get; private set; }

    /// <summary>By license: most have one.</summary>
    public List<Belief> Beliefs { get; } = [];

    public void VoidUntil(long request) => VoidUpTo = Math.Max(VoidUpTo, request);

    /// <summary>The same for one license alone.</summary>
    public void VoidUntil(long request, string license) => _voidIn[license] = request;

    public bool IsVoid(long request, string license) => request <= VoidUpTo || request <= _voidIn.GetValueOrDefault(license);

    public Belief? BeliefIn(string license) => Beliefs.Find(belief => belief.License == license);

    public OpenRelease Open(NodeRequest request)
    {
        if (_open.Find(one => one.Number == request.Number) is { } known)
        {
            return known;
        }

        var release = new OpenRelease(request.Number, request.SentAt, releaseLimit);
        _open.Add(release);
        return release;
    }

    /// <summary>Its asker knows how it ended. What came twice may still be decided a second time.</summary>
    public void Close(long number) => _open.RemoveAll(release => release.Number == number && release.Arrivals <= 1);

    /// <summary>Whether a release may still be decided.</summary>
    public bool MayStillRelease(TimeSpan now, TimeSpan awake)
    {
        _open.RemoveAll(release => release.IsSurelyOver(now, awake));
        return _open.Count > 0;
    }
}

/// <summary>A release whose end is not known.</summary>
internal sealed class OpenRelease(long number, TimeSpan sentAt, TimeSpan limit)
{
    /// <summary>A request that has not come anywhere for so long is lost.</summary>
    private static readonly TimeSpan _lostAfter = TimeSpan.FromSeconds(60);

    public long Number { get; } = number;

    public int Arrivals { get; private set; }

    /// <summary>When it last came to an edge, on the clock that counts only while every process goes on.</summary>
    private TimeSpan AwakeAtArrival { get; set; }

    public void Arrives(TimeSpan awake)
    {
        Arrivals++;
        AwakeAtArrival = awake;
    }

    public bool IsSurelyOver(TimeSpan now, TimeSpan awake) =>
        Arrivals == 0 ? now > sentAt + _lostAfter : awake > AwakeAtArrival + limit;
}
