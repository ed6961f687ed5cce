using Berth.Runtime.Journal;

namespace Berth.Server.Metrics;

/// <summary>
/// How large the store is. It is asked once a minute at the most, and waited for no longer than a moment: what is told may be as old as
/// that, or older where the store does not answer.
/// </summary>
internal sealed class StoreSize(IHistory history, TimeProvider time)
{
    private static readonly TimeSpan _every = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(500);

    private Task<long>? _asked;
    private long _askedAt;
    private long? _bytes;

    /// <summary>What is in use, in bytes; null: it was never known.</summary>
    public async ValueTask<long?> ReadAsync()
    {
        if (_asked is null && (_bytes is null || time.GetElapsedTime(_askedAt) >= _every))
        {
            _askedAt = time.GetTimestamp();
            _asked = history.MeasureAsync().AsTask();
        }

        if (_asked is { } asked)
        {
            await Task.WhenAny(asked, Task.Delay(_patience, time, CancellationToken.None));
            if (asked.IsCompleted)
            {
                _asked = null;

                // That it failed is counted where the store's calls are; reading why keeps it from being reported as unobserved.
                _bytes = asked.Exception is null && asked.IsCompletedSuccessfully ? await asked : _bytes;
            }
        }

        return _bytes;
    }
}
