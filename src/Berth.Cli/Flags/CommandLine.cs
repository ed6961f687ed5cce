namespace Berth.Cli.Flags;

/// <summary>The flags and words of a command line, read as Go's pflag reads them.</summary>
internal sealed class CommandLine
{
    private readonly Dictionary<string, List<string>> _given = new(StringComparer.Ordinal);
    private readonly List<string> _words = [];

    private CommandLine()
    {
    }

    /// <summary>What is no flag.</summary>
    public IReadOnlyList<string> Words => _words;

    /// <summary>The texts given for a flag, or null.</summary>
    public IReadOnlyList<string>? Given(Flag flag) => _given.GetValueOrDefault(flag.Name);

    /// <summary>Reads arguments after the verb's own words. Fails with a usage error.</summary>
    public static CommandLine Parse(IReadOnlyList<string> arguments, IReadOnlyList<Flag> flags)
    {
        var line = new CommandLine();
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (argument == "--")
            {
                line._words.AddRange(arguments.Skip(i + 1));
                break;
            }

            if (argument.StartsWith("--", StringComparison.Ordinal))
            {
                line.TakeLong(argument, arguments, ref i, flags);
            }
            else if (argument.Length > 1 && argument[0] == '-')
            {
                line.TakeShorts(argument, arguments, ref i, flags);
            }
            else
            {
                line._words.Add(argument);
            }
        }

        return line;
    }

    private void TakeLong(string argument, IReadOnlyList<string> arguments, ref int i, IReadOnlyList<Flag> flags)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? argument[2..] : argument[2..equals];
        var flag = flags.FirstOrDefault(flag => string.Equals(flag.Name, name, StringComparison.Ordinal))
            ?? throw CommandFailedException.Usage($"unknown flag: --{name}");
        if (equals >= 0)
        {
            Take(flag, argument[(equals + 1)..]);
        }
        else if (flag.IsBare)
        {
            Take(flag, flag.Kind == FlagKind.Switch ? "true" : "+1");
        }
        else
        {
            Take(flag, ++i < arguments.Count ? arguments[i] : throw CommandFailedException.Usage($"flag needs an argument: --{name}"));
        }
    }

    private void TakeShorts(string argument, IReadOnlyList<string> arguments, ref int i, IReadOnlyList<Flag> flags)
    {
        for (var at = 1; at < argument.Length; at++)
        {
            var letter = argument[at];
            var flag = flags.FirstOrDefault(flag => flag.Short == letter)
                ?? throw CommandFailedException.Usage($"unknown shorthand flag: '{letter}' in -{argument[at..]}");
            if (at + 1 < argument.Length && argument[at + 1] == '=')
            {
                Take(flag, argument[(at + 2)..]);
                return;
            }

            if (flag.IsBare)
            {
                Take(flag, flag.Kind == FlagKind.Switch ? "true" : "+1");
                continue;
            }

            if (at + 1 < argument.Length)
            {
                Take(flag, argument[(at + 1)..]);
                return;
            }

            Take(flag, ++i < arguments.Count
                ? arguments[i]
                : throw CommandFailedException.Usage($"flag needs an argument: '{letter}' in -{argument[at..]}"));
        }
    }

    private void Take(Flag flag, string text)
    {
        if (!_given.TryGetValue(flag.Name, out var texts))
        {
            _given[flag.Name] = texts = [];
        }

        if (flag.Kind == FlagKind.Count)
        {
            var before = texts.Count == 0 ? 0 : FlagValue.Number(texts[0]) ?? 0;
            texts.Clear();
            texts.Add(text == "+1" ? $"{before + 1}" : text);
        }
        else
        {
            if (flag.Kind != FlagKind.List)
            {
                texts.Clear();
            }

            texts.Add(text);
        }

        if (FlagValue.Flaw(flag.Kind, text) is { } flaw)
        {
            throw CommandFailedException.Usage($"invalid argument {GoText.Quote(flag.Secret ? "…" : text)} for {GoText.Quote(flag.Shown)} flag: {flaw}");
        }
    }
}
