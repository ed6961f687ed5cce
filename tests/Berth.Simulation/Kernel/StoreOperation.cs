using System.Diagnostics;
using Berth.Runtime.Journal;
using Berth.Runtime.Ownership;

namespace Berth.Simulation.Kernel;

/// <summary>What the cluster really has stored.</summary>
internal sealed record StoreTruth(IJournal Journal, IMembershipTable Table);

/// <summary>A call of the store with all its arguments: it can take effect late, and again when the truth is rebuilt.</summary>
internal abstract record StoreOperation
{
    /// <summary>It may change the truth.</summary>
    public virtual bool Mutates => true;

    /// <summary>What tells it from others, for the digest.</summary>
    public virtual ulong Mark => Rolling.Of(GetType().Name);

    /// <summary>Takes effect once more on a truth that is being rebuilt.</summary>
    public abstract void Repeat(StoreTruth truth);

    /// <summary>Stores in memory answer at once.</summary>
    protected static T Now<T>(ValueTask<T> answer) =>
        answer.IsCompleted ? answer.GetAwaiter().GetResult() : throw new UnreachableException("A store in memory does not wait.");

    /// <summary>Stores in memory answer at once.</summary>
    protected static bool Now(ValueTask answer)
    {
        if (!answer.IsCompleted)
        {
            throw new UnreachableException("A store in memory does not wait.");
        }

        answer.GetAwaiter().GetResult();
        return true;
    }
}

/// <summary>A call with its kind of answer.</summary>
internal abstract record StoreOperation<T> : StoreOperation
{
    public abstract T Apply(StoreTruth truth);

    /// <summary>The answer when the disk is full; false: it cannot be refused.</summary>
    public virtual bool TryRefuse(string reason, out T refusal)
    {
        refusal = default!;
        return false;
    }

    public sealed override void Repeat(StoreTruth truth) => Apply(truth);
}

/// <summary>A call that is only passed on.</summary>
/// <param name="What">The method.</param>
/// <param name="Changes">It may change the truth.</param>
/// <param name="Ask">The call.</param>
internal sealed record PassedOn<T>(string What, bool Changes, Func<StoreTruth, ValueTask<T>> Ask) : StoreOperation<T>
{
    public override bool Mutates => Changes;

    public override ulong Mark => Rolling.Of(What);

    public override T Apply(StoreTruth truth) => Now(Ask(truth));
}
