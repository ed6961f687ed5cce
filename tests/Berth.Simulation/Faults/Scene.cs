using Berth.Simulation.Cluster;
using Berth.Simulation.Kernel;
using Berth.Simulation.Traffic;

namespace Berth.Simulation.Faults;

/// <summary>
/// Where faults happen. After each beginning and each end of a trouble the cluster is put into the conditions of all that lasts, so
/// faults may overlap in any way, and none leaves anything behind. Members that ended by themselves are started again.
/// </summary>
internal sealed class Scene
{
    private static readonly TimeSpan _looksAfter = TimeSpan.FromSeconds(1);

    private readonly List<Trouble> _lasting = [];
    private readonly Dictionary<string, StoreOutage> _away = [];
    private readonly List<(string From, string To)> _links = [];
    private readonly HashSet<string> _heldForDead;
    private StoreOutage _outage;
    private FaultPlan _plan;
    private Conditions _conditions = new(new StoreWeather(), new LinkWeather());

    private Scene(SimulatedCluster cluster, FaultPlan plan, HashSet<string> heldForDead)
    {
        (Cluster, _plan, _heldForDead) = (cluster, plan, heldForDead);
    }

    public SimulatedCluster Cluster { get; }

    /// <summary>Faults that began, by their kinds.</summary>
    public Dictionary<FaultKind, int> Begun { get; } = [];

    /// <summary>Nothing lasts.</summary>
    public bool IsCalm => _lasting.Count == 0 && _outage == StoreOutage.None && _links.Count == 0
        && _heldForDead.Count == 0 && _away.Values.All(away => away == StoreOutage.None)
        && Cluster.Members.All(member => member.IsRunning);

    /// <summary>How often an ambush struck.</summary>
    public int Strikes { get; private set; }

    private World World => Cluster.World;

    private bool IsQuiet => World.Now >= RunTimes.Quiet;

    /// <summary>Starts the members and lets the faults come.</summary>
    /// <param name="cluster">Whose.</param>
    /// <param name="plan">What goes wrong.</param>
    /// <param name="heldForDead">The live members that are held for dead; the cluster asks it.</param>
    /// <param name="without">Faults that are left out, by their indices.</param>
    public static Scene Start(SimulatedCluster cluster, FaultPlan plan, HashSet<string> heldForDead, IReadOnlySet<int> without)
    {
        var scene = new Scene(cluster, plan, heldForDead);
        var took = cluster.Store.Took;
        cluster.Store.Took = call =>
        {
            took?.Invoke(call);
            scene.OnStore(call);
        };
        scene.Restage();
        for (var i = 0; i < cluster.Members.Count; i++)
        {
            var member = cluster.Members[i];
            cluster.World.At(plan.Starts[i], () => scene.Restart(member, null));
        }

        foreach (var fault in plan.Faults.Where(fault => !without.Contains(fault.Index)))
        {
            cluster.World.At(fault.At, () => scene.Begin(fault));
        }

        cluster.World.At(RunTimes.Started, scene.LookAfterMembersEverySecond);
        cluster.World.At(RunTimes.Quiet, scene.Calm);
        return scene;
    }

    public SimulatedMember MemberOf(string name) =>
        Cluster.Named(name) ?? throw new ArgumentException($"There is no member {name}.", nameof(name));

    /// <summary>A new process, with a program that the cluster takes: it may use more by now than the member could before.</summary>
    public void Restart(SimulatedMember member, int? featureLevel)
    {
        var table = new ReadTable().Apply(Cluster.Store.Truth);
        member.Start(Math.Max(featureLevel ?? member.FeatureLevel, Math.Max(member.FeatureLevel, table.FeatureLevel)));
        _away.Remove(member.Name);
        Restage();
    }

    private void Begin(Fault fault)
    {
        Cluster.Witness.Say($"{fault}");
        Begun[fault.Kind] = Begun.GetValueOrDefault(fault.Kind) + 1;
        foreach (var part in fault.Parts)
        {
            Begin(part);
        }
    }

    private void Begin(Trouble trouble) => World.At(trouble.After, () =>
    {
        if (IsQuiet)
        {
            return;
        }

        _lasting.Add(trouble);
        trouble.Begin(this);
        Restage();
        World.At(trouble.For, () => End(trouble));
    });

    private void End(Trouble trouble)
    {
        var place = _lasting.FindIndex(one => ReferenceEquals(one, trouble));
        if (place >= 0)
        {
            _lasting.RemoveAt(place);
            trouble.End(this);
            Restage();
        }
    }

    private void OnStore(StoreCall call)
    {
        if (_lasting.Count > 0 && _lasting.Find(one => one is Ambush ambush && ambush.Meets(call)) is Ambush met)
        {
            Strikes++;
            World.At(TimeSpan.Zero, () => End(met));
            Begin(met.On(call.Process.Name));
        }
    }

    /// <summary>Every fault is over: whatever one of them has changed is as it was.</summary>
    private void Calm()
    {
        foreach (var trouble in _lasting.ToList())
        {
            End(trouble);
        }

        _plan = _plan with { Store = _ => { }, Links = _ => { } };
        Restage();
        LookAfterMembers();
        foreach (var clock in Cluster.Members.Select(member => member.Process!.Clock))
        {
            if (Math.Abs(clock.DriftPpm) > Cluster.Setting.MostDriftPpm)
            {
                clock.Drift(0);
            }
        }
    }

    /// <summary>What every platform does: a process that ended by itself is started again.</summary>
    private void LookAfterMembers()
    {
        foreach (var member in Cluster.Members.Where(member => !member.IsUp && _conditions.GoneOf(member.Name) is null))
        {
            Restart(member, null);
        }
    }

    private void LookAfterMembersEverySecond()
    {
        LookAfterMembers();
        World.At(_looksAfter, LookAfterMembersEverySecond);
    }

    private void Restage()
    {
        _conditions = new Conditions(new StoreWeather(), new LinkWeather());
        _plan.Store(_conditions.Store);
        _plan.Links(_conditions.Everywhere);
        foreach (var trouble in _lasting)
        {
            trouble.Shape(_conditions);
        }

        RestageStore(_conditions);
        RestageNetwork(_conditions);
        _heldForDead.Clear();
        _heldForDead.UnionWith(_conditions.HeldForDead);
        foreach (var member in Cluster.Members)
        {
            Restage(member, _conditions.GoneOf(member.Name), _conditions.StillOf(member.Name));
        }
    }

    private static void Restage(SimulatedMember member, Gone? gone, bool? still)
    {
        if (gone is Gone.Crashed or Gone.WithoutPower)
        {
            member.Crash(gone == Gone.Crashed ? KillKind.Process : KillKind.Power);
        }
        else if (still is null)
        {
            member.GoOn();
        }
        else if (still == true)
        {
            member.Freeze();
        }
        else
        {
            member.Pause();
        }
    }

    private void RestageStore(Conditions conditions)
    {
        var (weather, now) = (Cluster.Store.Weather, conditions.Store);
        (weather.Request, weather.Answer, weather.Lingering) = (now.Request, now.Answer, now.Lingering);
        (weather.FailsBefore, weather.FailsAfter, weather.Refuses) = (now.FailsBefore, now.FailsAfter, now.Refuses);
        if (conditions.Outage != _outage)
        {
            _outage = conditions.Outage;
            Cluster.Store.SetOutage(_outage);
        }

        foreach (var member in Cluster.Members)
        {
            var away = conditions.AwayFor(member.Name);
            if (member.Process is { } process && away != _away.GetValueOrDefault(member.Name))
            {
                _away[member.Name] = away;
                Cluster.Store.CutOff(process, away);
            }
        }
    }

    private void RestageNetwork(Conditions conditions)
    {
        var weather = Cluster.Network.Weather;
        weather.Everywhere = conditions.Everywhere;
        foreach (var (from, to) in _links)
        {
            weather.Set(from, to, null);
        }

        _links.Clear();
        foreach (var ((from, to), link) in conditions.Links)
        {
            weather.Set(from, to, link);
            _links.Add((from, to));
        }

        weather.HealAll();
        foreach (var cut in conditions.Cuts)
        {
            weather.Cut(cut.From, cut.To, cut.BothWays);
        }
    }
}
