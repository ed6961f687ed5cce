using Berth.Pools;
using Berth.Runtime;
using Berth.Runtime.Ownership;
using Berth.Simulation.Cluster;
using Berth.Simulation.Kernel;
using Berth.Simulation.Model;

namespace Berth.Simulation.Checks;

/// <summary>
/// What promises time or denies is said under a lease, measured in the world's time from when its renewal was sent. A process that stood
/// still in between could not know better.
/// </summary>
internal sealed class LeaseKept(ClusterModel model) : Check
{
    private readonly Dictionary<SimulatedProcess, Lease> _leases = [];

    /// <inheritdoc/>
    public override void OnStoreAnswer(StoreCall call)
    {
        if (call.Failure is not null)
        {
            return;
        }

        switch (call.Operation, call.Result)
        {
            case (JoinCluster join, JoinResult { Incarnation: { } joined }):
                _leases[call.Process] = new Lease(joined, join.Card.Lease);
                break;
            case (RenewLease renew, RenewResult renewed) when _leases.TryGetValue(call.Process, out var lease) && lease.Whose == renew.Member:
                lease.Take(renewed.Up, call.MadeAt, model.Now);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public override void OnGiven(GivenAnswer answer)
    {
        if (!NeedsLease(answer.Reply))
        {
            return;
        }

        if (!_leases.TryGetValue(answer.Process, out var lease) || lease.EndsAt is not { } ends)
        {
            Violated(Say(answer, "it never had a lease"));
            return;
        }

        // A clock that stood still for less than this is not noticed, and is outside of what is promised.
        var grace = model.Standstill.WasFrozen(answer.Process, lease.SentAt) ? ServiceClock.StepTolerance : TimeSpan.Zero;
        if (answer.ArrivedAt > ends + grace)
        {
            Violated(Say(answer, FormattableString.Invariant($"its lease, renewed at {lease.SentAt}, had ended at {ends} when the request came")));
        }
        else if (answer.At > ends + grace + ClusterModel.OnTheWay && !model.Standstill.Stood(answer.Process, ends))
        {
            Violated(Say(answer, FormattableString.Invariant($"its lease, renewed at {lease.SentAt}, had ended at {ends}")));
        }
    }

    /// <summary>Whether an answer is anything but a fact that the store has, or the word that nothing is known.</summary>
    public static bool NeedsLease(PoolReply reply) => reply is not
        (Released or Changed or Busy or NotWritten or NotOwner or Unknown or NoSuchPool or DuplicateLicense { License: null });

    private static string Say(GivenAnswer answer, string what) => FormattableString.Invariant(
        $"pool {answer.Pool}: {answer.Member.Name} at epoch {answer.Epoch.Value} said {answer.Reply} to {answer.Command}, which came at {answer.ArrivedAt}: {what}");

    private sealed class Lease(Incarnation whose, TimeSpan length)
    {
        /// <summary>What clocks may drift: 1 ms in a second.</summary>
        private readonly TimeSpan _length = length + (length / 1000);

        public Incarnation Whose { get; } = whose;

        public TimeSpan SentAt { get; private set; }

        public TimeSpan? EndsAt { get; private set; }

        public void Take(bool up, TimeSpan sentAt, TimeSpan now)
        {
            if (!up)
            {
                EndsAt = EndsAt < now ? EndsAt : now;
            }
            else if (!(EndsAt > sentAt + _length))
            {
                (SentAt, EndsAt) = (sentAt, sentAt + _length);
            }
        }
    }
}
