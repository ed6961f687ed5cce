using System.Text;
using Berth.Cli.Flags;
using Berth.Cli.Verbs;

namespace Berth.Cli.Output;

/// <summary>What <c>--help</c> prints.</summary>
internal static class HelpText
{
    private const string Codes =
        "0 done, 1 failed, 2 usage, 3 not found, 4 refused or no seat free, 5 unreachable, 6 expired, 7 conflict";

    public static string Root(string program)
    {
        var text = new StringBuilder($"{program}: a floating-license server for networks without internet\n\nUsage:\n  {program} VERB [flags]\n\nVerbs:\n");
        foreach (var verb in VerbTable.All)
        {
            text.Append($"  {verb.Name,-24} {verb.Help}\n");
        }

        Append(text.Append("\nFlags of every verb:\n"), GlobalFlags.All);
        return Footer(text, program).Append($"\n'{program} VERB --help' explains a verb.\n").ToString();
    }

    /// <summary>The verbs that begin with one word, a line each.</summary>
    public static string Family(string program, string word, IReadOnlyList<Verb> verbs)
    {
        var text = new StringBuilder($"Usage:\n  {program} {word} VERB [flags]\n\nVerbs:\n");
        foreach (var verb in verbs)
        {
            text.Append($"  {verb.Name,-24} {verb.Help}\n");
        }

        return text.Append($"\n'{program} {word} VERB --help' explains one of them.\n").ToString();
    }

    public static string Of(string program, Verb verb)
    {
        var usage = string.Join(' ', new[] { program, verb.Name, verb.Arguments, "[flags]" }.Where(word => word.Length > 0));
        var text = new StringBuilder($"{verb.Help}\n\nUsage:\n  {usage}\n");
        if (verb.Flags.Count > 0)
        {
            Append(text.Append("\nFlags:\n"), verb.Flags);
        }

        Append(text.Append("\nFlags of every verb:\n"), GlobalFlags.All);
        return Footer(text, program).ToString();
    }

    private static void Append(StringBuilder text, IReadOnlyList<Flag> flags)
    {
        foreach (var flag in flags)
        {
            var letter = flag.Short is { } one ? $"-{one}, " : "    ";
            var value = flag.IsBare ? string.Empty : flag.Kind switch
            {
                FlagKind.Duration => " DURATION",
                FlagKind.Number => " N",
                FlagKind.List => " LIST",
                _ => " TEXT",
            };
            text.Append($"  {letter}--{flag.Name + value,-26} {flag.Help}{Variables(flag)}\n");
        }
    }

    private static string Variables(Flag flag)
    {
        IEnumerable<string?> names = [flag.BerthVariable, .. flag.RelayVariables];
        var list = string.Join(", ", names.OfType<string>().Select(name => flag.Secret ? $"{name}, {name}_FILE" : name));
        return list.Length == 0 ? string.Empty : $" [{list}]";
    }

    private static StringBuilder Footer(StringBuilder text, string program) => text.Append(
        program == CommandName.Relay
            ? "\nExit codes: 0 done, and after 'error: ...' too; 1 after 'Error: ...', before anything was done.\n"
            : $"\nExit codes: {Codes}.\n");
}
