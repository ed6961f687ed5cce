using Berth.Cli.Verbs;

namespace Berth.Cli.Access;

/// <summary>Where members on a shared store have their management sockets: each one's file is named after it.</summary>
internal static class RuntimeFolder
{
    private const string Default = "/run/berth";
    private const string Prefix = "berth-";
    private const string Suffix = ".sock";

    /// <summary>The folder that systemd gives a service, or else the system's own.</summary>
    public static string Of(Call call) => First(call, "RUNTIME_DIRECTORY") ?? Default;

    /// <summary>The socket of a member.</summary>
    public static string SocketOf(Call call, string member) => Path.Combine(Of(call), Prefix + member + Suffix);

    /// <summary>The sockets that lie there, by name; a member that was killed leaves its own.</summary>
    public static IReadOnlyList<string> Sockets(Call call)
    {
        try
        {
            return [.. Directory.EnumerateFiles(Of(call), $"{Prefix}*{Suffix}").Order(StringComparer.Ordinal)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Makes the folder of a socket, for its owner alone, if it is the default and missing. Fails with <see cref="IOException"/>.</summary>
    public static void Prepare(Call call, string socket)
    {
        var folder = Path.GetDirectoryName(socket)!;
        if (Directory.Exists(folder) || folder != Of(call))
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"the management socket cannot be made: {folder} is missing ({error.Message}): make it, or name another place with --socket FILE", error);
        }
    }

    /// <summary>The first of the folders in one of systemd's variables; null: it is not set.</summary>
    public static string? First(Call call, string variable) =>
        call.Shell.Environment(variable) is { Length: > 0 } folders ? folders.Split(':')[0] : null;
}
