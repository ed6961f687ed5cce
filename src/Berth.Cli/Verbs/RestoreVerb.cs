using Berth.Cli.Access;
using Berth.Cli.Output;
using Berth.Storage;

namespace Berth.Cli.Verbs;

/// <summary>Puts a backup in the place of a database that nobody serves.</summary>
internal static class RestoreVerb
{
    public static readonly Verb Definition =
        new("restore", "FILE", "Put a backup in the place of the database; it gives no seats until you confirm", [BackupVerb.Force], RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        RemoteMember.RefuseFor(call, "restore");
        var file = BackupVerb.OnlyFile(call, "backup file");
        var uri = StoreChoice.FileOf(call, "restore", "a store that members share is restored with the database's own tools: end all members, restore it with pg_restore, and start them again");
        if (!File.Exists(file))
        {
            throw new CommandFailedException($"there is no backup {file}", ExitCode.NotFound, atStart: true);
        }

        var now = call.Shell.Time.GetUtcNow();
        var mark = new WithheldGrants($"a copy from {Path.GetFullPath(file)}, put into service {LicenseTable.Time(now)}", now);
        var restored = await RestoreAsync(call, file, uri, mark);
        if (call.Json)
        {
            var done = new RestoredDatabase(uri.Path, restored.Facts.Pools, restored.Facts.Licenses, restored.KeptAside, restored.Withheld.Why);
            CliJson.Write(call.Shell, done, CliJson.Readable.RestoredDatabase);
            return ExitCode.Done;
        }

        call.Shell.Say($"restored: {uri.Path}");
        call.Shell.Out.WriteLine($"  {restored.Facts.Pools} pools, {restored.Facts.Licenses} licenses: {restored.Withheld.Why}");
        if (restored.KeptAside is { } aside)
        {
            call.Shell.Out.WriteLine($"  the database before is kept as {aside}");
        }

        call.Shell.Out.WriteLine("  it gives no seats yet: start the member, then run `berth confirm-restore`");
        return ExitCode.Done;
    }

    private static async Task<RestoredStore> RestoreAsync(Call call, string file, StorageUri uri, WithheldGrants mark)
    {
        try
        {
            var options = new StoreOptions { Time = call.Shell.Time };
            return await StoreBackup.RestoreAsync(file, uri, call.Settings.Switch(BackupVerb.Force) == true, mark, options, call.Shell.Stop);
        }
        catch (StoreHeldException held)
        {
            throw new CommandFailedException($"{held.Message}: end it first", ExitCode.Conflict, atStart: true);
        }
        catch (FileTakenException error)
        {
            throw new CommandFailedException(error.Message, ExitCode.Conflict, atStart: true);
        }
    }
}
