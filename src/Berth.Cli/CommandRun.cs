using Berth.Cli.Flags;
using Berth.Cli.Output;
using Berth.Cli.Verbs;
using Berth.Licensing;
using Berth.Protocol;
using Berth.Storage;

namespace Berth.Cli;

/// <summary>One run of the program, from its arguments to its exit code.</summary>
internal static class CommandRun
{
    public static async Task<int> RunAsync(Shell shell, IReadOnlyList<string> arguments)
    {
        try
        {
            var (verb, rest) = VerbTable.Find(arguments, shell.Name);
            var code = verb is null ? ShowRoot(shell, rest) : await CallAsync(shell, verb, rest);
            return (int)code;
        }
        catch (CommandFailedException failure)
        {
            return shell.Fail(failure);
        }
        catch (ManagementUnreachableException error)
        {
            return shell.Fail(new CommandFailedException(error.Message, ExitCode.Unreachable));
        }
        catch (StoreException error)
        {
            var prefix = shell.IsRelay && error is not StoreHeldException ? "failed to connect to database: " : string.Empty;
            return shell.Fail(new CommandFailedException(prefix + error.Message, ExitCode.Failed, atStart: true));
        }
        catch (CryptoLibraryMissingException error)
        {
            return shell.Fail(new CommandFailedException(error.Message, ExitCode.Failed, atStart: true));
        }
        catch (DllNotFoundException)
        {
            const string Missing = "the native library libe_sqlite3.so is missing: put it beside the program";
            return shell.Fail(new CommandFailedException(Missing, ExitCode.Failed, atStart: true));
        }
        catch (OperationCanceledException) when (shell.Stop.IsCancellationRequested)
        {
            return shell.Fail(new CommandFailedException("stopped before it was done", ExitCode.Failed));
        }
        catch (IOException error)
        {
            return shell.Fail(new CommandFailedException(error.Message, ExitCode.Failed));
        }
        catch (Exception error)
        {
            // A mistake of ours: whoever reports it needs to say where it was.
            shell.Error.WriteLine(error.StackTrace);
            return shell.Fail(new CommandFailedException($"{error.GetType().Name}: {error.Message}", ExitCode.Failed));
        }
    }

    private static ExitCode ShowRoot(Shell shell, IReadOnlyList<string> arguments)
    {
        var line = CommandLine.Parse(arguments, GlobalFlags.All);
        if (line.Given(GlobalFlags.Version) is ["true"])
        {
            shell.Out.WriteLine($"{shell.Name} version {VersionVerb.Current}");
            return ExitCode.Done;
        }

        shell.Out.Write(HelpText.Root(shell.Name));
        return ExitCode.Done;
    }

    private static async Task<ExitCode> CallAsync(Shell shell, Verb verb, IReadOnlyList<string> arguments)
    {
        var line = CommandLine.Parse(arguments, verb.AllFlags);
        if (line.Given(GlobalFlags.Help) is ["true"])
        {
            shell.Out.Write(HelpText.Of(shell.Name, verb));
            return ExitCode.Done;
        }

        var settings = new Settings(line, shell, ConfigFile.None);
        var file = settings.Text(GlobalFlags.Config) is { } path ? ConfigFile.Read(path, [.. ServeFlags.All, .. GlobalFlags.All]) : ConfigFile.None;
        settings = new Settings(line, shell, file);
        CheckPragmas(shell, settings);
        if (shell.IsRelay)
        {
            Require(verb, settings);
        }

        return await verb.RunAsync(new Call(shell, settings, line.Words));
    }

    private static void Require(Verb verb, Settings settings)
    {
        var missing = verb.RelayRequires.Where(flag => settings.Find(flag) is null).Select(flag => $"\"{flag.Name}\"").Order(StringComparer.Ordinal).ToList();
        if (missing.Count > 0)
        {
            throw CommandFailedException.Usage($"required flag(s) {string.Join(", ", missing)} not set");
        }
    }

    private static void CheckPragmas(Shell shell, Settings settings)
    {
        var pragmas = settings.List(GlobalFlags.Pragma);
        if (pragmas.FirstOrDefault(pragma => !pragma.Contains('=', StringComparison.Ordinal)) is { } bad)
        {
            throw CommandFailedException.Usage($"invalid pragma format: {bad} (expected key=value)");
        }

        if (pragmas.Count > 0)
        {
            shell.Error.WriteLine("warning: --pragma has no effect: the database is set up as its journal needs it");
        }
    }
}
