using System.Text;

namespace Berth.Server;

/// <summary>How a member is given its cluster's secret: one line, or two while it is being changed. The first is sealed with, both are accepted.</summary>
public static class SecretLines
{
    /// <summary>The shortest secret, in bytes.</summary>
    public const int MinBytes = 16;

    private const string Way = "write one, or two while the secret is changed: the first is sealed with, both are accepted";

    /// <summary>Reads one or two secrets. Fails with <see cref="InvalidDataException"/>, which shows nothing of them.</summary>
    /// <param name="text">UTF-8. Empty lines and blanks around a secret are passed over.</param>
    public static IReadOnlyList<byte[]> Read(ReadOnlySpan<byte> text)
    {
        var lines = Encoding.UTF8.GetString(text).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var secrets = lines.Select(Encoding.UTF8.GetBytes).DefaultIfEmpty([]).ToList();
        if (secrets.Count > 2)
        {
            throw new InvalidDataException($"the cluster's secret has {secrets.Count} lines: {Way}");
        }

        if (secrets.FindIndex(secret => secret.Length < MinBytes) is >= 0 and var at)
        {
            throw new InvalidDataException($"{(secrets.Count == 1 ? "the cluster's secret" : $"line {at + 1} of the cluster's secret")} "
                + $"has {secrets[at].Length} bytes: it needs {MinBytes} or more; 'berth cluster secret new FILE' makes one");
        }

        return secrets is [var first, var second] && first.AsSpan().SequenceEqual(second)
            ? throw new InvalidDataException($"the cluster's secret has the same line twice: {Way}")
            : secrets;
    }
}
