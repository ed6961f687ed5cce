using Berth.Cli.Access;
using Berth.Cli.Flags;
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
                var license = await reach.Administration.RemoveLicenseAsync(id, call.Shell.Stop).OrFailAsync();
                removed.Add(license);
                if (!call.Json)
                {
                    call.Shell.Say($"license deleted successfully: {id}");
                    await SayHeldAsync(call, reach.Administration, license);
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

    private static async Task SayHeldAsync(Call call, IAdministration administration, RemovedLicense license)
    {
        if (license.Held == 0 || call.Shell.IsRelay)
        {
            return;
        }

        // The license is out, whether or not its pool can still be asked.
        var policy = (await administration.FindPoolAsync(license.Pool, call.Shell.Stop)) is { IsGood: true } answer ? answer.Value.Policy : PolicyParts.None;
        var end = policy is { Heartbeats: not false, TtlMs: { } ms }
            ? $"released, moved to another license by a heartbeat, or silent for {GoDuration.Format(TimeSpan.FromMilliseconds(ms))}"
            : "released";
        call.Shell.Out.WriteLine($"seats of it that are still held: {license.Held}; each stays with its holder until it is {end}, and nobody else gets it");
    }
}
