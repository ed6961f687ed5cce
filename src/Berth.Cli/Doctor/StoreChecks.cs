using Berth.Storage;

namespace Berth.Cli.Doctor;

/// <summary>What is known of a database file.</summary>
internal sealed record StoreProbe
{
    public required string Path { get; init; }

    public required bool Exists { get; init; }

    public required StoreCondition Condition { get; init; }

    /// <summary>Null: not known.</summary>
    public UnixFileMode? Mode { get; init; }

    /// <summary>The number of the file's owner; null: not known.</summary>
    public uint? Owner { get; init; }

    /// <summary>The number of the user that asks.</summary>
    public uint User { get; init; }

    public bool FolderWritable { get; init; }

    /// <summary>The type of the file system; null: not known.</summary>
    public string? FileSystem { get; init; }
}

/// <summary>Checks of the database file.</summary>
internal static class StoreChecks
{
    private const long LongLog = 512L << 20;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly string[] _shared =
        ["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "ceph", "glusterfs", "fuse.glusterfs", "afs", "lustre", "ocfs2", "gfs2"];

    public static IEnumerable<Finding> Of(StoreProbe store)
    {
        yield return Folder(store);
        yield return FileSystem(store);
        if (!store.Exists)
        {
            yield return Finding.Warn(CheckNames.Database, $"there is none at {store.Path}", "`berth serve` or `berth add` makes it; or name another with --database");
            yield break;
        }

        yield return Rights(store);
        if (store.Condition.Refused is { } refused)
        {
            yield return Finding.Fail(CheckNames.Database, refused, "do as it says; if it is lost: berth restore BACKUP --force");
            yield break;
        }

        yield return Finding.Ok(CheckNames.Database, store.Path);
        yield return store.Condition.Flaw is { } flaw
            ? Finding.Fail(CheckNames.Integrity, flaw, "stop the member and restore the newest backup: berth restore BACKUP --force")
            : Finding.Ok(CheckNames.Integrity, "pages, tables and the heads of the chains are whole");
        yield return Size(store);
        yield return store.Condition.Withheld is { } why
            ? Finding.Fail(CheckNames.RestoredCopy, $"restored copy, not confirmed, no seats are given: {why}", "if the original never serves again: berth confirm-restore")
            : Finding.Ok(CheckNames.RestoredCopy, "none: seats are given");
    }

    private static Finding Size(StoreProbe store)
    {
        var text = $"{ByteText.Of(store.Condition.Bytes)}, log {ByteText.Of(store.Condition.LogBytes)}";
        return store.Condition.LogBytes > LongLog
            ? Finding.Warn(CheckNames.DatabaseSize, text, "a program reads the database without a pause, or the disk is full: end it, or free some space")
            : Finding.Ok(CheckNames.DatabaseSize, text);
    }

    private static Finding Rights(StoreProbe store)
    {
        if (store is { Owner: { } owner } && owner != store.User && store.User != 0)
        {
            return Finding.Fail(CheckNames.DatabaseRights, $"the file belongs to user {owner}, and you are {store.User}", "run as the user that serves it");
        }

        return store.Mode is { } mode && (mode & ~Private) != UnixFileMode.None
            ? Finding.Warn(CheckNames.DatabaseRights, $"others may use the file (mode {Octal(mode)}), and license keys are in it", $"chmod 600 {store.Path}")
            : Finding.Ok(CheckNames.DatabaseRights, "for its owner alone");
    }

    private static Finding Folder(StoreProbe store) => store.FolderWritable
        ? Finding.Ok(CheckNames.Folder, "can be written")
        : Finding.Fail(
            CheckNames.Folder, $"{Path.GetDirectoryName(store.Path)} is missing or cannot be written", "make it, owned by the user that serves, mode 700");

    private static Finding FileSystem(StoreProbe store) => store.FileSystem switch
    {
        null => Finding.Ok(CheckNames.FileSystem, "not known"),
        var type when _shared.Contains(type) => Finding.Fail(
            CheckNames.FileSystem, $"{type} is shared between machines: its locks do not keep two members apart", "put the database on a local disk"),
        "tmpfs" or "ramfs" => Finding.Warn(CheckNames.FileSystem, "the database is in memory and gone when the machine stops", "put it on a disk"),
        var type => Finding.Ok(CheckNames.FileSystem, type),
    };

    public static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8).PadLeft(4, '0');
}
