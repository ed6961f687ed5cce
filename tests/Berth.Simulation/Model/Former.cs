namespace Berth.Simulation.Model;

/// <summary>A value that changes, with what it was before.</summary>
internal sealed class Former<T>(T first)
{
    private readonly List<(T Value, TimeSpan Until)> _before = [];

    public T Now { get; private set; } = first;

    public void Set(T value, TimeSpan at)
    {
        _before.Add((Now, at));
        Now = value;
    }

    /// <summary>Whether it had the value at some instant from <paramref name="since"/> until now.</summary>
    public bool WasSince(T value, TimeSpan since)
    {
        if (Equals(Now, value))
        {
            return true;
        }

        for (var i = _before.Count - 1; i >= 0 && _before[i].Until >= since; i--)
        {
            if (Equals(_before[i].Value, value))
            {
                return true;
            }
        }

        return false;
    }
}
