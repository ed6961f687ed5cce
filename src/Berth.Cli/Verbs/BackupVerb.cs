using Berth.Cli.Access;
using Berth.Cli.Flags;
using Berth.Cli.Output;
using Berth.Pools;
using Berth.Runtime.Pools;
using Berth.Server.Management;
using Berth.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Cli.Verbs;

/// <summary>Writes a copy of a database, which may be served meanwhile.</summary>
internal static class BackupVerb
{
    public static readonly Flag Force = new("force", FlagKind.Switch, "replace what is there already");

    public static readonly Verb Definition =
        new("backup", "FILE", "Write a consistent copy of the database, also while it is served", [Force], RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        RemoteMember.RefuseFor(call, "backup");
        var file = OnlyFile(call, "backup file");
        var uri = StoreChoice.FileOf(call, "backup", "a store that members share is backed up with the database's own tools, pg_dump or pg_basebackup");
        if (!File.Exists(uri.Path))
        {
            throw new CommandFailedException($"there is no database {uri.Path}", ExitCode.NotFound, atStart: true);
        }

        var now = call.Shell.Time.GetUtcNow();
        var mark = new WithheldGrants($"a backup of {uri.Path}, made {LicenseTable.Time(now)} by Berth {VersionVerb.Current}", now);
        var facts = Taken(() => StoreBackup.Write(uri, file, call.Settings.Switch(Force) == true, mark, call.Shell.Stop));
        var claims = await ClaimsAsync(StorageUri.OfFile(file), call);
        var written = new WrittenBackup(Path.GetFullPath(file), facts.Bytes, facts.Pools, facts.Licenses, claims, facts.Events);
        if (call.Json)
        {
            CliJson.Write(call.Shell, written, CliJson.Readable.WrittenBackup);
            return ExitCode.Done;
        }

        call.Shell.Say($"backup written: {written.File}");
        call.Shell.Out.WriteLine($"  {written.Bytes} bytes, {written.Pools} pools, {written.Licenses} licenses, {written.Claims} claims, checked");
        call.Shell.Out.WriteLine($"  not in it: {uri.Path}.key, secrets, the configuration file");
        return ExitCode.Done;
    }

    /// <summary>The one file that a verb is about.</summary>
    public static string OnlyFile(Call call, string what) => call.Words switch
    {
        [var file] => file,
        [] => throw CommandFailedException.Usage($"{what} is missing"),
        _ => throw CommandFailedException.Usage($"one {what}, not several"),
    };

    /// <summary>Does something that may meet a file that is there already.</summary>
    public static T Taken<T>(Func<T> act)
    {
        try
        {
            return act();
        }
        catch (FileTakenException error)
        {
            throw new CommandFailedException(error.Message, ExitCode.Conflict, atStart: true);
        }
    }

    /// <summary>How many claims stand in a copy, told by its own pools: so each of them is known to open.</summary>
    private static async Task<long> ClaimsAsync(StorageUri copy, Call call)
    {
        await using var store = await Store.OpenAsync(copy, StoreUse.Read, new StoreOptions { Time = call.Shell.Time });
        using var pools = new PoolHost(
            new ReadingJournal(store.Journal), store.Epoch, call.Shell.Time, new PoolHostOptions(), NullLogger.Instance);
        await pools.StartAsync();
        var claims = 0L;
        foreach (var name in pools.Names)
        {
            claims += await pools.SendAsync(name, new AskSummary(), default) is PoolSummary summary
                ? summary.Held
                : throw new StoreException($"pool {name} in {copy.Path} cannot be opened: the database is damaged");
        }

        await pools.StopAsync();
        return claims;
    }
}
