using System.Runtime.InteropServices;

namespace Berth.Storage;

/// <summary>Who owns a file, which .NET does not tell.</summary>
public static partial class FileOwner
{
    private const int CurrentFolder = -100;
    private const uint OwnerMask = 0x8;
    private const int StatBytes = 256;
    private const int OwnerOffset = 20;

    /// <summary>The number of the user that this process acts as.</summary>
    public static uint Mine => EffectiveUser();

    /// <summary>The number of the user that owns a file; null: it cannot be told.</summary>
    public static uint? Of(string path)
    {
        try
        {
            var status = new byte[StatBytes];
            return Statx(CurrentFolder, path, 0, OwnerMask, status) == 0 ? BitConverter.ToUInt32(status, OwnerOffset) : null;
        }
        catch (EntryPointNotFoundException)
        {
            // An old C library.
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(int folder, string path, int flags, uint mask, byte[] status);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint EffectiveUser();
}
