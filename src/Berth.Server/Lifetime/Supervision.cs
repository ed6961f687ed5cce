using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Lifetime;

/// <summary>
/// Tells systemd, where it asked (<c>NOTIFY_SOCKET</c>), how the process does: ready once it has joined, alive while its edge reacts,
/// stopping until the last file is closed. While it starts and stops it asks for more time, since both may take as long as the store does.
/// Nobody asked: it does nothing.
/// </summary>
public sealed class Supervision : IAsyncDisposable
{
    /// <summary>How long stopping may ask for more time: whatever is not done then will not be.</summary>
    public static readonly TimeSpan LongestStop = TimeSpan.FromMinutes(5);

    private const string WatchdogVariable = "WATCHDOG_USEC";
    private const string WatchdogProcessVariable = "WATCHDOG_PID";

    /// <summary>Of the watchdog's patience, how many signs of life are sent.</summary>
    private const int BeatsPerPatience = 3;

    private static readonly TimeSpan _beat = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(100);
    private static readonly string _moreTime = Invariant($"EXTEND_TIMEOUT_USEC={30_000_000}");

    private readonly SupervisorSocket? _socket;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly TimeSpan? _patience;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reporting;
    private Member? _member;
    private string? _said;

    private Supervision(SupervisorSocket? socket, TimeSpan? patience, TimeProvider time, ILogger log)
    {
        _socket = socket;
        _patience = patience;
        _time = time;
        _log = log;
        _reporting = socket is null ? Task.CompletedTask : ReportAsync(socket);
    }

    /// <summary>Begins to report that the process starts.</summary>
    public static Supervision Begin(Func<string, string?> environment, TimeProvider time, ILogger log) =>
        new(SupervisorSocket.Of(environment, log), Patience(environment), time, log);

    /// <summary>It listens: from now on <paramref name="look"/> says how it does, and its edge is felt for signs of life.</summary>
    public void Serves(string bind, int port, Func<SupervisedState> look) => Volatile.Write(ref _member, new Member(bind, port, look));

    /// <summary>It ends, for whatever reason. Not only the first call is allowed.</summary>
    public void Stops() => _stopping.Cancel();

    /// <summary>Everything is closed: the last report.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _ended.TrySetResult();
        await _reporting;
        _socket?.Dispose();
        _stopping.Dispose();
    }

    private async Task ReportAsync(SupervisorSocket socket)
    {
        // Whoever begins has something else to do first.
        await Task.Yield();
        try
        {
            await StartAsync(socket);
            await ServeAsync(socket);
            await StopAsync(socket);
        }
        catch (Exception failure)
        {
            // Whoever is told nothing any more does what it does with the dead; the member itself goes on.
            _log.Failed(failure, failure.Message);
        }
    }

    private async Task StartAsync(SupervisorSocket socket)
    {
        for (var asked = (long?)null; !_stopping.IsCancellationRequested; await PauseAsync(_look))
        {
            var state = Volatile.Read(ref _member)?.Look();
            if (state is { HasJoined: true })
            {
                socket.Say("READY=1", Status(state.Text));
                return;
            }

            var text = state is null ? "starting: the store is opened and read" : $"joining: {state.Text}";
            if (asked is not { } last || _said != text || _time.GetElapsedTime(last) >= _beat)
            {
                asked = _time.GetTimestamp();
                socket.Say(_moreTime, Status(text));
            }
        }
    }

    private async Task ServeAsync(SupervisorSocket socket)
    {
        var pause = _patience is { } patience && patience / BeatsPerPatience < _beat ? patience / BeatsPerPatience : _beat;
        while (!_stopping.IsCancellationRequested && Volatile.Read(ref _member) is { } member)
        {
            if (member.Look().Text is var text && text != _said)
            {
                socket.Say(Status(text));
            }

            if (_patience is not null)
            {
                await FeelAsync(socket, member, pause);
            }

            await PauseAsync(pause);
        }
    }

    private async Task FeelAsync(SupervisorSocket socket, Member member, TimeSpan patience)
    {
        using var late = new CancellationTokenSource(patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _stopping.Token);
        if (await EdgePulse.IsFeltAsync(member.Bind, member.Port, either.Token))
        {
            socket.Say("WATCHDOG=1");
        }
        else if (!_stopping.IsCancellationRequested)
        {
            _log.NoPulse(patience.TotalSeconds);
        }
    }

    private async Task StopAsync(SupervisorSocket socket)
    {
        var began = _time.GetTimestamp();
        socket.Say("STOPPING=1", Status("stopping: finishes what is under way"), _moreTime);
        while (!_ended.Task.IsCompleted && _time.GetElapsedTime(began) < LongestStop)
        {
            await Task.WhenAny(_ended.Task, Task.Delay(_beat, _time, CancellationToken.None));
            if (!_ended.Task.IsCompleted)
            {
                socket.Say(_moreTime);
            }
        }
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, _time, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The caller's loop sees it.
            return;
        }
    }

    private string Status(string text)
    {
        _said = text;
        return "STATUS=" + text;
    }

    /// <summary>How long systemd waits for signs of life of this very process; null: it does not ask for any.</summary>
    private static TimeSpan? Patience(Func<string, string?> environment) =>
        long.TryParse(environment(WatchdogVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var us) && us > 0
        && (environment(WatchdogProcessVariable) is not { Length: > 0 } process || process == Invariant($"{Environment.ProcessId}"))
            ? TimeSpan.FromMicroseconds(us)
            : null;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Member(string Bind, int Port, Func<SupervisedState> Look);
}

internal static partial class SupervisionLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "supervisor.silent: the edge did not react within {seconds} s: systemd gets no sign of life")]
    public static partial void NoPulse(this ILogger log, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "supervisor.ended: systemd is told nothing any more: {reason}")]
    public static partial void Failed(this ILogger log, Exception failure, string reason);
}
