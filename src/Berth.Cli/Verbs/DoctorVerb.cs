using Berth.Cli.Access;
using Berth.Cli.Doctor;
using Berth.Cli.Output;

namespace Berth.Cli.Verbs;

/// <summary>Examines the store, a running member and the machine, with the settings that <c>serve</c> would have.</summary>
internal static class DoctorVerb
{
    public static readonly Verb Definition =
        new("doctor", "", "Check the store, the member and the machine; takes the flags of serve", ServeFlags.All, RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        call.TakeNoWords();
        RemoteMember.RefuseFor(call, "doctor");
        var findings = await Examination.RunAsync(call);
        if (call.Json)
        {
            CliJson.Write(call.Shell, findings, CliJson.Readable.IReadOnlyListFinding);
        }
        else
        {
            foreach (var finding in findings)
            {
                call.Shell.Out.WriteLine(finding.ToString());
            }
        }

        return findings.Any(finding => finding.Grade == Grade.Fail) ? ExitCode.Failed : ExitCode.Done;
    }
}
