using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Berth.Server;

/// <summary>One of the files that make up a value.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="OwnerOnly">Refused when others may read or write it, by <see cref="SecretFileRights"/>.</param>
internal sealed record WatchedFile(string Path, bool OwnerOnly = false);

/// <summary>
/// A value that stands in files and is read again when they change. Whoever uses it looks, at most once a second: by contents,
/// because times and inodes say nothing where a folder of links is swapped. What cannot be read leaves the value as it is.
/// </summary>
internal sealed class WatchedFiles<T>
    where T : class
{
    private const int MaxBytes = 256 * 1024;
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<WatchedFile> _files;
    private readonly Func<IReadOnlyList<byte[]>, T> _parse;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    /// <summary>Guards the fields below. Who does not get it goes on with the value that is there.</summary>
    private readonly Lock _gate = new();
    private byte[] _seen;
    private string? _complaint;
    private long _lookedAt;
    private volatile T _current;

    /// <summary>
    /// Reads the files for the first time. <paramref name="parse"/> gets their contents and throws <see cref="InvalidDataException"/>.
    /// Fails with <see cref="IOException"/>, whose text names the file.
    /// </summary>
    public WatchedFiles(IReadOnlyList<WatchedFile> files, Func<IReadOnlyList<byte[]>, T> parse, TimeProvider time, ILogger log)
    {
        _files = files;
        _parse = parse;
        _time = time;
        _log = log;
        _lookedAt = time.GetTimestamp();
        try
        {
            var contents = ReadAll();
            _seen = Digest(contents);
            _current = parse(contents);
        }
        catch (InvalidDataException error)
        {
            throw new IOException(error.Message, error);
        }
    }

    /// <summary>The value, as new as a second ago.</summary>
    public T Current
    {
        get
        {
            if (_gate.TryEnter())
            {
                try
                {
                    Look_NeedsLock();
                }
                finally
                {
                    _gate.Exit();
                }
            }

            return _current;
        }
    }

    private void Look_NeedsLock()
    {
        if (_time.GetElapsedTime(_lookedAt) < _pause)
        {
            return;
        }

        _lookedAt = _time.GetTimestamp();
        try
        {
            var contents = ReadAll();
            var digest = Digest(contents);
            if (digest.AsSpan().SequenceEqual(_seen) && _complaint is null)
            {
                return;
            }

            var renewed = _parse(contents);
            if (!digest.AsSpan().SequenceEqual(_seen))
            {
                _current = renewed;
                _log.Reloaded(_files[0].Path);
            }

            _seen = digest;
            _complaint = null;
        }
        catch (InvalidDataException error)
        {
            if (error.Message != _complaint)
            {
                _complaint = error.Message;
                _log.Kept(error.Message);
            }
        }
    }

    private List<byte[]> ReadAll() => [.. _files.Select(Read)];

    private static byte[] Read(WatchedFile watched)
    {
        try
        {
            using var file = File.OpenRead(watched.Path);
            if (watched.OwnerOnly && !OperatingSystem.IsWindows() && !SecretFileRights.AreTight($"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}", File.GetUnixFileMode(file.SafeFileHandle)))
            {
                throw new InvalidDataException($"{watched.Path} can be read or written by others: chmod 600 {watched.Path}");
            }

            var buffer = new byte[MaxBytes + 1];
            var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return length <= MaxBytes ? buffer[..length] : throw new InvalidDataException($"{watched.Path} has more than {MaxBytes} bytes");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{watched.Path} cannot be read: {error.Message}", error);
        }
    }

    private static byte[] Digest(IReadOnlyList<byte[]> contents)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var content in contents)
        {
            digest.AppendData(BitConverter.GetBytes(content.Length));
            digest.AppendData(content);
        }

        return digest.GetHashAndReset();
    }
}

internal static partial class WatchedFilesLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "file.reloaded: {file}")]
    public static partial void Reloaded(this ILogger log, string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "file.kept: {reason}; what was read before stays in use")]
    public static partial void Kept(this ILogger log, string reason);
}
