namespace Berth.Simulation.Kernel;

/// <summary>
/// Calls between machines, by address ("m1:6350"). A machine's name is known from its first listener on. What happens to a message
/// is the weather's business, for each direction of its own.
/// </summary>
internal sealed class SimulatedNetwork(World world, NetworkWeather? weather = null)
{
    private readonly Dice _dice = world.Dice.Fork("network");
    private readonly Dictionary<string, Endpoint> _endpoints = [];
    private readonly Dictionary<SimulatedProcess, Traffic> _traffic = [];
    private readonly HashSet<string> _names = [];

    /// <summary>Machines without power.</summary>
    private readonly HashSet<string> _dark = [];

    public NetworkWeather Weather { get; } = weather ?? new NetworkWeather();

    public NetworkCounts Counts { get; } = new();

    /// <summary>Calls and deliveries that are not over: for tests of their bounds.</summary>
    public int UnderWay => _traffic.Values.Sum(traffic => traffic.Calls.Count + traffic.Visits.Count);

    public static string NameOf(string address) => address.IndexOf(':') is > 0 and var colon ? address[..colon] : address;

    /// <summary>A process takes calls at an address. Without a handler it takes those that bring what is to be done.</summary>
    public void Listen(string address, SimulatedProcess process, Func<byte[], CancellationToken, Task<byte[]>>? handle = null)
    {
        if (process.IsDead)
        {
            return;
        }

        _endpoints[address] = new Endpoint(process, handle);
        _names.Add(NameOf(address));
        _dark.Remove(NameOf(address));
        TrafficOf(process);
    }

    /// <summary>Nobody listens there any more. What was delivered goes on.</summary>
    public void Close(string address) => _endpoints.Remove(address);

    /// <summary>A machine's name is not found any more.</summary>
    public void ForgetName(string name) => _names.Remove(name);

    /// <summary>Sends POST requests with bytes to listeners with handlers; for an <see cref="HttpMessageInvoker"/>.</summary>
    public HttpMessageHandler HandlerFor(SimulatedProcess from, string fromName) => new SimulatedHandler(this, from, fromName);

    /// <summary>
    /// Lets something be done in the process that listens at an address, and tells how it ended, if it ends. For callers that are no
    /// process, <paramref name="onEnd"/> is an event of the world.
    /// </summary>
    public NetworkCall Call<T>(string from, string to, Func<CancellationToken, Task<T>> onArrival, Action<NetworkOutcome<T>> onEnd) =>
        Send(new NetworkCall<T>(this, (from, to, null), onArrival, onEnd));

    /// <summary>Sends bytes to the handler of an address.</summary>
    public NetworkCall Post(SimulatedProcess caller, string from, string to, byte[] body, Action<NetworkOutcome<byte[]>> onEnd) =>
        Send(new NetworkCall<byte[]>(this, (from, to, caller), onArrival: null, onEnd)
        {
            // Each delivery has bytes of its own: the caller's may be used again.
            Listener = () => _endpoints.GetValueOrDefault(to)?.Handle is { } handle ? gone => handle([.. body], gone) : null,
        });

    internal void Count(NetworkEnd end)
    {
        Counts.Answered += end == NetworkEnd.Answered ? 1 : 0;
        Counts.Reset += end == NetworkEnd.Reset ? 1 : 0;
        Counts.Refused += end is NetworkEnd.Refused or NetworkEnd.NameUnknown ? 1 : 0;
    }

    /// <summary>The caller gave up: the receiver hears of it after a while, if it can.</summary>
    internal void SendCallOff(NetworkCall call)
    {
        if (!Weather.IsCut(call.From, call.ToName))
        {
            world.At(Weather.On(call.From, call.ToName).Delay.Draw(_dice), call.CallOff);
        }
    }

    /// <summary>Brings the end of a delivery back to the caller, if the way lets it.</summary>
    internal void SendEnd(NetworkVisit visit, Action end)
    {
        if (!visit.IsFirst || visit.Receiver.IsDead)
        {
            return;
        }

        var call = visit.Call;
        SendBack(call, _dice.Chance(Weather.On(call.From, call.ToName).ResetAfter) ? () => call.Fail(NetworkEnd.Reset) : end);
    }

    private NetworkCall Send(NetworkCall call)
    {
        if (call.Caller is { IsDead: true } || !world.IsMine("a call"))
        {
            return call;
        }

        Counts.Sent++;
        if (call.Caller is not null)
        {
            call.Place = TrafficOf(call.Caller).Calls.AddLast(call);
        }

        var link = Weather.On(call.From, call.ToName);
        if (!_names.Contains(call.ToName))
        {
            world.At(link.Delay.Draw(_dice), () => call.Fail(NetworkEnd.NameUnknown));
        }
        else if (Weather.IsCut(call.From, call.ToName) || _dice.Chance(link.Loss))
        {
            Counts.Lost++;
        }
        else if (_dice.Chance(link.ResetBefore))
        {
            SendBack(call, () => call.Fail(NetworkEnd.Reset), link.Delay.Draw(_dice));
        }
        else
        {
            SendOn(call, link);
        }

        return call;
    }

    private void SendOn(NetworkCall call, LinkWeather link)
    {
        var arrives = link.Delay.Draw(_dice);
        world.At(arrives, () => Arrive(call, isFirst: true));
        if (_dice.Chance(link.Duplication))
        {
            Counts.Duplicated++;
            world.At(arrives + link.Delay.Draw(_dice), () => Arrive(call, isFirst: false));
        }
    }

    private void Arrive(NetworkCall call, bool isFirst)
    {
        if (_dark.Contains(call.ToName))
        {
            Counts.Lost++;
        }
        else if (!_endpoints.TryGetValue(call.To, out var endpoint))
        {
            if (isFirst)
            {
                SendBack(call, () => call.Fail(NetworkEnd.Refused));
            }
        }
        else
        {
            var visit = call.Deliver(endpoint.Process, isFirst);
            visit.Place = TrafficOf(endpoint.Process).Visits.AddLast(visit);
            if (!endpoint.Process.Arrive(visit.Begin))
            {
                visit.Dispose();
                Counts.Lost++;
            }
        }
    }

    private void SendBack(NetworkCall call, Action end, TimeSpan after = default)
    {
        var link = Weather.On(call.ToName, call.From);
        if (Weather.IsCut(call.ToName, call.From) || _dice.Chance(link.Loss))
        {
            Counts.Lost++;
        }
        else
        {
            world.At(after + link.Delay.Draw(_dice), end);
        }
    }

    private Traffic TrafficOf(SimulatedProcess process)
    {
        if (!_traffic.TryGetValue(process, out var traffic))
        {
            _traffic.Add(process, traffic = new Traffic());
            process.WhenKilled(kind => Bury(process, traffic, kind));
        }

        return traffic;
    }

    /// <summary>A process died. If its machine lives, that closes its connections at both ends.</summary>
    private void Bury(SimulatedProcess process, Traffic traffic, KillKind kind)
    {
        _traffic.Remove(process);
        var addresses = _endpoints.Where(one => one.Value.Process == process).Select(one => one.Key);
        foreach (var address in addresses.Order(StringComparer.Ordinal).ToList())
        {
            Close(address);
            if (kind == KillKind.Power)
            {
                _dark.Add(NameOf(address));
            }
        }

        foreach (var visit in traffic.Visits)
        {
            visit.Call.Visits.Remove(visit);
            if (kind == KillKind.Process && visit.IsFirst)
            {
                SendBack(visit.Call, () => visit.Call.Fail(NetworkEnd.Reset));
            }
        }

        traffic.Visits.Clear();
        foreach (var call in traffic.Calls.Where(_ => kind == KillKind.Process))
        {
            SendCallOff(call);
        }

        traffic.Calls.Clear();
    }

    private sealed record Endpoint(SimulatedProcess Process, Func<byte[], CancellationToken, Task<byte[]>>? Handle);

    /// <summary>What one process has under way.</summary>
    private sealed class Traffic
    {
        public LinkedList<NetworkCall> Calls { get; } = [];

        public LinkedList<NetworkVisit> Visits { get; } = [];
    }
}
