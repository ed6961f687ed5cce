namespace Berth.Simulation.Kernel;

/// <summary>What one direction between two machines does to messages. All of it can change while a run goes on.</summary>
internal sealed class LinkWeather
{
    /// <summary>How long a message is on its way.</summary>
    public Latency Delay { get; set; } = Latency.Of(0.1, 1);

    /// <summary>How often a message vanishes: its caller hears nothing until its own time runs out.</summary>
    public double Loss { get; set; }

    /// <summary>How often a request comes twice.</summary>
    public double Duplication { get; set; }

    /// <summary>How often a call fails and was not handled.</summary>
    public double ResetBefore { get; set; }

    /// <summary>How often a call fails although it was handled. Counts on the way of the request.</summary>
    public double ResetAfter { get; set; }
}

/// <summary>Messages from some machines do not reach others.</summary>
/// <param name="From">Who is not heard.</param>
/// <param name="To">By whom.</param>
/// <param name="BothWays">And the other way round.</param>
internal sealed record NetworkCut(IReadOnlyList<string> From, IReadOnlyList<string> To, bool BothWays)
{
    public bool Separates(string from, string to) =>
        (From.Contains(from) && To.Contains(to)) || (BothWays && From.Contains(to) && To.Contains(from));
}

/// <summary>The weather of all links: one for everywhere, others for single links, and cuts.</summary>
internal sealed class NetworkWeather
{
    private readonly Dictionary<(string From, string To), LinkWeather> _links = [];
    private readonly List<NetworkCut> _cuts = [];

    /// <summary>Of all links that have none of their own.</summary>
    public LinkWeather Everywhere { get; set; } = new();

    public LinkWeather On(string from, string to) => _links.Count > 0 && _links.TryGetValue((from, to), out var own) ? own : Everywhere;

    /// <summary>Gives one direction a weather of its own; null: that of everywhere again.</summary>
    public void Set(string from, string to, LinkWeather? weather)
    {
        _links.Remove((from, to));
        if (weather is not null)
        {
            _links.Add((from, to), weather);
        }
    }

    /// <summary>Parts machines. What is on its way already arrives.</summary>
    public NetworkCut Cut(IReadOnlyList<string> from, IReadOnlyList<string> to, bool bothWays = true)
    {
        var cut = new NetworkCut(from, to, bothWays);
        _cuts.Add(cut);
        return cut;
    }

    public void Heal(NetworkCut cut) => _cuts.RemoveAll(one => ReferenceEquals(one, cut));

    public void HealAll() => _cuts.Clear();

    public bool IsCut(string from, string to) => _cuts.Count > 0 && _cuts.Exists(cut => cut.Separates(from, to));
}
