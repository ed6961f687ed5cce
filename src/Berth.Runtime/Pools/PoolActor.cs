using System.Threading.Channels;
using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Metrics;
using Berth.Runtime.Ownership;
using Berth.Runtime.Tracing;

namespace Berth.Runtime.Pools;

/// <summary>
/// The single writer of one pool: a bounded mailbox and one loop. Each turn decides the mails that wait, appends their
/// events as one batch, lets them stand only once that is durable, and only then answers.
/// </summary>
internal sealed class PoolActor
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(2);

    private readonly PoolEnvironment _shared;
    private readonly PoolPlace _place;
    private readonly HeldShard _shard;
    private readonly Channel<PoolMail> _mailbox;
    private readonly PoolMail _nudge;
    private readonly PoolReplay _replay;
    private readonly PoolClock _clock;
    private readonly PoolTurn _turn;
    private readonly PoolSnapshots _snapshots;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Opening _opening;
    private long _sweepAtMs = long.MaxValue;
    private readonly TurnGate _gate = new();
    private readonly PoolSight _sight;
    private volatile bool _closed;

    public PoolActor(PoolPlace place, HeldShard shard, PoolEnvironment shared)
    {
        _place = place;
        _shard = shard;
        _shared = shared;
        _mailbox = Channel.CreateBounded<PoolMail>(new BoundedChannelOptions(shared.Options.MailboxCapacity) { SingleReader = true });
        _nudge = new PoolMail(shared.Mails);
        _nudge.Fill(new AskSummary(), default);
        _replay = new PoolReplay(Name);
        _clock = new PoolClock(shared.Clock);
        _turn = new PoolTurn(Name, new PoolTurnParts(shared, shard, _replay, _clock, place.Counts), _mailbox.Reader, _nudge);
        _snapshots = new PoolSnapshots(Name, shard.Epoch, shared);
        _sight = new PoolSight(_replay, _clock, shared);
    }

    public PoolName Name => _place.Name;

    /// <summary>The ownership it works under.</summary>
    public HeldShard Shard => _shard;

    /// <summary>Completes when the pool was opened for the first time, or could not be.</summary>
    public Task Opened => _opened.Task;

    /// <summary>Why the pool is not open, while the actor tries again; null: it is, or was not tried yet.</summary>
    public string? OpenFailure { get; private set; }

    /// <summary>The opening that it last appended under. Read from anywhere: an old one is fenced by the store, which is what openings are for.</summary>
    public Opening Opening => _opening;

    /// <summary>Live claims. Read from anywhere, for display: a turn that is under way may count or not.</summary>
    public int ClaimCount => _replay.State.ClaimCount;

    /// <summary>No mail is taken any more.</summary>
    public bool IsClosed => _closed;

    /// <summary>The loop, once it was started.</summary>
    public Task Ended { get; set; } = Task.CompletedTask;

    /// <summary>A bug ended it.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>
    /// Puts a command into the mailbox. Full: <see cref="Busy"/>. Closed: <see cref="NotOwner"/>. A renewal that changes
    /// nothing but a deadline is answered at once while the loop waits for mail.
    /// </summary>
    public ValueTask<PoolReply> SendAsync(PoolCommand command, in Delivery delivery)
    {
        if (command is ClaimSeat claim && !_shared.IsTooLate(delivery) && TryRenew(claim) is { } renewed)
        {
            return new(_place.Counts.Noted(command, renewed));
        }

        var mail = _shared.Mails.Rent();
        mail.Fill(command, delivery);
        var answer = mail.Answer;
        if (!_mailbox.Writer.TryWrite(mail))
        {
            mail.Complete(_place.Counts.Noted(command, _closed ? NotOwner.Instance : Busy.Instance));
        }

        return answer;
    }

    /// <summary>How the pool looked last; null: nobody looked since it was opened.</summary>
    public PoolFigures? Figures => _sight.Last;

    /// <summary>Commands that wait.</summary>
    public int WaitingCount => _mailbox.Reader.Count;

    /// <summary>It is open, and somebody waits for a look.</summary>
    public bool IsLookedFor => _sight.IsWanted && _opened.Task.IsCompleted && OpenFailure is null;

    /// <summary>Looks at the pool and up to so many holders, or has the turn under way look at its end.</summary>
    public void Look(int holders)
    {
        _sight.Want(holders);
        _gate.TryDo(_sight.LookIfWanted);
    }

    /// <summary>Claims past their deadline are to be expired. Does not wait.</summary>
    public void Sweep()
    {
        _turn.SweepWanted = true;
        _mailbox.Writer.TryWrite(_nudge);
    }

    /// <summary>Takes no more mail; the loop ends once what waits has been answered.</summary>
    public void Stop()
    {
        _closed = true;
        _mailbox.Writer.TryComplete();
    }

    /// <summary>The loop. Ends after <see cref="Stop"/>, or when the pool belongs to somebody else.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        // Whoever starts the actor is not kept while the journal is read.
        await Task.Yield();
        try
        {
            while (await OpenAsync(stop) && await ServeAsync() == TurnEnd.Unsure)
            {
                _shared.Log.Reopening(Name.Value);
            }
        }
        catch (Exception broken)
        {
            IsBroken = true;
            _shared.Log.Broke(broken, Name.Value, broken.Message);
        }
        finally
        {
            var lost = !_closed;
            Stop();

            // Only now: whoever looks for actors to begin anew must find this one closed.
            _shared.NoteLoss(lost);
            _turn.Answer();
            _turn.AnswerAll(Unknown.Instance);
            _turn.AnswerWaiting(NotOwner.Instance);
            _opened.TrySetResult();
            await _snapshots.FinishAsync();
        }
    }

    /// <summary>Takes the pool, again and again while the store fails. False: it is not ours, or we are to stop.</summary>
    private async Task<bool> OpenAsync(CancellationToken stop)
    {
        _clock.BeginWait();
        for (var pause = FirstRetry; !stop.IsCancellationRequested && !_shard.IsClosed; pause = Longer(pause))
        {
            try
            {
                _replay.Begin();
                var newest = _place.NewestVersion;
                var result = await _shared.Journal.OpenAsync(Name, _shard.Epoch, _replay.Known, _replay.Take);
                if (result.Outcome == OpenOutcome.Opened)
                {
                    StartServing(result, newest);
                    return true;
                }

                _shared.Log.NotOpened(Name.Value, result.Outcome);
                return false;
            }
            catch (Exception failure)
            {
                _shared.Log.OpenFailed(failure, Name.Value, failure.Message);
                OpenFailure = failure.Message;
                _opened.TrySetResult();
                _turn.AnswerWaiting(new NotWritten($"pool {Name} cannot be opened: {failure.Message}"));
            }

            if (_closed)
            {
                return false;
            }

            await Waiting.ForAsync(pause, _shared.Time, stop);
        }

        return false;
    }

    private void StartServing(OpenResult result, long newest)
    {
        OpenFailure = null;
        _clock.EndWait();
        _replay.Finish(result.FromKnown);
        _opening = result.Opening;
        if (_replay.NeedsRecovery)
        {
            _replay.State.ForgetDeadlines();
            var wallMs = _shared.Time.GetUtcNow().ToUnixTimeMilliseconds();
            Pool.Recover(_replay.State, _clock.NowMs, wallMs, _shard.LeftToSettleMs(_shared.Time));
            _replay.Recovered();
        }
        else
        {
            _replay.State.RepeatLicenses();
        }

        if (_place.Opened(_replay.State.Version, newest))
        {
            _shared.Log.Forgotten(Name.Value, _replay.State.Version + 1, newest);
            _shared.Loss.See();
        }

        _turn.Withholds = _place.HasForgotten;
        _shared.OnOpened?.Invoke(Name, _replay.State.Claims);
        _snapshots.Start(result.Opening, _replay.SnapshotVersion);
        _sweepAtMs = long.MaxValue;
        ScheduleSweep();
        _sight.Open();
        _opened.TrySetResult();
    }

    private async Task<TurnEnd> ServeAsync()
    {
        while (_turn.IsPending || await MailAsync())
        {
            var end = _turn.Decide() ? await SettleAsync() : TurnEnd.Unsure;
            if (end != TurnEnd.Settled)
            {
                _turn.Answer();
                return end;
            }

            ScheduleSweep();
            _sight.LookIfWanted();
            _snapshots.Consider(_replay.State, _replay.Head);
        }

        return TurnEnd.Stopped;
    }

    private Renewed? TryRenew(ClaimSeat claim)
    {
        if (!_turn.MayAnswer || !_gate.TryEnter())
        {
            return null;
        }

        try
        {
            // What waits already is decided first: a release of the same node must not be overtaken.
            return _mailbox.Reader.TryPeek(out _) ? null : Pool.TryRenew(_replay.State, claim, _clock.NowMs, _shared.Rules);
        }
        finally
        {
            _gate.Leave();
        }
    }

    /// <summary>Waits for mail; what is settled is answered first. False: there will be none.</summary>
    private async ValueTask<bool> MailAsync()
    {
        if (_mailbox.Reader.TryPeek(out _))
        {
            return true;
        }

        _turn.Answer();
        _gate.Leave();
        var more = await _mailbox.Reader.WaitToReadAsync();
        _gate.Enter();
        return more;
    }

    /// <summary>Appends what was decided. While that is on its way the former turn is answered.</summary>
    private async ValueTask<TurnEnd> SettleAsync()
    {
        if (_turn.Batch.Events.Count == 0)
        {
            _turn.Settle(durable: false);
            _turn.Answer();
            return TurnEnd.Settled;
        }

        if (_shard.IsClosed)
        {
            // It was handed on without waiting any longer for this turn: nothing is written under it any more, and nothing has happened.
            return GiveBack();
        }

        AppendResult result;
        var began = Traces.Source.HasListeners() ? _shared.Time.GetUtcNow() : default;
        try
        {
            var before = _replay.State.Version - _turn.Batch.Events.Count;
            _clock.BeginWait();
            var append = _shared.Journal.AppendAsync(Name, _shard.Epoch, _opening, before, _turn.Batch.ToJournal());
            _turn.Answer();
            result = await append;
            _clock.EndWait();
            _turn.Trace(began, result.Outcome);
        }
        catch (Exception failure)
        {
            _shared.Log.AppendUnknown(failure, Name.Value, failure.Message);
            _turn.Trace(began, null);
            _turn.SweepWanted = false;
            _replay.State.Undo();
            _turn.AnswerUnknown();
            return TurnEnd.Unsure;
        }

        switch (result.Outcome)
        {
            case AppendOutcome.Committed:
                _replay.Advanced(_turn.Batch.Hash);
                _place.Saw(_replay.State.Version);
                _turn.Settle(durable: true);
                return TurnEnd.Settled;
            case AppendOutcome.Fenced:
                _shared.Log.Fenced(Name.Value);
                return GiveBack();
            default:
                _shared.Log.Refused(Name.Value, result.Reason ?? "no reason given");
                _replay.State.Undo();
                return await SettleRefusedAsync(result);
        }
    }

    /// <summary>The pool is somebody else's, and what was decided has not happened.</summary>
    private TurnEnd GiveBack()
    {
        _replay.State.Undo();
        _turn.AnswerAll(NotOwner.Instance);
        return TurnEnd.Fenced;
    }

    /// <summary>The store refused the turn: each mail is decided again and, if it writes, appended alone, once.</summary>
    private async ValueTask<TurnEnd> SettleRefusedAsync(AppendResult refusal)
    {
        if (_turn.IsOneMail)
        {
            _turn.AnswerAll(refusal.DuplicateLicense ? new DuplicateLicense(null) : new NotWritten(refusal.Reason ?? string.Empty));
            return TurnEnd.Settled;
        }

        _turn.SweepWanted = false;
        _sweepAtMs = long.MaxValue;
        var mails = _turn.TakeMails();
        for (var i = 0; i < mails.Length; i++)
        {
            var end = _turn.DecideAlone(mails[i]) ? await SettleAsync() : TurnEnd.Unsure;
            if (end != TurnEnd.Settled)
            {
                for (var rest = i + 1; rest < mails.Length; rest++)
                {
                    _turn.Carry(mails[rest]);
                }

                return end;
            }
        }

        return TurnEnd.Settled;
    }

    /// <summary>Asks for a sweep at the earliest deadline, unless one that early is asked for already.</summary>
    private void ScheduleSweep()
    {
        if (_turn.TakeSweepEnded())
        {
            _sweepAtMs = long.MaxValue;
        }

        if (_replay.State.EarliestDeadlineMs is { } earliest && earliest < _sweepAtMs - 1_000)
        {
            _sweepAtMs = earliest;
            _shared.Sweeps.Add(_place, _clock.OnMemberClock(earliest));
        }
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestRetry ? pause * 2 : LongestRetry;

    private enum TurnEnd
    {
        Settled,
        Stopped,
        Fenced,
        Unsure,
    }
}
