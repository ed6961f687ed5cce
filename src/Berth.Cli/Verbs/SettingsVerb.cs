using Berth.Cli.Access;
using Berth.Cli.Output;

namespace Berth.Cli.Verbs;

/// <summary>Lists the settings of the member that serves the store.</summary>
internal static class SettingsVerb
{
    public static readonly Verb Definition =
        new("settings", "", "List the settings of the member that serves, and where each came from", [], RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        call.TakeNoWords();
        await using var reach = await Reach.ForReadingAsync(call);
        var listing = await reach.Administration.ListSettingsAsync(call.Shell.Stop).OrFailAsync();
        if (call.Json)
        {
            CliJson.Write(call.Shell, listing, CliJson.Readable.SettingListing);
            return ExitCode.Done;
        }

        var table = new TextTable("setting", "value", "from");
        foreach (var setting in listing.Settings)
        {
            table.Add(setting.Name, setting.Value ?? "-", setting.Source ?? setting.Origin);
        }

        table.Write(call.Shell, call.Plain);
        return ExitCode.Done;
    }
}
