using System.Text;

namespace Berth.Cli;

/// <summary>
/// The name that the program was called by: a copy or a link called <c>relay</c> behaves as Keygen Relay, and one called <c>pbm</c> has only
/// the verbs of whoever operates a cluster.
/// </summary>
internal static class CommandName
{
    public const string Berth = "berth";
    public const string Relay = "relay";
    public const string Pbm = "pbm";

    private const string CommandLine = "/proc/self/cmdline";

    /// <summary>The runtime resolves links, so that only the kernel knows the name. Started through <c>dotnet</c>, it is <c>berth</c>.</summary>
    public static string Current() => File.Exists(CommandLine) ? Of(File.ReadAllBytes(CommandLine)) : Of(Encoding.UTF8.GetBytes(Environment.ProcessPath ?? Berth));

    /// <summary>The name in a command line whose arguments end in zeros.</summary>
    public static string Of(ReadOnlySpan<byte> commandLine)
    {
        var end = commandLine.IndexOf((byte)0);
        var path = Encoding.UTF8.GetString(end < 0 ? commandLine : commandLine[..end]);
        return Path.GetFileNameWithoutExtension(path) switch
        {
            Relay => Relay,
            Pbm => Pbm,
            _ => Berth,
        };
    }
}
