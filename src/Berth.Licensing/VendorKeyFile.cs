using System.Text;

namespace Berth.Licensing;

/// <summary>
/// Keeps a vendor's keys in two files: the seed at the path given, readable by its owner only, and the public key beside it under the same
/// name with <c>.pub</c> added. Each is one line of 64 hexadecimal digits.
/// </summary>
public static class VendorKeyFile
{
    private const int TooManyBytes = 1024;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode EverybodyReads = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>
    /// Writes both files. Each appears complete or not at all, and the private one has mode 0600 from its first byte.
    /// When only the first could be written, the second can be made from it again.
    /// </summary>
    /// <exception cref="IOException">One of the files exists and <paramref name="overwrite"/> is false, or writing failed.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static void Write(VendorKey key, string path, bool overwrite = false)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var publicPath = path + ".pub";
        RefuseExisting(path, overwrite);
        RefuseExisting(publicPath, overwrite);
        WriteWhole(path, key.ToSeedHex(), OwnerOnly, overwrite);
        WriteWhole(publicPath, key.PublicKeyHex, EverybodyReads, overwrite);
    }

    /// <summary>Reads the private file at <paramref name="path"/>, from which the public key follows.</summary>
    /// <exception cref="InvalidDataException">The file is not 64 hexadecimal digits, or its name says that it is the public key.</exception>
    /// <exception cref="IOException">The file is missing or unreadable.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static VendorKey Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var file = File.OpenRead(path);
        var buffer = new byte[TooManyBytes];
        var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        if (length == buffer.Length || !VendorKey.TryParse(Encoding.UTF8.GetString(buffer, 0, length), out var key))
        {
            throw new InvalidDataException($"{path} is not a vendor key: it should hold 64 hexadecimal digits.");
        }

        // Both files look the same, and a public key that signs is a secret that everybody has.
        return path.EndsWith(".pub", StringComparison.Ordinal)
            ? throw new InvalidDataException($"{path} is the public key: name the private one beside it.")
            : key;
    }

    private static void RefuseExisting(string path, bool overwrite)
    {
        if (!overwrite && Path.Exists(path))
        {
            throw new IOException($"{path} exists already, and replacing a vendor key makes its licenses impossible to renew.");
        }
    }

    private static void WriteWhole(string path, string line, UnixFileMode mode, bool overwrite)
    {
        // The random name keeps two writers apart; the move is what makes the file appear whole, and without
        // overwriting it fails when somebody else was faster.
        var draft = $"{path}.{Path.GetRandomFileName()}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        try
        {
            using (var file = new FileStream(draft, options))
            {
                file.Write(Encoding.ASCII.GetBytes(line + "\n"));
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite);
        }
        finally
        {
            File.Delete(draft);
        }
    }
}
