using Berth.Pools;
using Berth.Runtime.Journal;
using Microsoft.Extensions.Logging;

namespace Berth.Runtime.Pools;

/// <summary>
/// Writes a pool's snapshots: the actor captures references only, the parts are encoded and stored one by one beside its
/// turns. At most one is under way.
/// </summary>
internal sealed class PoolSnapshots(PoolName name, Epoch epoch, PoolEnvironment shared)
{
    private Opening _opening;
    private long _lastVersion;
    private Task _writing = Task.CompletedTask;

    /// <summary>
    /// The pool was opened, with its newest snapshot at <paramref name="lastVersion"/>, or at one that was written since by us.
    /// </summary>
    public void Start(Opening opening, long lastVersion)
    {
        _opening = opening;
        _lastVersion = Math.Max(_lastVersion, lastVersion);
    }

    /// <summary>Starts a snapshot if enough events came since the last.</summary>
    public void Consider(PoolState state, ReadOnlySpan<byte> head)
    {
        if (state.Version - _lastVersion >= Math.Max(shared.Options.SnapshotEvery, state.ClaimCount + state.LicenseCount) && _writing.IsCompleted)
        {
            _lastVersion = state.Version;
            _writing = WriteAsync(state.Capture(), head.ToArray(), _opening);
        }
    }

    /// <summary>Waits for one that is under way.</summary>
    public Task FinishAsync() => _writing;

    private async Task WriteAsync(PoolImage image, byte[] hash, Opening opening)
    {
        // The actor goes on with its turns; encoding needs nothing that they change.
        await Task.Yield();
        try
        {
            var parts = new SnapshotParts(image);
            for (var index = 0; index < parts.Count; index++)
            {
                var part = new SnapshotPart(image.Header.Version, hash, index, parts.Count, parts.Encode(index));
                var result = await shared.Journal.WriteSnapshotAsync(name, epoch, opening, part);
                if (result.Outcome != AppendOutcome.Committed)
                {
                    shared.Log.SnapshotRefused(name.Value, result.Reason ?? "a newer owner has opened the pool");
                    return;
                }
            }
        }
        catch (Exception failure)
        {
            // Events are what counts; without a snapshot the next open only takes longer.
            shared.Log.SnapshotFailed(failure, name.Value, failure.Message);
        }
    }
}

internal static partial class PoolSnapshotsLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "pool.snapshot-unwritten: pool {pool}: no snapshot was written: {reason}")]
    public static partial void SnapshotRefused(this ILogger log, string pool, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "pool.snapshot-failed: pool {pool}: a snapshot failed: {reason}")]
    public static partial void SnapshotFailed(this ILogger log, Exception failure, string pool, string reason);
}
