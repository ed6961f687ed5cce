using System.Security.Cryptography;
using System.Text;
using Berth.Protocol;

namespace Berth.Server.Management;

/// <summary>Who bears a token.</summary>
internal sealed record TokenBearer(ManagementRole Role, string Name);

/// <summary>The tokens that a member takes, as their digests. One line of the file each: role, name, <c>sha256:HEX</c>.</summary>
internal sealed class TokenTable
{
    private const int MaxTokens = 1_000;

    private readonly List<(byte[] Digest, TokenBearer Bearer)> _tokens = [];

    private TokenTable()
    {
    }

    /// <summary>Reads a file's contents. Fails with <see cref="InvalidDataException"/>, which names the line and shows nothing of it.</summary>
    public static TokenTable Parse(string path, byte[] contents)
    {
        var table = new TokenTable();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, raw) in Encoding.UTF8.GetString(contents).Split('\n').Index())
        {
            var line = raw.Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var (digest, bearer) = ParseLine(line) ?? throw new InvalidDataException(
                $"{path}:{index + 1}: write role, name and {ManagementToken.DigestPrefix}HEX, as 'berth token new' prints them; "
                + $"roles are {string.Join(", ", ManagementRoles.Names)}");
            if (!names.Add(bearer.Name))
            {
                throw new InvalidDataException($"{path}:{index + 1}: another token has this name already");
            }

            if (table._tokens.Count == MaxTokens)
            {
                throw new InvalidDataException($"{path} has more than {MaxTokens} tokens");
            }

            table._tokens.Add((digest, bearer));
        }

        return table;
    }

    /// <summary>Who bears this token; null: nobody. It takes as long whichever it is.</summary>
    public TokenBearer? Find(string token)
    {
        if (token.Length > ManagementToken.MaxCharacters)
        {
            return null;
        }

        var digest = ManagementToken.Digest(token);
        TokenBearer? found = null;
        foreach (var (known, bearer) in _tokens)
        {
            found = CryptographicOperations.FixedTimeEquals(known, digest) ? bearer : found;
        }

        return found;
    }

    private static (byte[] Digest, TokenBearer Bearer)? ParseLine(string line)
    {
        var parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (parts is not [var role, var name, var digest]
            || ManagementRoles.Parse(role) is not { } known
            || !ManagementToken.IsValidName(name)
            || !digest.StartsWith(ManagementToken.DigestPrefix, StringComparison.Ordinal))
        {
            return null;
        }

        var bytes = new byte[SHA256.HashSizeInBytes];
        var hex = digest.AsSpan(ManagementToken.DigestPrefix.Length);
        return hex.Length == 2 * bytes.Length && Convert.FromHexString(hex, bytes, out _, out _) == System.Buffers.OperationStatus.Done
            ? (bytes, new TokenBearer(known, name))
            : null;
    }
}
