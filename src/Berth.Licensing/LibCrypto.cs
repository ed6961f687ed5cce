using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Berth.Licensing;

/// <summary>
/// The few functions of OpenSSL 3's libcrypto that Ed25519 takes. Nothing here is shared between calls, so any thread may call.
/// </summary>
internal static unsafe partial class LibCrypto
{
    public const string Name = "libcrypto.so.3";

    /// <summary>OpenSSL's number for Ed25519 keys (<c>EVP_PKEY_ED25519</c>).</summary>
    public const int Ed25519KeyType = 1087;

    // Asked once, because each look takes the loader's lock and a reference to the library that nobody gives back.
    private static readonly Lazy<bool> s_present = new(() => IsPresent(Name));

    /// <summary>Throws <see cref="CryptoLibraryMissingException"/> unless the library could be loaded.</summary>
    public static void Require()
    {
        if (!s_present.Value)
        {
            throw new CryptoLibraryMissingException(Name);
        }
    }

    public static bool IsPresent(string library) => NativeLibrary.TryLoad(library, typeof(LibCrypto).Assembly, searchPath: null, out _);

    [LibraryImport(Name)]
    public static partial KeyHandle EVP_PKEY_new_raw_public_key(int type, nint engine, byte* key, nuint length);

    [LibraryImport(Name)]
    public static partial KeyHandle EVP_PKEY_new_raw_private_key(int type, nint engine, byte* key, nuint length);

    [LibraryImport(Name)]
    public static partial int EVP_PKEY_get_raw_public_key(KeyHandle key, byte* output, nuint* length);

    [LibraryImport(Name)]
    private static partial void EVP_PKEY_free(nint key);

    [LibraryImport(Name)]
    public static partial ContextHandle EVP_MD_CTX_new();

    [LibraryImport(Name)]
    private static partial void EVP_MD_CTX_free(nint context);

    [LibraryImport(Name)]
    public static partial int EVP_DigestSignInit(ContextHandle context, nint keyContext, nint digest, nint engine, KeyHandle key);

    [LibraryImport(Name)]
    public static partial int EVP_DigestSign(ContextHandle context, byte* signature, nuint* signatureLength, byte* message, nuint length);

    [LibraryImport(Name)]
    public static partial int EVP_DigestVerifyInit(ContextHandle context, nint keyContext, nint digest, nint engine, KeyHandle key);

    [LibraryImport(Name)]
    public static partial int EVP_DigestVerify(ContextHandle context, byte* signature, nuint signatureLength, byte* message, nuint length);

    [LibraryImport(Name)]
    public static partial void ERR_clear_error();

    internal sealed class KeyHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle()
        {
            EVP_PKEY_free(handle);
            return true;
        }
    }

    internal sealed class ContextHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle()
        {
            EVP_MD_CTX_free(handle);
            return true;
        }
    }
}
