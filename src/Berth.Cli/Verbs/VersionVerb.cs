using System.Reflection;
using Berth.Cli.Output;

namespace Berth.Cli.Verbs;

/// <summary>Prints the version.</summary>
internal static class VersionVerb
{
    public static readonly Verb Definition = new("version", "", "Print the version", [], RunAsync) { ForOperators = true };

    public static string Current { get; } =
        typeof(VersionVerb).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "<not set>";

    private static Task<ExitCode> RunAsync(Call call)
    {
        call.TakeNoWords();
        if (call.Json)
        {
            CliJson.Write(call.Shell, new ProgramVersion(Current), CliJson.Readable.ProgramVersion);
        }
        else
        {
            call.Shell.Out.WriteLine(Current);
        }

        return Task.FromResult(ExitCode.Done);
    }
}
