namespace Berth.Runtime.Pools;

/// <summary>
/// Says whether this thread is an actor's, giving answers inline. What follows an answer there must be short: writing it out.
/// Anything else, such as the next request on the same connection, leaves the thread first.
/// </summary>
public static class ActorTurn
{
    [ThreadStatic]
    private static bool _isAnswering;

    /// <summary>This thread gives an actor's answers at the moment.</summary>
    public static bool IsAnswering
    {
        get => _isAnswering;
        internal set => _isAnswering = value;
    }
}
