namespace Berth.Simulation.Model;

/// <summary>One license of a pool as the committed events have it. It is kept when it is gone: nodes may still hold its seats.</summary>
internal sealed class LedgerLicense(string id)
{
    private readonly List<(int Seats, TimeSpan Until)> _former = [];

    public string Id { get; } = id;

    public int Seats { get; private set; }

    /// <summary>Live claims.</summary>
    public int Held { get; set; }

    public bool Retired { get; private set; }

    /// <summary>The pool has it, taken out or not.</summary>
    public bool IsThere { get; private set; }

    public TimeSpan? AddedAt { get; private set; }

    public TimeSpan? RemovedAt { get; private set; }

    public TimeSpan? ChangedAt { get; private set; }

    /// <summary>When it last became worth fewer seats than before, or none; null: never.</summary>
    public TimeSpan? ShrunkAt { get; private set; }

    public void Adds(int seats, TimeSpan at)
    {
        (IsThere, Retired, AddedAt) = (true, false, at);
        Set(seats, at);
    }

    public void Changes(int seats, TimeSpan at)
    {
        (Retired, ChangedAt) = (false, at);
        Set(seats, at);
    }

    public void Retires(TimeSpan at)
    {
        (Retired, RemovedAt, ShrunkAt) = (true, at, at);
        ForgetIfDone(at);
    }

    /// <summary>One that was taken out is forgotten with its last holder.</summary>
    public void ForgetIfDone(TimeSpan at)
    {
        if (Retired && Held == 0 && IsThere)
        {
            IsThere = false;
            Set(0, at);
        }
    }

    /// <summary>The most seats that it gave at any instant since then.</summary>
    public int MostSeatsSince(TimeSpan since)
    {
        var most = Seats;
        for (var i = _former.Count - 1; i >= 0 && _former[i].Until >= since; i--)
        {
            most = Math.Max(most, _former[i].Seats);
        }

        return most;
    }

    private void Set(int seats, TimeSpan at)
    {
        ShrunkAt = seats < Seats ? at : ShrunkAt;
        _former.Add((Seats, at));
        Seats = seats;
    }
}
