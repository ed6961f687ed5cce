using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Berth.Licensing;

namespace Berth.Cli.Doctor;

/// <summary>Asks the machine. What cannot be found out is null.</summary>
internal static class Surroundings
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    /// <summary>The type of the file system that a path is on, by <c>/proc/mounts</c>.</summary>
    public static string? FileSystemOf(string path) => Lines("/proc/mounts") is { } mounts ? FileSystemOf(path, mounts) : null;

    /// <summary>The same, in lines of that form: the longest mount point above the path has it, the last of several.</summary>
    public static string? FileSystemOf(string path, IEnumerable<string> mounts)
    {
        var (longest, type) = (-1, (string?)null);
        foreach (var words in mounts.Select(line => line.Split(' ')).Where(words => words.Length > 2))
        {
            var point = words[1].Replace("\\040", " ", StringComparison.Ordinal);
            var above = point == "/" || path == point || path.StartsWith(point + "/", StringComparison.Ordinal);
            if (above && point.Length >= longest)
            {
                (longest, type) = (point.Length, words[2]);
            }
        }

        return type;
    }

    public static UnixFileMode? ModeOf(string path) => File.Exists(path) ? File.GetUnixFileMode(path) : null;

    /// <summary>Whether a file can be made in a folder.</summary>
    public static bool CanWrite(string folder)
    {
        try
        {
            var draft = Path.Combine(folder, $".berth-doctor-{Environment.ProcessId}");
            using (new FileStream(draft, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose }))
            {
                return true;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public static long FreeBytes(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Nothing can be written there, and the check of the folder says so.
            return 0;
        }
    }

    public static long? FileHandles() =>
        Lines("/proc/self/limits")?.FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal)) is { } line
        && long.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], NumberStyles.None, CultureInfo.InvariantCulture, out var soft) ? soft : null;

    public static long? MemoryLimit() =>
        Lines("/sys/fs/cgroup/memory.max") is [var text, ..] && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? bytes
            : null;

    public static bool? ClockSynchronized() => !Directory.Exists("/run/systemd/timesync") ? null : File.Exists("/run/systemd/timesync/synchronized");

    public static bool HasOpenSsl()
    {
        try
        {
            return VendorKey.Generate().PublicKeyHex.Length > 0;
        }
        catch (CryptoLibraryMissingException)
        {
            return false;
        }
    }

    /// <summary>Who listens: a member says so to <c>GET /readyz</c>.</summary>
    public static async Task<PortState> PortAsync(string bind, int port, CancellationToken stop)
    {
        var address = IPAddress.TryParse(bind, out var parsed) ? parsed : IPAddress.Loopback;
        var host = address.Equals(IPAddress.Any) ? IPAddress.Loopback : address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : address;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(_patience);
        using var http = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder("http", host.ToString(), port, "/readyz").Uri);
        try
        {
            using var response = await http.SendAsync(request, limit.Token);
            var text = await response.Content.ReadAsStringAsync(limit.Token);
            return text is "ok\n" or "not ready\n" ? PortState.Berth : PortState.Other;
        }
        catch (HttpRequestException error) when (error.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            return PortState.Free;
        }
        catch (Exception error) when (error is HttpRequestException or IOException || (error is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return PortState.Other;
        }
    }

    private static string[]? Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
