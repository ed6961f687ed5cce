using Berth.Cli.Output;

namespace Berth.Cli.Verbs;

/// <summary>Explains the program or one of its verbs.</summary>
internal static class HelpVerb
{
    public static readonly Verb Definition = new("help", "[VERB]", "Explain a verb", [], RunAsync);

    private static Task<ExitCode> RunAsync(Call call)
    {
        var name = string.Join(' ', call.Words);
        var verbs = VerbTable.All.Where(verb => verb.Name == name || verb.Name.StartsWith(name + " ", StringComparison.Ordinal)).ToList();
        call.Shell.Out.Write(
            name.Length == 0 ? HelpText.Root(call.Shell.Name)
            : verbs.Count > 0 ? string.Join('\n', verbs.Select(verb => HelpText.Of(call.Shell.Name, verb)))
            : throw CommandFailedException.Usage($"unknown help topic: {name}"));
        return Task.FromResult(ExitCode.Done);
    }
}
