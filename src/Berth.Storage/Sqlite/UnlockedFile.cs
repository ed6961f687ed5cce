using System.Runtime.InteropServices;

namespace Berth.Storage.Sqlite;

/// <summary>
/// Reads a file that another process holds locked. The framework takes a shared lock on whatever it opens, even for reading,
/// and is refused where the holder's is exclusive; the kernel by itself asks for none.
/// </summary>
internal static partial class UnlockedFile
{
    private const int ReadOnlyCloseOnExec = 0x80000;

    /// <summary>The first <paramref name="most"/> bytes, or null when the file cannot be read.</summary>
    public static byte[]? Read(string path, int most)
    {
        var descriptor = Open(path, ReadOnlyCloseOnExec);
        if (descriptor < 0)
        {
            return null;
        }

        try
        {
            var bytes = new byte[most];
            var length = 0;
            while (length < most)
            {
                var read = Read(descriptor, ref bytes[length], most - length);
                if (read < 0)
                {
                    return null;
                }

                if (read == 0)
                {
                    break;
                }

                length += (int)read;
            }

            return bytes[..length];
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int descriptor, ref byte buffer, nint count);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
