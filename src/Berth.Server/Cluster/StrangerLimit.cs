using Microsoft.AspNetCore.Connections;

namespace Berth.Server.Cluster;

/// <summary>
/// What a connection may do before a member has spoken on it: it is closed after a while, and at once after a few requests that no member has sealed.
/// </summary>
internal sealed class StrangerLimit(ConnectionContext connection)
{
    /// <summary>Requests without a seal that are answered on one connection, so that a member with a wrong secret can be told.</summary>
    public const int MaxRefused = 4;

    /// <summary>How long a connection may be open without a member on it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private volatile bool _isMember;
    private int _refused;

    /// <summary>Wraps what serves a connection.</summary>
    public static async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next, TimeProvider time)
    {
        var limit = new StrangerLimit(connection);
        connection.Features.Set(limit);
        await using (time.CreateTimer(limit.End, null, Patience, Timeout.InfiniteTimeSpan))
        {
            await next(connection);
        }
    }

    /// <summary>A member has spoken.</summary>
    public void Welcome() => _isMember = true;

    /// <summary>Somebody has, who is none. True: it was too often, and the connection is closed.</summary>
    public bool Refuse()
    {
        if (Interlocked.Increment(ref _refused) <= MaxRefused)
        {
            return false;
        }

        connection.Abort(new ConnectionAbortedException("no member speaks on this connection"));
        return true;
    }

    private void End(object? state)
    {
        if (!_isMember)
        {
            connection.Abort(new ConnectionAbortedException("no member has spoken on this connection"));
        }
    }
}
