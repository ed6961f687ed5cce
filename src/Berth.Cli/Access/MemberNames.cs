using Berth.Cli.Verbs;

namespace Berth.Cli.Access;

/// <summary>What a member is called: short and plain enough to stand in a header, in the name of a file and in a command.</summary>
internal static class MemberNames
{
    private const int MaxLength = 48;

    /// <summary>The name that was given, or the host's. Fails with a usage error.</summary>
    public static string Of(Call call) => call.Settings.Text(ClusterFlags.Member) switch
    {
        null when IsOne(Environment.MachineName) => Environment.MachineName,
        null => throw CommandFailedException.Usage($"this host's name \"{Environment.MachineName}\" cannot be a member's: give --member-name"),
        { } name when IsOne(name) => name,
        var name => throw CommandFailedException.Usage(
            $"invalid argument {Flags.GoText.Quote(name)} for \"--member-name\" flag: 1 to {MaxLength} letters, digits or . _ -, a letter or digit first"),
    };

    private static bool IsOne(string name) => name.Length is >= 1 and <= MaxLength
        && char.IsAsciiLetterOrDigit(name[0])
        && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-');
}
