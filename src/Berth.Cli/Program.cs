using System.Runtime.InteropServices;
using Berth.Cli;

EmbeddedSqlite.Install();
using var stop = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
return await CommandRun.RunAsync(
    new Shell
    {
        Name = CommandName.Current(),
        Out = Console.Out,
        Error = Console.Error,
        In = Console.IsInputRedirected ? null : Console.In,
        Environment = Environment.GetEnvironmentVariable,
        OutIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        Stop = stop.Token,
    },
    args);

void Cancel(PosixSignalContext context)
{
    // Whoever asks twice does not want to wait.
    context.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}
