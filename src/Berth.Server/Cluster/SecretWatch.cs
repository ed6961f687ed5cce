using Berth.Runtime;
using Berth.Runtime.Ownership;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Cluster;

/// <summary>
/// The secrets of a member as its file has them now. The file is read beside the requests, not by them; and each time the first secret may be another one, the
/// cluster is asked to go by it.
/// </summary>
internal sealed class SecretWatch
{
    private static readonly TimeSpan _every = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the store may take to answer.</summary>
    private static readonly TimeSpan _callLimit = TimeSpan.FromSeconds(2);

    private readonly WatchedFiles<ClusterSecrets>? _file;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private volatile ClusterSecrets? _current;

    private SecretWatch(ClusterOptions options, TimeProvider time, ILogger log)
    {
        _time = time;
        _log = log;
        _file = options.SecretFile is { } path
            ? new WatchedFiles<ClusterSecrets>([new WatchedFile(path)], contents => Next(path, contents[0], options.Name), time, log)
            : null;
        _current = _file?.Current ?? ClusterSecrets.Parse(options.Secret.Span, options.Name);
    }

    /// <summary>What to seal with and what to accept.</summary>
    public ClusterSecrets Current => _current!;

    /// <summary>
    /// The secrets that the options name. Fails with <see cref="IOException"/> where their file cannot be used, and with
    /// <see cref="InvalidOperationException"/> where they cannot.
    /// </summary>
    public static SecretWatch Of(ClusterOptions options, TimeProvider time, ILogger log)
    {
        try
        {
            return new SecretWatch(options, time, log);
        }
        catch (InvalidDataException flaw)
        {
            throw new InvalidOperationException(flaw.Message, flaw);
        }
    }

    /// <summary>Follows the file until <paramref name="stop"/>.</summary>
    public async Task RunAsync(ClusterMember member, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(_every, _time);
        await using var end = stop.Register(timer.Dispose);
        var known = Current.Digests.ToHashSet(StringComparer.Ordinal);
        var isOwed = known.Count > 1;
        while (await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            var now = _file?.Current ?? Current;
            if (now != Current)
            {
                _current = now;
                known.UnionWith(now.Digests);
                isOwed = true;
            }

            if (isOwed && member.Ownership.Self.Value != 0 && await AdoptAsync(member.Table, [.. known.Except([now.First.Digest])], stop))
            {
                isOwed = false;
                known.IntersectWith(now.Digests);
            }
        }
    }

    /// <summary>False: nobody knows, and it is to be asked again.</summary>
    private async Task<bool> AdoptAsync(IMembershipTable table, IReadOnlyList<string> from, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(_callLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            if (await table.AdoptSecretAsync(from, Current.First.Digest, either.Token))
            {
                var accepted = Current.Digests.Count();
                _log.Adopted(accepted);
            }
            else
            {
                _log.LeftBehind();
            }

            return true;
        }
        catch (Exception failure)
        {
            _log.NotAdopted(failure, failure.Message);
            return false;
        }
    }

    /// <summary>A file that has nothing of what was there before would cut this member off.</summary>
    private ClusterSecrets Next(string path, byte[] contents, string cluster)
    {
        try
        {
            var read = ClusterSecrets.Parse(contents, cluster);
            return _current is null || read.Digests.Intersect(_current.Digests).Any() ? read : throw new InvalidDataException(
                "neither secret was there before, and the other members would not understand this one: put the new one second first, at every member");
        }
        catch (InvalidDataException flaw)
        {
            throw new InvalidDataException($"{path}: {flaw.Message}", flaw);
        }
    }
}

internal static partial class SecretWatchLog
{
    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "cluster.secret: the first secret of this member's file is the one that the cluster goes by; {count} accepted")]
    public static partial void Adopted(this ILogger log, int count);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "cluster.secret: the cluster has left the first secret of this member's file behind: write the file as the other members have it")]
    public static partial void LeftBehind(this ILogger log);

    [LoggerMessage(Level = LogLevel.Warning, Message = "cluster.secret: it could not be recorded which secret the cluster goes by, trying again: {reason}")]
    public static partial void NotAdopted(this ILogger log, Exception failure, string reason);
}
