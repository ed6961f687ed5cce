using Berth.Cli.Flags;
using Berth.Cli.Verbs;

namespace Berth.Cli.Access;

/// <summary>A license file and where its key is: given, or in a file.</summary>
internal sealed record LicensePair(string File, string? Key, string? KeyFile)
{
    /// <summary>Names the file alone, so that no key is shown by accident.</summary>
    public override string ToString() => File;
}

/// <summary>Finds the license files that were named, and the key of each.</summary>
internal static class LicensePairs
{
    private const int MaxListBytes = 64 * 1024 * 1024;

    /// <summary>In the order given; the files of a folder in the order of their names.</summary>
    public static IReadOnlyList<LicensePair> Find(IReadOnlyList<string> places, IReadOnlyList<string> keys, string? list)
    {
        var listed = list is null ? null : ReadList(list);
        var files = places.Count == 0 && listed is not null ? [.. listed.Select(pair => pair.File)] : places.SelectMany(FilesOf).ToList();
        if (keys.Count > 0)
        {
            return Paired(files, keys, anyFolder: places.Any(Directory.Exists));
        }

        var known = listed?.GroupBy(pair => pair.File, StringComparer.Ordinal)
            .ToDictionary(pairs => pairs.Key, pairs => pairs.First().Key, StringComparer.Ordinal);
        return [.. files.Select(file => known?.GetValueOrDefault(Path.GetFullPath(file)) is { } key
            ? new LicensePair(file, key, null)
            : new LicensePair(file, null, Path.ChangeExtension(file, ".key")))];
    }

    private static List<LicensePair> Paired(List<string> files, IReadOnlyList<string> keys, bool anyFolder)
    {
        if (keys.Count == 1 && anyFolder)
        {
            return [.. files.Select(file => new LicensePair(file, keys[0], null))];
        }

        return files.Count == keys.Count
            ? [.. files.Zip(keys, (file, key) => new LicensePair(file, key, null))]
            : throw new CommandFailedException("number of key and file flags must match", ExitCode.Usage);
    }

    private static IEnumerable<string> FilesOf(string place) => Directory.Exists(place)
        ? Directory.EnumerateFiles(place, "*.lic").Order(StringComparer.Ordinal)
        : [place];

    private static List<LicensePair> ReadList(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaxListBytes)
            {
                throw CommandFailedException.Usage($"--keys: {path} has more than {MaxListBytes} bytes");
            }

            var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            var pairs = new List<LicensePair>();
            foreach (var (index, line) in File.ReadLines(path).Index())
            {
                if (line.Trim().Length == 0)
                {
                    continue;
                }

                pairs.Add(line.Split('\t') is [var file, var key]
                    ? new LicensePair(Path.GetFullPath(file, folder), key, null)
                    : throw CommandFailedException.Usage($"--keys: {path}:{index + 1}: write a path, a tab and a key"));
            }

            return pairs;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CommandFailedException.Usage($"--keys: {error.Message}");
        }
    }
}
