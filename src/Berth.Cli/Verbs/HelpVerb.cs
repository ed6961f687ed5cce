using Berth.Cli.Output;

namespace Berth.Cli.Verbs;

/// <summary>Explains the program or one of its verbs.</summary>
internal static class HelpVerb
{
    public static readonly Verb Definition = new("help", "[VERB]", "Explain a verb", [], RunAsync) { ForOperators = true };

    private static Task<ExitCode> RunAsync(Call call)
    {
        var name = string.Join(' ', call.Words);
        var verbs = VerbTable.Of(call.Shell.Name).Where(verb => verb.Name == name || verb.Name.StartsWith(name + " ", StringComparison.Ordinal)).ToList();
        call.Shell.Out.Write(
            name.Length == 0 ? HelpText.Root(call.Shell.Name)
            : verbs.FirstOrDefault(verb => verb.Name == name) is { } verb ? HelpText.Of(call.Shell.Name, verb)
            : verbs.Count > 0 ? HelpText.Family(call.Shell.Name, name, verbs)
            : throw CommandFailedException.Usage($"unknown help topic: {name}"));
        return Task.FromResult(ExitCode.Done);
    }
}
