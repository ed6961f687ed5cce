using Berth.Testing;

namespace Berth.Survival.Tests.Load;

/// <summary>What a client knows of a claim.</summary>
internal enum Standing
{
    /// <summary>Not held: never asked for, refused, or released and acknowledged.</summary>
    Free,

    /// <summary>Held: acknowledged, and no release was sent.</summary>
    Held,

    /// <summary>The answer was lost.</summary>
    Unsure,
}

/// <summary>
/// All that clients were told, checked as it comes: a claim that was acknowledged stays until its node sends a release, one
/// whose release was acknowledged does not come back, and nodes that surely hold never outnumber the seats of their license.
/// Each node has one request under way at a time; different nodes answer from many threads.
/// </summary>
internal sealed class ClientView(IReadOnlyDictionary<string, int> seatsByKey)
{
    /// <summary>Guards the fields below.</summary>
    private readonly Lock _gate = new();
    private readonly Dictionary<Claimant, (Standing Standing, string? Key)> _claims = [];
    private readonly Dictionary<string, int> _heldByKey = new(StringComparer.Ordinal);
    private readonly List<string> _violations = [];
    private readonly Dictionary<int, long> _byStatus = [];
    private readonly List<(long At, TaskCompletionSource Signal)> _waiting = [];
    private long _answers;

    /// <summary>Answers and broken connections (0) by status.</summary>
    public string Summary => Locked(() => string.Join(", ", _byStatus.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} x {pair.Key}")));

    /// <summary>What should never have been answered.</summary>
    public IReadOnlyList<string> Violations => Locked(() => _violations.ToList());

    /// <summary>The claims that are surely held.</summary>
    public IReadOnlyList<Claimant> Held => Locked(() => _claims.Where(pair => pair.Value.Standing == Standing.Held).Select(pair => pair.Key).ToList());

    /// <summary>The claims of which nobody knows.</summary>
    public IReadOnlyList<Claimant> Unsure => Locked(() => _claims.Where(pair => pair.Value.Standing == Standing.Unsure).Select(pair => pair.Key).ToList());

    public long Count(int status) => Locked(() => _byStatus.GetValueOrDefault(status));

    public Standing Of(Claimant claimant) => Locked(() => _claims.GetValueOrDefault(claimant).Standing);

    /// <summary>Completes when that many more answers have come.</summary>
    public Task AfterAsync(long answers) => Locked(() =>
    {
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add((_answers + answers, signal));
        return signal.Task;
    });

    /// <summary>The answer to a PUT; null: it was lost.</summary>
    public void Claimed(Claimant claimant, RawAnswer? answer) => Locked(() =>
    {
        Tally_NeedsLock(answer);
        var (was, key) = _claims.GetValueOrDefault(claimant);
        switch (answer?.Status)
        {
            case 201 when was != Standing.Held:
            case 202 when was != Standing.Free:
                Hold_NeedsLock(claimant, Wire.KeyIn(answer) ?? key);
                break;
            case 410 when was != Standing.Held:
                _claims[claimant] = (Standing.Free, null);
                break;
            case 503 when !IsUnknown(answer):
                break;
            case null or 503:
                _claims[claimant] = was == Standing.Free ? (Standing.Unsure, null) : (was, key);
                break;
            default:
                _violations.Add($"{claimant}: PUT while {was} was answered {answer.StatusLine}");
                break;
        }

        return 0;
    });

    /// <summary>A DELETE is about to be sent: from here on the seat may be somebody else's.</summary>
    public Standing Releasing(Claimant claimant) => Locked(() =>
    {
        var (was, key) = _claims.GetValueOrDefault(claimant);
        if (was == Standing.Held)
        {
            Drop_NeedsLock(key);
            _claims[claimant] = (Standing.Unsure, null);
        }

        return was;
    });

    /// <summary>The answer to a DELETE that was sent when the claim stood as <paramref name="was"/>; null: it was lost.</summary>
    public void Released(Claimant claimant, Standing was, RawAnswer? answer) => Locked(() =>
    {
        Tally_NeedsLock(answer);
        switch (answer?.Status)
        {
            case 204 when was != Standing.Free:
            case 404 when was != Standing.Held:
                _claims[claimant] = (Standing.Free, null);
                break;
            case null or 503:
                break;
            default:
                _violations.Add($"{claimant}: DELETE while {was} was answered {answer.StatusLine}");
                break;
        }

        return 0;
    });

    private void Hold_NeedsLock(Claimant claimant, string? key)
    {
        var (was, before) = _claims.GetValueOrDefault(claimant);
        if (was == Standing.Held)
        {
            if (key != before)
            {
                _violations.Add($"{claimant} held {before} and was then given {key}");
            }

            return;
        }

        _claims[claimant] = (Standing.Held, key);
        if (key is null || !seatsByKey.TryGetValue(key, out var seats))
        {
            _violations.Add($"{claimant} came to hold a seat of the license {key ?? "(none)"}");
            return;
        }

        var held = _heldByKey[key] = _heldByKey.GetValueOrDefault(key) + 1;
        if (held > seats)
        {
            _violations.Add($"{held} nodes hold the {seats} seats of {key}, the last is {claimant}");
        }
    }

    private void Drop_NeedsLock(string? key)
    {
        if (key is not null)
        {
            _heldByKey[key]--;
        }
    }

    private void Tally_NeedsLock(RawAnswer? answer)
    {
        var status = answer?.Status ?? 0;
        _byStatus[status] = _byStatus.GetValueOrDefault(status) + 1;
        _answers += answer is null ? 0 : 1;
        foreach (var (_, signal) in _waiting.Where(waiter => waiter.At <= _answers))
        {
            signal.TrySetResult();
        }

        _waiting.RemoveAll(waiter => waiter.At <= _answers);
    }

    private static bool IsUnknown(RawAnswer answer) => answer.Text.Contains("outcome unknown", StringComparison.Ordinal);

    private T Locked<T>(Func<T> work)
    {
        lock (_gate)
        {
            return work();
        }
    }
}
