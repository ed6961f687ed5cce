namespace Berth.Cli.Output;

/// <summary>How far a long verb is, on one line of a terminal; nothing elsewhere, and nothing for work that is done at once.</summary>
internal sealed class ProgressLine(Shell shell, string doing, int total) : IDisposable
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(200);

    private readonly long _began = shell.Time.GetTimestamp();
    private long _shown;
    private bool _visible;

    public void Show(int done)
    {
        if (!shell.ErrorIsTerminal || shell.Time.GetElapsedTime(_began) < _pause || (_visible && shell.Time.GetElapsedTime(_shown) < _pause))
        {
            return;
        }

        _shown = shell.Time.GetTimestamp();
        _visible = true;
        shell.Error.Write($"\r\u001b[K{doing} {done} of {total} ({100L * done / Math.Max(1, total)} %)");
    }

    /// <summary>Clears the line.</summary>
    public void Dispose()
    {
        if (_visible)
        {
            shell.Error.Write("\r\u001b[K");
        }
    }
}
