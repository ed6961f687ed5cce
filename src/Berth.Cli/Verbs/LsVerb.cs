using Berth.Cli.Access;
using Berth.Cli.Output;

namespace Berth.Cli.Verbs;

/// <summary>Lists licenses.</summary>
internal static class LsVerb
{
    public static readonly Verb Definition = new("ls", "", "List the licenses of a pool, or of all", [VerbFlags.Pool], RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        call.TakeNoWords();
        await using var reach = await Reach.ForReadingAsync(call);
        var licenses = await reach.Administration.AllLicensesAsync(call.Settings.Text(VerbFlags.Pool), call.Shell.Stop);
        if (call.Json)
        {
            CliJson.Write(call.Shell, licenses, CliJson.Readable.IReadOnlyListLicenseEntry);
        }
        else if (licenses.Count == 0)
        {
            call.Shell.Out.WriteLine("license pool is empty");
        }
        else
        {
            LicenseTable.Of(licenses).Write(call.Shell, call.Plain);
        }

        return ExitCode.Done;
    }
}
