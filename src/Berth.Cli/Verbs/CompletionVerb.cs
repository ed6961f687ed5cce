using Berth.Cli.Output;

namespace Berth.Cli.Verbs;

/// <summary>Prints a script that completes verbs and flags in a shell.</summary>
internal static class CompletionVerb
{
    public static readonly Verb Definition =
        new("completion", "bash|zsh|fish", "Print a completion script for a shell", [], RunAsync) { ForOperators = true };

    private static Task<ExitCode> RunAsync(Call call)
    {
        call.Shell.Out.Write(call.Words switch
        {
            ["bash"] => CompletionScript.Bash(call.Shell.Name),
            ["zsh"] => CompletionScript.Zsh(call.Shell.Name),
            ["fish"] => CompletionScript.Fish(call.Shell.Name),
            _ => throw CommandFailedException.Usage("name one shell: bash, zsh or fish"),
        });
        return Task.FromResult(ExitCode.Done);
    }
}
