using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Berth.Storage.Sqlite;

/// <summary>
/// Opens a file for reading without touching its flock. <see cref="FileStream"/> asks for a shared one whenever it reads, which
/// a held lock refuses, and which would get into the way of whoever takes the lock next.
/// </summary>
internal static partial class UnlockedFile
{
    private const int CloseOnExec = 0x80000;

    /// <summary>The file, or null when it cannot be opened.</summary>
    public static FileStream? TryOpen(string path)
    {
        var handle = TryOpenHandle(path);
        if (handle.IsInvalid)
        {
            handle.Dispose();
            return null;
        }

        return new FileStream(handle, FileAccess.Read);
    }

    /// <summary>Makes what was renamed in a folder survive a power failure. A file system that cannot is left as it is.</summary>
    public static void SyncFolder(string folder)
    {
        using var handle = Open(folder, CloseOnExec);
        _ = handle.IsInvalid ? 0 : Sync(handle);
    }

    [LibraryImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sync(SafeFileHandle handle);
    /// <summary>The file or folder; an invalid handle when it cannot be opened.</summary>
    public static SafeFileHandle TryOpenHandle(string path) => Open(path, CloseOnExec);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial SafeFileHandle Open(string path, int flags);
}
