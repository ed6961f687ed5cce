using Berth.Cli.Access;
using Berth.Cli.Output;
using Berth.Protocol;

namespace Berth.Cli.Verbs;

/// <summary>Shows one license.</summary>
internal static class StatVerb
{
    public static readonly Verb Definition = new("stat", "[ID]", "Show one license", [VerbFlags.License], RunAsync)
    {
        RelayRequires = [VerbFlags.License],
    };

    private static async Task<ExitCode> RunAsync(Call call)
    {
        var id = call.Only(VerbFlags.License, "license id");
        await using var reach = await Reach.ForReadingAsync(call);
        var answer = await reach.Administration.FindLicenseAsync(id, call.Shell.Stop);
        if (!answer.IsGood)
        {
            throw answer.Problem.Code == ProblemCodes.LicenseNotFound
                ? new CommandFailedException($"license {id}: license not found", ExitCode.NotFound)
                : Answers.Failure(answer.Problem);
        }

        if (call.Json)
        {
            CliJson.Write(call.Shell, answer.Value, CliJson.Readable.LicenseEntry);
        }
        else
        {
            LicenseTable.Of([answer.Value]).Write(call.Shell, call.Plain);
        }

        return ExitCode.Done;
    }
}
