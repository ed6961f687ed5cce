using System.Text;
using Berth.Cli.Flags;
using Berth.Cli.Verbs;

namespace Berth.Cli.Output;

/// <summary>Scripts that complete verbs and flags, made from the table of verbs.</summary>
internal static class CompletionScript
{
    public static string Bash(string program)
    {
        var text = new StringBuilder($"_{program}() {{\n  local words=\"${{COMP_WORDS[*]:1:COMP_CWORD-1}}\" current=\"${{COMP_WORDS[COMP_CWORD]}}\"\n  case \"$words\" in\n");
        foreach (var verb in VerbTable.Of(program).OrderByDescending(verb => verb.Name.Length))
        {
            text.Append($"    \"{verb.Name}\"*) COMPREPLY=($(compgen -f -W \"{Names(verb)}\" -- \"$current\")) ;;\n");
        }

        foreach (var family in Families(program))
        {
            text.Append($"    \"{family.Key}\"*) COMPREPLY=($(compgen -W \"{string.Join(' ', family)}\" -- \"$current\")) ;;\n");
        }

        return text.Append($"    *) COMPREPLY=($(compgen -W \"{string.Join(' ', FirstWords(program))}\" -- \"$current\")) ;;\n  esac\n}}\ncomplete -F _{program} {program}\n").ToString();
    }

    public static string Zsh(string program) =>
        $"#compdef {program}\nautoload -U +X bashcompinit && bashcompinit\n" + Bash(program);

    public static string Fish(string program)
    {
        var text = new StringBuilder();
        foreach (var verb in VerbTable.Of(program))
        {
            var words = verb.Name.Split(' ');
            var before = words.Length == 1 ? "__fish_use_subcommand" : $"__fish_seen_subcommand_from {words[0]}";
            if (words.Length > 1)
            {
                text.Append($"complete -c {program} -n __fish_use_subcommand -f -a {words[0]}\n");
            }

            text.Append($"complete -c {program} -n '{before}' -f -a {words[^1]} -d '{verb.Help.Replace("'", "\\'", StringComparison.Ordinal)}'\n");
            foreach (var flag in verb.Flags)
            {
                text.Append($"complete -c {program} -n '__fish_seen_subcommand_from {words[^1]}' -l {flag.Name}{(flag.IsBare ? "" : " -r")} -d '{Escaped(flag)}'\n");
            }
        }

        foreach (var flag in GlobalFlags.All)
        {
            text.Append($"complete -c {program} -l {flag.Name}{(flag.IsBare ? "" : " -r")} -d '{Escaped(flag)}'\n");
        }

        return text.ToString();
    }

    private static string Escaped(Flag flag) => flag.Help.Replace("'", "\\'", StringComparison.Ordinal);

    private static string Names(Verb verb) => string.Join(' ', verb.AllFlags.Select(flag => "--" + flag.Name));

    private static IEnumerable<string> FirstWords(string program) => VerbTable.Of(program).Select(verb => verb.Name.Split(' ')[0]).Distinct();

    private static IEnumerable<IGrouping<string, string>> Families(string program) =>
        VerbTable.Of(program).Select(verb => verb.Name.Split(' ')).Where(words => words.Length > 1).GroupBy(words => words[0], words => words[1]);
}
