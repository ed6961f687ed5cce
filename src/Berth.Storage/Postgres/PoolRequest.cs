using Berth.Pools;

namespace Berth.Storage.Postgres;

/// <summary>Something that one pool wants and that goes to the server together with what others want.</summary>
internal abstract class PoolRequest(PoolName pool)
{
    public PoolName Pool { get; } = pool;

    /// <summary>About how much is sent for it.</summary>
    public virtual int Bytes => 0;

    /// <summary>Certainly nothing was written.</summary>
    public abstract void Refuse(string reason);

    /// <summary>Nobody knows whether it was written, or it could not be read.</summary>
    public abstract void Fail(Exception error);
}

/// <summary>A request that writes.</summary>
internal abstract class WritingRequest(PoolName pool) : PoolRequest(pool)
{
    /// <summary>What the statement came to for this request stands: it is durable, or a refusal that is based on what is.</summary>
    public abstract void Settle();
}
