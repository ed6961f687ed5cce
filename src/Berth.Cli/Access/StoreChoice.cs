using Berth.Cli.Flags;
using Berth.Cli.Verbs;
using Berth.Storage;

namespace Berth.Cli.Access;

/// <summary>Which store a verb is about.</summary>
internal static class StoreChoice
{
    private const string RelayFile = "./relay.sqlite";

    /// <summary>Whatever was named more strongly, <c>--store</c> or <c>--database</c>; otherwise the default of the program's name.</summary>
    public static StorageUri Of(Call call)
    {
        var uri = Named(call);
        if (!uri.IsShared)
        {
            return uri;
        }

        if (call.Shell.IsRelay)
        {
            throw CommandFailedException.Usage("called relay, the store is a file: call the program berth for a store that members share");
        }

        if (call.Settings.Text(GlobalFlags.StorePasswordFile) is not { Length: > 0 } file)
        {
            return uri;
        }

        // What cannot be read now is said as a mistake of this call; later it is a store that cannot be reached.
        _ = Settings.Secret(file, "--store-password-file");
        return uri.WithPasswordFile(Path.GetFullPath(file));
    }

    /// <summary>A store that is a file, for a verb that works on the file itself. Fails with a usage error that says what to do instead.</summary>
    public static StorageUri FileOf(Call call, string verb, string instead) =>
        Of(call) is { IsShared: false } file ? file
        : throw CommandFailedException.Usage($"{verb} works on a database file: {instead}");

    private static StorageUri Named(Call call)
    {
        var store = call.Settings.Find(GlobalFlags.Store);
        var database = call.Settings.Find(GlobalFlags.Database);
        if (store is not null && store == database)
        {
            throw CommandFailedException.Usage("either --store or --database, not both");
        }

        if (store is not null && (database is null || store < database))
        {
            return StorageUri.Parse(call.Settings.Text(GlobalFlags.Store)!);
        }

        return database is not null ? StorageUri.OfFile(call.Settings.Text(GlobalFlags.Database)!)
            : call.Shell.IsRelay ? StorageUri.OfFile(RelayFile)
            : StorageUri.Parse(StorageUri.Default);
    }
}
