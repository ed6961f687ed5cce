using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Berth.Protocol;

/// <summary>
/// A bearer token of the management API: 256 random bits. A member knows only its SHA-256, which needs neither salt nor
/// stretching, because nobody can guess what is behind it.
/// </summary>
public static class ManagementToken
{
    /// <summary>The longest text that is looked at, in characters.</summary>
    public const int MaxCharacters = 256;

    /// <summary>The longest name of a token, in characters.</summary>
    public const int MaxNameCharacters = 64;

    /// <summary>Stands before the digest in a token file.</summary>
    public const string DigestPrefix = "sha256:";

    private const string Prefix = "berth_";
    private const int RandomBytes = 32;

    private static readonly SearchValues<char> _name =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._@-");

    /// <summary>Makes a token. Who shows it says that it is a secret.</summary>
    public static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>What a member stores and compares.</summary>
    public static byte[] Digest(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>The line of a token file.</summary>
    public static string Line(ManagementRole role, string name, string token) =>
        $"{role.Text()} {name} {DigestPrefix}{Convert.ToHexStringLower(Digest(token))}";

    /// <summary>Whether a text can name a token: letters, digits and <c>. _ @ -</c>, 1 to 64 of them.</summary>
    public static bool IsValidName(string name) => name.Length is > 0 and <= MaxNameCharacters && !name.AsSpan().ContainsAnyExcept(_name);
}
