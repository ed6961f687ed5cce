using Berth.Cli;
using Berth.Cli.Flags;
using Berth.Cli.Verbs;
using Berth.Server;

namespace Berth.Deploy.Tests.Product;

/// <summary>Reads command lines and variables exactly as the program does, without starting anything.</summary>
internal static class ServeArguments
{
    /// <summary>Variables that are read though no flag has them as its twin.</summary>
    private static readonly string[] _others = [ClusterFlags.SecretVariable, "BERTH_TOKEN"];

    /// <summary>Every variable that the program looks at.</summary>
    public static IReadOnlySet<string> Variables { get; } = VerbTable.All.SelectMany(verb => verb.AllFlags)
        .SelectMany(flag => flag.BerthVariable is not { } name ? [] : flag.Secret ? new[] { name, name + "_FILE" } : [name])
        .Concat(_others)
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>The verb that a command line names, with flags that exist. Fails with the program's usage error.</summary>
    public static string VerbOf(IReadOnlyList<string> arguments)
    {
        var (verb, rest) = VerbTable.Find(arguments, CommandName.Berth);
        CommandLine.Parse(rest, verb.ShouldNotBeNull().AllFlags);
        return verb.Name;
    }

    /// <summary>What <c>berth serve …</c> would start a member with. Fails with the program's usage error.</summary>
    public static MemberOptions Read(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var shell = new Shell
        {
            Name = CommandName.Berth,
            Out = TextWriter.Null,
            Error = TextWriter.Null,
            Environment = environment.GetValueOrDefault,
        };
        var (verb, rest) = VerbTable.Find(arguments, CommandName.Berth);
        verb.ShouldNotBeNull().Name.ShouldBe("serve");
        var line = CommandLine.Parse(rest, verb.AllFlags);
        var call = new Call(shell, new Settings(line, shell, ConfigFile.None), line.Words);
        call.TakeNoWords();
        return ServeSettings.Read(call);
    }

    /// <summary>Variables that look like the program's and are not.</summary>
    public static IEnumerable<string> Unknown(IEnumerable<string> names) =>
        names.Where(name => name.StartsWith("BERTH_", StringComparison.Ordinal) && !Variables.Contains(name));
}
