using Berth.Pools;
using Berth.Simulation.Cluster;
using Berth.Simulation.Kernel;

namespace Berth.Simulation.Traffic;

/// <summary>The next thing that a node does, its requests under way, and the member that it turns to.</summary>
internal sealed class Errands
{
    /// <summary>How much longer than it waited somebody who has already asked anew still listens.</summary>
    private const int LateTimes = 4;

    private static readonly TimeSpan _tooBusy = TimeSpan.FromSeconds(1.5);

    private readonly Crowd _crowd;
    private readonly NodeSetting _setting;
    private readonly Dice _dice;
    private readonly List<SentRequest> _underWay = [];
    private SimulatedMember _member;
    private long _turn;

    public Errands(Crowd crowd, NodeSetting setting, Dice dice)
    {
        (_crowd, _setting, _dice) = (crowd, setting, dice);
        _member = dice.Pick(crowd.Cluster.Members);
    }

    private Habits Habits => _setting.Habits;

    /// <summary>Does this next, whatever was planned.</summary>
    public void Plan(TimeSpan after, Action action)
    {
        var turn = ++_turn;
        _crowd.World.At(after, () => Go(turn, action));
    }

    /// <summary>Does this, if by then nothing else came of what is under way.</summary>
    public void Interrupt(TimeSpan after, Action action)
    {
        var turn = _turn;
        _crowd.World.At(after, () => Go(turn, action));
    }

    /// <summary>Sends a request and does what comes of it next. Null: nobody knows.</summary>
    public void Ask(PoolName pool, PoolCommand command, Action<PoolReply?> onReply)
    {
        if (_crowd.IsTooBusy)
        {
            Plan(_tooBusy, () => AskNow(pool, command, onReply));
        }
        else
        {
            AskNow(pool, command, onReply);
        }
    }

    /// <summary>Sends a request to another member, whose answer is of no interest, right before or after the next one.</summary>
    public void AskAside(PoolName pool, PoolCommand command)
    {
        var other = _dice.Pick(_crowd.Cluster.Members);
        _crowd.World.At(_dice.Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(10)), () =>
        {
            if (!_crowd.IsSilent)
            {
                Send(other, pool, command, (_, _) => { }, sent => GiveUp(sent));
            }
        });
    }

    public void ChangeMember()
    {
        _crowd.Counts.Add(Behavior.ChangedMember);
        _member = _dice.Pick(_crowd.Cluster.Members);
    }

    /// <summary>Nothing that is under way is waited for.</summary>
    public void Drop()
    {
        _turn++;
        foreach (var sent in _underWay)
        {
            sent.GiveUp();
        }

        _underWay.Clear();
    }

    private void Go(long turn, Action action)
    {
        if (turn == _turn && !_crowd.IsSilent)
        {
            action();
        }
    }

    private void AskNow(PoolName pool, PoolCommand command, Action<PoolReply?> onReply)
    {
        if (!_dice.Chance(Habits.Stays))
        {
            _member = _dice.Pick(_crowd.Cluster.Members);
        }

        var turn = ++_turn;
        Send(
            _member,
            pool,
            command,
            (_, reply) =>
            {
                if (turn == _turn)
                {
                    onReply(reply);
                }
                else
                {
                    _crowd.Counts.Add(Behavior.HeardLate);
                }
            },
            sent =>
            {
                if (_underWay.Count < 3 && !_crowd.IsSilent && _dice.Chance(Habits.Overtakes))
                {
                    _crowd.Counts.Add(Behavior.Overtook);
                    _crowd.World.At(Habits.Waits.Draw(_dice) * LateTimes, () => GiveUp(sent));
                }
                else
                {
                    _crowd.Counts.Add(Behavior.GaveUp);
                    GiveUp(sent);
                }

                Go(turn, () => onReply(null));
            });
    }

    private void Send(
        SimulatedMember to, PoolName pool, PoolCommand command, Action<SentRequest, PoolReply?> onEnd, Action<SentRequest> onTooLong)
    {
        SentRequest sent = null!;
        sent = _crowd.Send(_setting.Asker, to, pool, command, reply =>
        {
            _underWay.Remove(sent);
            onEnd(sent, reply);
        });
        _underWay.Add(sent);
        _crowd.World.At(Habits.Waits.Draw(_dice), () =>
        {
            if (_underWay.Contains(sent))
            {
                onTooLong(sent);
            }
        });
    }

    private void GiveUp(SentRequest sent)
    {
        if (_underWay.Remove(sent))
        {
            sent.GiveUp();
        }
    }
}
