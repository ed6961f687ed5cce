using Berth.Pools;

namespace Berth.Cli.Flags;

/// <summary>Where a value came from, the strongest first.</summary>
internal enum Origin
{
    Flag,
    BerthVariable,
    RelayVariable,
    File,
}

/// <summary>What was set, by one rule for all: flag, BERTH_ variable, RELAY_ variable, configuration file; then the default of whoever asks.</summary>
internal sealed class Settings(CommandLine line, Shell shell, ConfigFile file)
{
    private const int MaxSecretBytes = 4096;

    /// <summary>Where the flag was set; null: nowhere.</summary>
    public Origin? Find(Flag flag) => Resolve(flag)?.Origin;

    /// <summary>What set the flag: the flag itself, the variable, or the file; null: nothing.</summary>
    public string? Source(Flag flag) => Resolve(flag)?.Source;

    public string? Text(Flag flag) => Resolve(flag)?.Texts[^1];

    public IReadOnlyList<string> List(Flag flag)
    {
        var values = new List<string>();
        foreach (var text in Resolve(flag)?.Texts ?? [])
        {
            GoText.TrySplit(text, values);
        }

        return values;
    }

    public bool? Switch(Flag flag) => Text(flag) is { } text ? GoText.Bool(text) : null;

    public int? Number(Flag flag) => Text(flag) is { } text ? FlagValue.Number(text) : null;

    public Strategy? Strategy(Flag flag) => Text(flag) is { } text ? FlagValue.Strategy(text) : null;

    public TimeSpan? Duration(Flag flag) => Text(flag) is { } text && GoDuration.TryParse(text, out var duration) is null ? duration : null;

    private Found? Resolve(Flag flag)
    {
        if (line.Given(flag) is { } given)
        {
            return new Found(Origin.Flag, "--" + flag.Name, given);
        }

        if (flag.BerthVariable is { } name && Variable(name, flag) is { Name: var variable, Text: var text })
        {
            return FlagValue.Flaw(flag.Kind, text) is { } flaw
                ? throw CommandFailedException.Usage($"invalid value of {variable}: {flaw}")
                : new Found(Origin.BerthVariable, variable, [text]);
        }

        if (RelayVariable(flag) is { } relay)
        {
            return relay;
        }

        return file.Get(flag) is { } texts ? new Found(Origin.File, file.Path, texts) : null;
    }

    private Found? RelayVariable(Flag flag)
    {
        foreach (var name in shell.IsRelay ? flag.RelayVariables.Concat(flag.BareVariables) : flag.RelayVariables)
        {
            if (Variable(name, flag) is not { Name: var variable, Text: var text })
            {
                continue;
            }

            // A strategy that Relay took without a look made every claim fail; everything else that is odd it ignored.
            if (flag.Kind == FlagKind.Strategy && FlagValue.Flaw(flag.Kind, text) is { } flaw)
            {
                throw CommandFailedException.Usage($"invalid value {GoText.Quote(text)} of {name}: {flaw}");
            }

            if (FlagValue.RelayTakes(flag.Kind, text))
            {
                return new Found(Origin.RelayVariable, variable, [text]);
            }
        }

        return null;
    }

    /// <summary>The variable, or, for a secret, the first line of the file that its twin names.</summary>
    private SetVariable? Variable(string name, Flag flag)
    {
        if (shell.Environment(name) is { Length: > 0 } text)
        {
            return new SetVariable(name, text);
        }

        return flag.Secret && shell.Environment(name + "_FILE") is { Length: > 0 } path
            ? new SetVariable(name + "_FILE", Secret(path, name + "_FILE"))
            : null;
    }

    /// <summary>A secret in a file, without the line end. Fails with a usage error that does not show it.</summary>
    public static string Secret(string path, string origin)
    {
        try
        {
            using var secret = File.OpenRead(path);
            var buffer = new byte[MaxSecretBytes + 1];
            var length = secret.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return length > MaxSecretBytes
                ? throw CommandFailedException.Usage($"{origin}: {path} has more than {MaxSecretBytes} bytes")
                : System.Text.Encoding.UTF8.GetString(buffer, 0, length).TrimEnd('\r', '\n');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CommandFailedException.Usage($"{origin}: {error.Message}");
        }
    }

    private sealed record Found(Origin Origin, string Source, IReadOnlyList<string> Texts);

    private sealed record SetVariable(string Name, string Text);
}
