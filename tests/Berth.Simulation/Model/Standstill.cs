using Berth.Simulation.Cluster;
using Berth.Simulation.Kernel;

namespace Berth.Simulation.Model;

/// <summary>Which processes stood still, and when.</summary>
internal sealed class Standstill
{
    private readonly Dictionary<SimulatedProcess, Rest> _rests = [];
    private int _standing;
    private TimeSpan _stood;
    private TimeSpan _since;

    public void Take(SimulatedMember member, MemberChange change, TimeSpan now)
    {
        if (member.Process is not { } process)
        {
            return;
        }

        if (!_rests.TryGetValue(process, out var rest))
        {
            _rests.Add(process, rest = new Rest());
        }

        if (change is MemberChange.Paused or MemberChange.Frozen && rest.Since is null)
        {
            _since = _standing++ == 0 ? now : _since;
            rest.Since = now;
            rest.IsFrozen = change == MemberChange.Frozen;
        }
        else if (change is MemberChange.WentOn or MemberChange.Crashed or MemberChange.Ended && rest.Since is not null)
        {
            _stood += --_standing == 0 ? now - _since : TimeSpan.Zero;
            rest.Until = now;
            rest.FrozenUntil = rest.IsFrozen ? now : rest.FrozenUntil;
            rest.Since = null;
        }
    }

    /// <summary>Whether the process stood still at any time since.</summary>
    public bool Stood(SimulatedProcess process, TimeSpan since) =>
        _rests.TryGetValue(process, out var rest) && (rest.Since is not null || rest.Until >= since);

    /// <summary>Whether its monotonic clock stood still at any time since.</summary>
    public bool WasFrozen(SimulatedProcess process, TimeSpan since) =>
        _rests.TryGetValue(process, out var rest) && ((rest.Since is not null && rest.IsFrozen) || rest.FrozenUntil >= since);

    /// <summary>How long, up to now, at least one process stood still.</summary>
    public TimeSpan Lost(TimeSpan now) => _standing == 0 ? _stood : _stood + (now - _since);

    private sealed class Rest
    {
        public TimeSpan? Since { get; set; }

        public bool IsFrozen { get; set; }

        public TimeSpan? Until { get; set; }

        public TimeSpan? FrozenUntil { get; set; }
    }
}
