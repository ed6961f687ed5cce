namespace Berth.Testing.Processes;

/// <summary>What a process says, read as it comes, so that the process never waits for a reader.</summary>
public sealed class OutputLines
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    /// <summary>Guards the fields below.</summary>
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _more = NewSignal();
    private bool _ended;

    /// <summary>Begins to read.</summary>
    public OutputLines(StreamReader from) => Reading = ReadAsync(from);

    /// <summary>Completes at the end of the output.</summary>
    public Task Reading { get; }

    /// <summary>How many lines so far hold a text.</summary>
    public int Count(string text)
    {
        lock (_gate)
        {
            return _lines.Count(line => line.Contains(text, StringComparison.Ordinal));
        }
    }

    /// <summary>Waits for the <paramref name="nth"/> line that holds a text.</summary>
    public async Task<string> WaitForAsync(string text, int nth = 1)
    {
        using var limit = new CancellationTokenSource(_patience, TimeProvider.System);
        while (true)
        {
            Task more;
            lock (_gate)
            {
                if (_lines.Where(line => line.Contains(text, StringComparison.Ordinal)).ElementAtOrDefault(nth - 1) is { } found)
                {
                    return found;
                }

                more = _ended ? throw new InvalidOperationException($"The output ended without \"{text}\":\n{this}") : _more.Task;
            }

            await more.WaitAsync(limit.Token);
        }
    }

    /// <summary>All lines so far.</summary>
    public override string ToString()
    {
        lock (_gate)
        {
            return string.Join('\n', _lines);
        }
    }

    private async Task ReadAsync(StreamReader from)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            Add(line);
        }

        Add(null);
    }

    private void Add(string? line)
    {
        lock (_gate)
        {
            _ended = line is null;
            _lines.AddRange(line is null ? [] : [line]);
            _more.SetResult();
            _more = NewSignal();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
