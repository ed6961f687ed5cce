namespace Berth.Licensing;

/// <summary>
/// OpenSSL 3's libcrypto cannot be loaded, so no signature can be checked or made.
/// The message names the library and the package to install. It says nothing about the file that was being read.
/// </summary>
public sealed class CryptoLibraryMissingException : Exception
{
    /// <summary>Says that <c>libcrypto.so.3</c> is missing.</summary>
    public CryptoLibraryMissingException()
        : this(LibCrypto.Name, innerException: null)
    {
    }

    /// <summary>Says that the library named <paramref name="library"/> is missing.</summary>
    public CryptoLibraryMissingException(string library)
        : this(library, innerException: null)
    {
    }

    /// <summary>Says that the library named <paramref name="library"/> is missing, and what the loader answered.</summary>
    public CryptoLibraryMissingException(string library, Exception? innerException)
        : base(
            $"{library} (OpenSSL 3) is missing: license signatures cannot be checked. " +
            "Install OpenSSL 3: package libssl3t64 or libssl3 on Debian and Ubuntu, openssl-libs on Fedora and RHEL, libcrypto3 on Alpine.",
            innerException)
    {
    }
}
