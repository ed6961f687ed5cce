using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using SQLitePCL;

namespace Berth.Cli;

/// <summary>
/// The native SQLite library inside the program, where it was published as one file: it is loaded from memory, so that a copy
/// of the program alone runs, without a folder that can be written to.
/// </summary>
internal static partial class EmbeddedSqlite
{
    private const string Library = "e_sqlite3";
    private const string File = "libe_sqlite3.so";
    private const uint CloseOnExec = 1;

    /// <summary>Loaded once: the runtime asks again for each function, and a second copy would not know the first one's databases.</summary>
    private static readonly Lazy<nint> _loaded = new(Load);

    /// <summary>Call before the first use of a database.</summary>
    public static void Install() => NativeLibrary.SetDllImportResolver(
        typeof(SQLite3Provider_e_sqlite3).Assembly, (name, _, _) => name == Library ? _loaded.Value : 0);

    /// <summary>Zero: the runtime looks beside the program, as usual, and says so when nothing is there.</summary>
    private static nint Load()
    {
        using var stored = typeof(EmbeddedSqlite).Assembly.GetManifestResourceStream(File);
        using var memory = new SafeFileHandle(stored is null ? -1 : CreateInMemory(File, CloseOnExec), ownsHandle: true);
        if (stored is null || memory.IsInvalid)
        {
            return 0;
        }

        var path = $"/proc/self/fd/{memory.DangerousGetHandle()}";
        using (var copy = new FileStream(path, FileMode.Open, FileAccess.Write))
        {
            stored.CopyTo(copy);
        }

        return NativeLibrary.TryLoad(path, out var loaded) ? loaded : 0;
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int CreateInMemory(string name, uint flags);
}
