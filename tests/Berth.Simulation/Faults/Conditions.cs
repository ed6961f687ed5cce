using Berth.Simulation.Kernel;

namespace Berth.Simulation.Faults;

/// <summary>What the cluster has to bear at one moment: everything that lasts, taken together.</summary>
internal sealed class Conditions(StoreWeather store, LinkWeather everywhere)
{
    private readonly Dictionary<string, Gone> _gone = [];
    private readonly Dictionary<string, bool> _still = [];
    private readonly Dictionary<string, StoreOutage> _away = [];
    private readonly Dictionary<(string From, string To), LinkWeather> _links = [];

    public StoreWeather Store { get; } = store;

    /// <summary>Of all links that have nothing of their own.</summary>
    public LinkWeather Everywhere { get; } = everywhere;

    /// <summary>Of the store for everybody.</summary>
    public StoreOutage Outage { get; private set; }

    public IReadOnlyDictionary<(string From, string To), LinkWeather> Links => _links;

    public List<NetworkCut> Cuts { get; } = [];

    public HashSet<string> HeldForDead { get; } = [];

    /// <summary>How the member is kept down; null: it is not.</summary>
    public Gone? GoneOf(string member) => _gone.TryGetValue(member, out var how) ? how : null;

    /// <summary>Whether the member stands still with its clock, or without; null: it does not.</summary>
    public bool? StillOf(string member) => _still.TryGetValue(member, out var withClock) ? withClock : null;

    public StoreOutage AwayFor(string member) => _away.GetValueOrDefault(member);

    public void Gone(string member, Gone how) =>
        _gone[member] = (Gone)Math.Max((int)how, (int)_gone.GetValueOrDefault(member));

    public void Still(string member, bool withClock) => _still[member] = withClock || _still.GetValueOrDefault(member);

    /// <summary>Silence is worse than an error.</summary>
    public void StoreAway(string? member, StoreOutage outage)
    {
        if (member is null)
        {
            Outage = Worse(Outage, outage);
        }
        else
        {
            _away[member] = Worse(AwayFor(member), outage);
        }
    }

    /// <summary>The weather of one link, to be changed.</summary>
    public LinkWeather Link(string from, string to)
    {
        if (!_links.TryGetValue((from, to), out var link))
        {
            _links.Add((from, to), link = new LinkWeather
            {
                Delay = Everywhere.Delay,
                Loss = Everywhere.Loss,
                Duplication = Everywhere.Duplication,
                ResetBefore = Everywhere.ResetBefore,
                ResetAfter = Everywhere.ResetAfter,
            });
        }

        return link;
    }

    private static StoreOutage Worse(StoreOutage one, StoreOutage other) => (StoreOutage)Math.Max((int)one, (int)other);
}
