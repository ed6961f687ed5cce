using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Berth.Cli.Flags;

/// <summary>A configuration file in YAML: one mapping, whose keys are names of flags. An unknown key is an error, as a typing slip would otherwise pass.</summary>
internal sealed class ConfigFile
{
    public static readonly ConfigFile None = new(string.Empty, []);

    private const int MaxBytes = 256 * 1024;

    private readonly Dictionary<string, IReadOnlyList<string>> _values;

    private ConfigFile(string path, Dictionary<string, IReadOnlyList<string>> values)
    {
        Path = path;
        _values = values;
    }

    public string Path { get; }

    /// <summary>The texts for a flag, or null.</summary>
    public IReadOnlyList<string>? Get(Flag flag) => _values.GetValueOrDefault(flag.Name);

    /// <summary>Reads a file whose keys may be any of <paramref name="flags"/>. Fails with a usage error.</summary>
    public static ConfigFile Read(string path, IReadOnlyList<Flag> flags)
    {
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
            {
                throw CommandFailedException.Usage($"{path} has more than {MaxBytes} bytes");
            }

            using var reader = new StreamReader(path);
            var yaml = new YamlStream();
            yaml.Load(reader);
            var values = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
            var root = yaml.Documents.Count == 0 ? null : yaml.Documents[0].RootNode;
            IEnumerable<KeyValuePair<YamlNode, YamlNode>> entries = root switch
            {
                null or YamlScalarNode { Value: null or "" } => [],
                YamlMappingNode mapping => mapping.Children,
                _ => throw CommandFailedException.Usage($"{path}: write one mapping of flag names to values"),
            };
            foreach (var (key, value) in entries)
            {
                var flag = flags.FirstOrDefault(flag => flag.InFile && string.Equals(flag.Name, Text(key), StringComparison.Ordinal))
                    ?? throw CommandFailedException.Usage($"{path}:{key.Start.Line}: unknown key {GoText.Quote(Text(key))}");
                values[flag.Name] = Values(path, flag, value);
            }

            return new ConfigFile(path, values);
        }
        catch (YamlException error)
        {
            throw CommandFailedException.Usage($"{path}:{error.Start.Line}: {error.InnerException?.Message ?? error.Message}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CommandFailedException.Usage($"--config: {error.Message}");
        }
    }

    private static List<string> Values(string path, Flag flag, YamlNode value)
    {
        List<string> texts = value is YamlSequenceNode items && flag.Kind == FlagKind.List
            ? [.. items.Children.Select(Text)]
            : value is YamlScalarNode ? [Text(value)] : throw CommandFailedException.Usage($"{path}:{value.Start.Line}: {flag.Name} takes one value");
        foreach (var text in texts)
        {
            if (FlagValue.Flaw(flag.Kind, text) is { } flaw)
            {
                throw CommandFailedException.Usage($"{path}:{value.Start.Line}: invalid value of {flag.Name}: {flaw}");
            }
        }

        return texts;
    }

    private static string Text(YamlNode node) => (node as YamlScalarNode)?.Value ?? string.Empty;
}
