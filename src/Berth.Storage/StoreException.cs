namespace Berth.Storage;

/// <summary>A store cannot be used as asked. The message says what is wrong and what to do, and is meant for the operator.</summary>
public class StoreException : Exception
{
    /// <summary>Says what is wrong and what to do.</summary>
    public StoreException(string message)
        : base(message)
    {
    }

    /// <summary>Says what is wrong and what to do, and what was found underneath.</summary>
    public StoreException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>Another process holds the store.</summary>
public sealed class StoreHeldException(string message, StoreHolder holder) : StoreException(message)
{
    /// <summary>Who holds it, as far as the holder has said.</summary>
    public StoreHolder Holder { get; } = holder;
}

/// <summary>Who holds a store's lock. This is what the holder wrote; that it holds the lock is known from the lock alone.</summary>
/// <param name="Pid">The process.</param>
/// <param name="Since">Since when.</param>
/// <param name="Kind">What for: <c>serve</c> or <c>verb</c>.</param>
/// <param name="Socket">Where its management socket is, if it has one.</param>
public sealed record StoreHolder(int Pid, DateTimeOffset Since, string Kind, string? Socket)
{
    /// <summary>The kind of a serving member.</summary>
    public const string Serve = "serve";

    /// <summary>The kind of a verb, which is done in a moment.</summary>
    public const string Verb = "verb";

    /// <summary>A member holds the store and serves it.</summary>
    public bool IsServing => string.Equals(Kind, Serve, StringComparison.Ordinal);
}
