namespace Berth.Server;

/// <summary>Names members, so that people can tell which one answered and whether it is still the same run of it.</summary>
internal static class MemberId
{
    private const int MaxLength = 64;
    private const int MaxHostLength = 48;

    /// <summary>
    /// The id that was asked for, or the name of the host, a dash and the start in milliseconds as hexadecimal digits. Throws
    /// <see cref="ArgumentException"/> when what was asked for cannot stand in a header.
    /// </summary>
    public static string Of(string? asked, DateTimeOffset started) => asked switch
    {
        null => $"{HostPart(Environment.MachineName)}-{started.ToUnixTimeMilliseconds():x}",
        { Length: >= 1 and <= MaxLength } when !asked.AsSpan().ContainsAnyExceptInRange('!', '~') => asked,
        _ => throw new ArgumentException($"The member id '{asked}' is not 1 to {MaxLength} visible ASCII characters."),
    };

    internal static string HostPart(string host)
    {
        var part = string.Concat(host.Take(MaxHostLength).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '-'));
        return part.Length == 0 ? "member" : part;
    }
}
