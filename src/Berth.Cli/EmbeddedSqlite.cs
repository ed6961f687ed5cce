using System.Reflection;
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

    /// <summary>Call before the first use of a database.</summary>
    public static void Install() => NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);

    /// <summary>Zero: the runtime looks beside the program, as usual, and says so when nothing is there.</summary>
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search)
    {
        using var stored = name == Library ? typeof(EmbeddedSqlite).Assembly.GetManifestResourceStream(File) : null;
        if (stored is null)
        {
            return 0;
        }

        using var memory = new SafeFileHandle(CreateInMemory(File, CloseOnExec), ownsHandle: true);
        if (memory.IsInvalid)
        {
            return 0;
        }

        using (var copy = new FileStream($"/proc/self/fd/{memory.DangerousGetHandle()}", FileMode.Open, FileAccess.Write))
        {
            stored.CopyTo(copy);
        }

        return NativeLibrary.TryLoad($"/proc/self/fd/{memory.DangerousGetHandle()}", out var loaded) ? loaded : 0;
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int CreateInMemory(string name, uint flags);
}
