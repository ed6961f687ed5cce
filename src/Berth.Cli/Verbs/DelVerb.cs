using Berth.Cli.Access;
using Berth.Cli.Output;
using Berth.Protocol;

namespace Berth.Cli.Verbs;

/// <summary>Takes licenses out. Their holders keep what they were told.</summary>
internal static class DelVerb
{
    public static readonly Verb Definition = new("del", "[ID]...", "Remove licenses", [VerbFlags.License], RunAsync)
    {
        RelayRequires = [VerbFlags.License],
    };

    private static async Task<ExitCode> RunAsync(Call call)
    {
        var ids = call.Settings.List(VerbFlags.License).Concat(call.Shell.IsRelay ? [] : call.Words).ToList();
        if (ids.Count == 0)
        {
            throw CommandFailedException.Usage("name the id of a license");
        }

        var removed = new List<RemovedLicense>();
        try
        {
            await using var reach = await Reach.ForWritingAsync(call);
            foreach (var id in ids)
            {
                removed.Add(await reach.Administration.RemoveLicenseAsync(id, call.Shell.Stop).OrFailAsync());
                if (!call.Json)
                {
                    call.Shell.Say($"license deleted successfully: {id}");
                }
            }
        }
        finally
        {
            if (call.Json)
            {
                CliJson.Write(call.Shell, removed, CliJson.Readable.IReadOnlyListRemovedLicense);
            }
        }

        return ExitCode.Done;
    }
}
