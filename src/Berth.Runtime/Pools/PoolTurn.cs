using System.Threading.Channels;
using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Metrics;
using Berth.Runtime.Ownership;
using Berth.Runtime.Tracing;
using Microsoft.Extensions.Logging;

namespace Berth.Runtime.Pools;

/// <summary>What a turn works with.</summary>
internal sealed record PoolTurnParts(PoolEnvironment Shared, HeldShard Shard, PoolReplay Replay, PoolClock Clock, PoolCounts Counts);

/// <summary>
/// One turn of an actor's loop: takes the mails that wait, decides them against the state, and answers them once the actor
/// says how the append ended. Kept by the actor and used for each turn.
/// </summary>
internal sealed class PoolTurn(PoolName name, PoolTurnParts parts, ChannelReader<PoolMail> mailbox, PoolMail nudge)
{
    /// <summary>The most claims that one turn of a sweep expires, so that requests need not wait for all of them.</summary>
    private const int SweepSlice = 2_000;

    /// <summary>What a turn expires even if its mails leave little room.</summary>
    private const int LeastSweepSlice = 16;

    private readonly PoolEnvironment _shared = parts.Shared;
    private readonly PoolReplay _replay = parts.Replay;
    private readonly PoolClock _clock = parts.Clock;
    private readonly List<PoolMail> _mails = [];
    private readonly List<PoolMail> _settled = [];
    private readonly Queue<PoolMail> _carried = new();
    private volatile bool _sweepWanted;
    private bool _swept;
    private bool _sweepEnded;

    /// <summary>What the turn decided.</summary>
    public PoolBatch Batch { get; } = new();

    /// <summary>There is something to decide without waiting for the mailbox.</summary>
    public bool IsPending => _carried.Count > 0 || _sweepWanted;

    /// <summary>Claims past their deadline are to be expired, a slice in each turn, until none is left.</summary>
    public bool SweepWanted
    {
        get => _sweepWanted;
        set => _sweepWanted = value;
    }

    /// <summary>No seat is given: the store has forgotten what it had confirmed of this pool.</summary>
    public bool Withholds { get; set; }

    /// <summary>Whether what was decided may be told: under the lease, and while the ownership is ours.</summary>
    /// <remarks>The lease is read first: shards are closed before it is renewed.</remarks>
    public bool MayAnswer => _shared.Lease.MayAnswer && !parts.Shard.IsClosed;

    /// <summary>Whether a sweep came to its end since this was last asked.</summary>
    public bool TakeSweepEnded() => Interlocked.Exchange(ref _sweepEnded, false);

    /// <summary>The turn holds nothing but one mail, so that a refusal is the answer to that one.</summary>
    public bool IsOneMail => _mails.Count == 1 && !_swept;

    /// <summary>Takes mails and decides them. False: a rule broke, and nothing of the turn stands.</summary>
    public bool Decide()
    {
        Begin();
        var moment = MomentNow();
        while (_mails.Count < _shared.Options.BatchMax && !Batch.IsFull && TryNext(out var mail))
        {
            if (mail == nudge)
            {
                continue;
            }

            if (!TryDecide(mail, moment))
            {
                return false;
            }

            if (mail.Delivery.Rows is not null)
            {
                break;
            }
        }

        // Heartbeats that wait are decided before anything is found to be past its deadline.
        return !_sweepWanted || TryExpireDue(moment);
    }

    /// <summary>Decides one mail in a turn of its own. False as for <see cref="Decide"/>.</summary>
    public bool DecideAlone(PoolMail mail)
    {
        Begin();
        return TryDecide(mail, MomentNow());
    }

    /// <summary>The mails of the turn, which are no longer the turn's.</summary>
    public PoolMail[] TakeMails()
    {
        var mails = _mails.ToArray();
        _mails.Clear();
        return mails;
    }

    /// <summary>What was decided stands: its promises are kept from here, and its answers go out with <see cref="Answer"/>.</summary>
    /// <param name="durable">The turn had events, and they are on disk.</param>
    public void Settle(bool durable)
    {
        if (durable)
        {
            Announce();
        }

        var now = durable ? _clock.NowMs : 0;
        foreach (var mail in _mails)
        {
            if (mail.Command is ClaimSeat claim)
            {
                KeepPromise(claim.Node, mail.Decided!, durable, now);
                _shared.Denials?.Note(name, claim.Node, mail.Decided!);
            }
        }

        _settled.AddRange(_mails);
        _mails.Clear();
    }

    /// <summary>
    /// Gives the answers of settled turns. The actor does this while the next append is on its way, if there is one. The lease is
    /// looked at here, when the answer is given, once for all of them.
    /// </summary>
    public void Answer()
    {
        if (_settled.Count == 0)
        {
            return;
        }

        var mayAnswer = MayAnswer;
        foreach (var mail in _settled)
        {
            var reply = mayAnswer ? mail.Decided! : AnswerWithoutLease.To(mail.Decided!, mail.Writes);
            NoteLicense(mail, withheld: reply != mail.Decided);
            Complete(mail, reply);
        }

        _settled.Clear();
    }

    /// <summary>Tells whoever traces a mail of the turn how long its append took.</summary>
    public void Trace(DateTimeOffset began, AppendOutcome? outcome)
    {
        if (began != default)
        {
            AppendSpans.Write(_mails, name, began, _shared.Time.GetUtcNow(), outcome);
        }
    }

    /// <summary>Completes every mail of the turn with the same reply.</summary>
    public void AnswerAll(PoolReply reply)
    {
        _mails.ForEach(mail => Complete(mail, reply));
        _mails.Clear();
    }

    /// <summary>
    /// Nobody knows whether the turn is durable: the mails whose decision made events are <see cref="Unknown"/>, the others
    /// are decided once more in a later turn.
    /// </summary>
    public void AnswerUnknown()
    {
        AnnounceUnknown();
        foreach (var mail in TakeMails())
        {
            if (mail.Writes)
            {
                Complete(mail, Unknown.Instance);
            }
            else
            {
                Carry(mail);
            }
        }
    }

    /// <summary>A mail is decided once more, before those in the mailbox.</summary>
    public void Carry(PoolMail mail) => _carried.Enqueue(mail);

    /// <summary>Completes everything that waits.</summary>
    public void AnswerWaiting(PoolReply reply)
    {
        while (_carried.TryDequeue(out var mail) || mailbox.TryRead(out mail))
        {
            if (mail != nudge)
            {
                Complete(mail, reply);
            }
        }
    }

    /// <summary>The only way an answer leaves the actor's thread, so that what follows it knows where it runs.</summary>
    private void Complete(PoolMail mail, PoolReply reply)
    {
        ActorTurn.IsAnswering = true;
        mail.Complete(parts.Counts.Noted(mail.Command, reply, mail.Decided));
        ActorTurn.IsAnswering = false;
    }

    private void Begin()
    {
        _mails.Clear();
        _swept = false;
        Batch.Begin(_replay.Head);
    }

    /// <summary>The next mail. One that brings license files opens a turn of its own, so that its rows meet no others.</summary>
    private bool TryNext(out PoolMail mail)
    {
        if (_carried.TryPeek(out mail!))
        {
            return MayJoin(mail) && _carried.TryDequeue(out mail!);
        }

        return mailbox.TryPeek(out mail!) && MayJoin(mail) && mailbox.TryRead(out mail!);
    }

    private bool MayJoin(PoolMail mail) => mail.Delivery.Rows is null || (_mails.Count == 0 && Batch.Events.Count == 0);

    private bool TryDecide(PoolMail mail, in Moment moment)
    {
        _mails.Add(mail);
        mail.Writes = false;
        if (IsStale(mail))
        {
            mail.Decided = Busy.Instance;
            return true;
        }

        try
        {
            var first = Batch.Events.Count;
            mail.Decided = Pool.Step(_replay.State, mail.Command, moment with { Random = _shared.NextRandom() }, Batch.Events);
            mail.Writes = Batch.Events.Count > first;
            Batch.Take(_replay.State, first, mail.Delivery.Rows, _shared.FeatureLevel);
            return true;
        }
        catch (Exception broken)
        {
            _shared.Log.RuleBroke(broken, name.Value, mail.Command.GetType().Name);
            _mails.Remove(mail);
            Complete(mail, new NotWritten("the command broke a rule of the pool; see the log"));
            foreach (var other in TakeMails())
            {
                Carry(other);
            }

            _replay.Forget();
            return false;
        }
    }

    /// <summary>Nobody waits for it any more: it must not be decided late. A release at hand is decided all the same.</summary>
    private bool IsStale(PoolMail mail) =>
        _shared.IsTooLate(mail.Delivery)
        || (mail.Command is ClaimSeat && mail.Delivery.CallerGone.IsCancellationRequested);

    private bool TryExpireDue(in Moment moment)
    {
        try
        {
            ExpireDue(moment);
            return true;
        }
        catch (Exception broken)
        {
            _shared.Log.RuleBroke(broken, name.Value, nameof(ExpireEarliest));
            _sweepWanted = false;
            _replay.Forget();
            return false;
        }
    }

    private void ExpireDue(in Moment moment)
    {
        var expire = new ExpireEarliest();
        for (var i = 0; i < SweepSlice && (i < LeastSweepSlice || Batch.HasRoomForSweep); i++)
        {
            var first = Batch.Events.Count;
            var reply = Pool.Step(_replay.State, expire, moment, Batch.Events);
            Batch.Take(_replay.State, first, null, _shared.FeatureLevel);
            _swept |= Batch.Events.Count > first;
            if (reply is NotHeld)
            {
                _sweepWanted = false;
                _sweepEnded = true;
                return;
            }
        }
    }

    private void KeepPromise(Fingerprint node, PoolReply decided, bool durable, long now)
    {
        var ttl = decided switch
        {
            Granted granted => granted.TtlMs,
            Renewed renewed => renewed.TtlMs,
            _ => 0,
        };
        if (durable && ttl > 0)
        {
            Pool.Answered(_replay.State, node, ttl, now);
        }
    }

    /// <summary>An answer that brings the license need not be followed by another one, unless it was withheld.</summary>
    private void NoteLicense(PoolMail mail, bool withheld)
    {
        if (mail.Decided is not (Granted or Renewed { Repeat: true }) || mail.Command is not ClaimSeat { Node: var node })
        {
            return;
        }

        if (withheld)
        {
            _replay.State.RepeatLicenses();
        }
        else if (_replay.State.ClaimOf(node) is { } claim && _replay.State.MayHaveLostLicense(claim))
        {
            PoolState.MarkRepeated(claim);
        }
    }

    private Moment MomentNow()
    {
        var moment = _shared.MomentAt(_clock.NowMs);
        return Withholds || _shared.Loss.IsWithheld(parts.Shard.Number)
            ? moment with { Rules = moment.Rules with { Grants = false } }
            : moment;
    }

    private void Announce()
    {
        if (_shared.OnDurable is { } listener)
        {
            Batch.Events.ForEach(happened => listener(name, happened));
        }
    }

    private void AnnounceUnknown()
    {
        if (_shared.OnUnknown is { } listener)
        {
            Batch.Events.ForEach(happened => listener(name, happened));
        }
    }
}

internal static partial class PoolTurnLog
{
    [LoggerMessage(Level = LogLevel.Critical, Message = "pool.rule-broken: pool {pool}: the command {command} broke a rule; nothing of its batch stands")]
    public static partial void RuleBroke(this ILogger log, Exception broken, string pool, string command);
}
