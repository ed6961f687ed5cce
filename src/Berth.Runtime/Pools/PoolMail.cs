using System.Diagnostics;
using System.Threading.Tasks.Sources;
using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Tracing;

namespace Berth.Runtime.Pools;

/// <summary>What a request carries besides its command.</summary>
/// <param name="NotAfter">The monotonic timestamp after which it must not be decided any more; 0: none.</param>
/// <param name="CallerGone">Cancelled when nobody waits for the answer any more. Looked at before deciding, never after.</param>
/// <param name="Rows">
/// The license files that belong to an <see cref="AddLicenses"/> or <see cref="ImportLicenses"/>, or the new one of a
/// <see cref="ChangeLicense"/>.
/// </param>
/// <param name="Inline">
/// What follows the answer may run on the actor's own turn: it is short, waits for nothing, and blocks nobody.
/// </param>
public readonly record struct Delivery(
    long NotAfter, CancellationToken CallerGone, IReadOnlyList<LicenseRow>? Rows = null, bool Inline = false);

/// <summary>A command on its way through an actor, and the promise of its answer. Rented and used again.</summary>
internal sealed class PoolMail : IValueTaskSource<PoolReply>
{
    private readonly MailRack _rack;
    private ManualResetValueTaskSourceCore<PoolReply> _answer;

    public PoolMail(MailRack rack) => _rack = rack;

    public PoolCommand Command { get; private set; } = null!;

    public Delivery Delivery { get; private set; }

    /// <summary>What was decided, while the batch is on its way to the journal.</summary>
    public PoolReply? Decided { get; set; }

    /// <summary>Whether the decision made events.</summary>
    public bool Writes { get; set; }

    /// <summary>The span that it is part of; none where nobody listens.</summary>
    public ActivityContext Trace { get; private set; }

    public ValueTask<PoolReply> Answer => new(this, _answer.Version);

    public void Fill(PoolCommand command, in Delivery delivery)
    {
        Command = command;
        Delivery = delivery;
        Trace = Traces.Current?.Context ?? default;
        _answer.RunContinuationsAsynchronously = !delivery.Inline;
    }

    public void Complete(PoolReply reply) => _answer.SetResult(reply);

    /// <summary>Takes the answer; the mail goes back to its rack.</summary>
    public PoolReply GetResult(short token)
    {
        var reply = _answer.GetResult(token);
        _answer.Reset();
        Command = null!;
        Delivery = default;
        Decided = null;
        Writes = false;
        _rack.Return(this);
        return reply;
    }

    public ValueTaskSourceStatus GetStatus(short token) => _answer.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _answer.OnCompleted(continuation, state, token, flags);
}
