using System.Text;
using Berth.Licensing;
using Berth.Runtime.Audit;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Audit;

/// <summary>The file with a member's private key: one line of 64 hexadecimal digits, made when it is missing, for its owner alone.</summary>
public static class MemberKeyFile
{
    private const int TooManyBytes = 1024;

    /// <summary>The key file beside a database file.</summary>
    public static string Beside(string database) => database + ".key";

    /// <summary>
    /// Reads the key, or makes one. Null: OpenSSL is not there, so nothing can be signed; that is logged. Throws
    /// <see cref="IOException"/> when the file is no key, or can neither be read nor made.
    /// </summary>
    public static AuditSigner? Open(string path, ILogger log)
    {
        try
        {
            var key = File.Exists(path) ? Read(path) : Make(path);
            var seed = key.Seed.ToArray();
            return new AuditSigner(key.PublicKey.ToArray(), message => Ed25519.Sign(seed, message.Span));
        }
        catch (CryptoLibraryMissingException missing)
        {
            log.CannotSign(missing.Message);
            return null;
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"the key file {path} cannot be used: {error.Message}; name another with --key-file", error);
        }
    }

    /// <summary>Whether a signature is that of the message, for whoever verifies.</summary>
    public static bool Check(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        Ed25519.Verify(publicKey, message, signature);

    private static VendorKey Read(string path)
    {
        using var file = File.OpenRead(path);
        var buffer = new byte[TooManyBytes];
        var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return VendorKey.TryParse(Encoding.ASCII.GetString(buffer, 0, length), out var key)
            ? key
            : throw new IOException($"the key file {path} does not hold 64 hexadecimal digits: name another with --key-file, or move it away and a new key is made");
    }

    private static VendorKey Make(string path)
    {
        var key = VendorKey.Generate();
        var draft = $"{path}.{Path.GetRandomFileName()}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            using (var file = new FileStream(draft, options))
            {
                file.Write(Encoding.ASCII.GetBytes(key.ToSeedHex() + "\n"));
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite: false);
            return key;
        }
        catch (IOException) when (File.Exists(path))
        {
            // Somebody else has just made one: that is the key.
            return Read(path);
        }
        finally
        {
            File.Delete(draft);
        }
    }
}

internal static partial class MemberKeyFileLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "audit.unsigned: audit exports and checkpoints are not signed: {reason}")]
    public static partial void CannotSign(this ILogger log, string reason);
}
