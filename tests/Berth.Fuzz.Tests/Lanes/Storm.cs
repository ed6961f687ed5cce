using System.Net;
using System.Net.Sockets;
using Berth.Fuzz.Tests.Chance;
using Berth.Fuzz.Tests.Families;
using Berth.Fuzz.Tests.Wire;

namespace Berth.Fuzz.Tests.Lanes;

/// <summary>All lanes at once, against the edge and the management socket of one member.</summary>
internal sealed class Storm
{
    private const int PoliteLanes = 8;
    private const int PoliteRequests = 17_000;
    private const int BrokenLanes = 8;
    private const int BrokenRequests = 6_000;
    private const int ManagementLanes = 2;
    private const int ManagementRequests = 8_500;
    private const int SlowAtEdge = 150;
    private const int SlowAtManagement = 16;

    /// <summary>The least requests of a round: slow senders and every byte come on top.</summary>
    public const int RequestsOfRound = (PoliteLanes * PoliteRequests) + (BrokenLanes * BrokenRequests) + (ManagementLanes * ManagementRequests);

    private static readonly Func<Dice, Shot>[] _atEdge =
    [
        Mutations.Next, Mutations.Next, Mutations.Next, BrokenLines.Next, BrokenLines.Next, HeaderFloods.Next, HeaderFloods.Next, Bodies.Next, Bodies.Next,
        EveryByte.Next, EveryByte.Next, Pipelines.Next, Resets.Next, SecondVersion.Next, SecondVersion.Next,
    ];

    private static readonly Func<Dice, Shot>[] _atManagement = [ManagementQueries.Next, ManagementBodies.Next];

    private readonly EndPoint _edge;
    private readonly EndPoint _management;
    private readonly Tally _tally;
    private readonly Dice _dice;
    private readonly List<PoliteLane> _polite;

    public Storm(int port, string socket, Tally tally, Dice dice, IReadOnlyList<string> pools)
    {
        _edge = new IPEndPoint(IPAddress.Loopback, port);
        _management = new UnixDomainSocketEndPoint(socket);
        (_tally, _dice) = (tally, dice);
        _polite = [.. Enumerable.Range(0, PoliteLanes).Select(lane => new PoliteLane(_edge, tally, $"polite lane {lane}", pools, dice.Split()))];
    }

    /// <summary>Nodes that must still hold their seats, as far as the lanes know.</summary>
    public int Holders => _polite.Sum(lane => lane.Nodes.Count(node => node.Holds == true));

    public Task AnchorAsync() => Task.WhenAll(_polite.Select(lane => lane.AnchorAsync(_dice.Split())));

    /// <summary>Every node that holds a seat renews it.</summary>
    public Task CheckAsync() => Task.WhenAll(_polite.Select(lane => lane.CheckAsync(_dice.Split())));

    /// <summary>The nodes of the lanes speak to the next member.</summary>
    public void MoveTo(int port) => _polite.ForEach(lane => lane.MoveTo(new IPEndPoint(IPAddress.Loopback, port)));

    /// <summary>One round. The same dice send the same on each lane; how the lanes meet is the machine's business.</summary>
    public async Task RoundAsync(int round)
    {
        using var slow = new SlowSenders(_edge, _tally, _dice.Split(), SlowAtEdge);
        using var slowAdmins = new SlowSenders(_management, _tally, _dice.Split(), SlowAtManagement);
        List<Task> lanes = [];
        lanes.AddRange(_polite.Select((lane, number) => lane.RunAsync(_dice.Split(), PoliteRequests, number == 0 ? Drip : () => { })));
        lanes.AddRange(Enumerable.Range(0, BrokenLanes)
            .Select(lane => Volley(_edge, $"broken lane {lane}").RunAsync(_dice.Split(), _atEdge, BrokenRequests)));
        lanes.AddRange(Enumerable.Range(0, ManagementLanes)
            .Select(lane => Volley(_management, $"management lane {lane}").RunAsync(_dice.Split(), _atManagement, ManagementRequests)));
        if (round == 0)
        {
            lanes.Add(Volley(_edge, "every byte").RunAsync(EveryByte.All()));
        }

        await Task.WhenAll(lanes);

        void Drip()
        {
            slow.Drip();
            slowAdmins.Drip();
        }
    }

    private VolleyLane Volley(EndPoint server, string name) => new(server, _tally, name);
}
