using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Berth.Cli.Output;
using Berth.Licensing;

namespace Berth.Cli.Access;

/// <summary>
/// The files of one call that issues licenses: X.lic, X.key beside it, and an index of all. It replaces nothing, and what it wrote
/// goes again when it cannot write all: half a batch would look like a whole one.
/// </summary>
internal sealed class LicenseBatch(Shell shell, string start, string? index, int count)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode EverybodyReads = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly int _digits = Math.Max(4, count.ToString(CultureInfo.InvariantCulture).Length);
    private readonly IssuedLicense[] _issued = new IssuedLicense[count];
    private readonly string[] _keys = new string[count];

    // Guards what was seen and the line of progress.
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _seenIds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _seenKeys = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<string> _made = [];

    /// <summary>Makes the licenses 1 to <c>count</c> with all processors, and writes them.</summary>
    public IReadOnlyList<IssuedLicense> Write(Func<int, IssuedFile> make)
    {
        RefuseExisting();
        try
        {
            using (var progress = new ProgressLine(shell, "issuing license", count))
            {
                Parallel.For(1, count + 1, (number, loop) =>
                {
                    shell.Stop.ThrowIfCancellationRequested();
                    if (!loop.ShouldExitCurrentIteration)
                    {
                        WriteOne(number, make, progress);
                    }
                });
            }

            WriteIndex();
            return _issued;
        }
        catch (Exception error)
        {
            TakeBack();
            if (error is AggregateException { InnerExceptions: [var first, ..] })
            {
                // The failures of other threads are of the same kind or its consequence.
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
            }

            throw;
        }
    }

    private void WriteOne(int number, Func<int, IssuedFile> make, ProgressLine progress)
    {
        var license = make(number);
        lock (_lock)
        {
            RefuseTwice(_seenIds, license.Id, number, "id");
            RefuseTwice(_seenKeys, license.Key, number, "key");
            progress.Show(_seenIds.Count);
        }

        var name = Name(number);

        // The key first: a license file without its key would be useless and look complete.
        Write(name + ".key", Encoding.UTF8.GetBytes(license.Key + "\n"), OwnerOnly);
        Write(name + ".lic", license.File, EverybodyReads);
        _issued[number - 1] = new IssuedLicense(license.Id, name + ".lic", name + ".key");
        _keys[number - 1] = license.Key;
    }

    private static void RefuseTwice(Dictionary<string, int> seen, string text, int number, string what)
    {
        if (!seen.TryAdd(text, number))
        {
            var (first, second) = (Math.Min(seen[text], number), Math.Max(seen[text], number));
            throw new InvalidDataException($"licenses {first} and {second} have the same {what}: write {{{what}}} or {{n}} into it");
        }
    }

    private string Name(int number) => start + number.ToString(CultureInfo.InvariantCulture).PadLeft(_digits, '0');

    private void RefuseExisting()
    {
        var names = Enumerable.Range(1, count).Select(Name).SelectMany(name => new[] { name + ".key", name + ".lic" });
        if ((index is null ? names : names.Prepend(index)).FirstOrDefault(Path.Exists) is { } there)
        {
            throw new CommandFailedException($"{there} exists already: choose another folder or --prefix", ExitCode.Conflict);
        }
    }

    /// <summary>Lines of file and key, as <c>add --keys</c> reads them. It has the keys, so it is as secret as they are.</summary>
    private void WriteIndex()
    {
        if (index is null)
        {
            return;
        }

        var text = new StringBuilder();
        var folder = Path.GetDirectoryName(Path.GetFullPath(index))!;
        for (var i = 0; i < count; i++)
        {
            text.Append(Path.GetRelativePath(folder, _issued[i].File)).Append('\t').Append(_keys[i]).Append('\n');
        }

        Write(index, Encoding.UTF8.GetBytes(text.ToString()), OwnerOnly);
    }

    private void TakeBack()
    {
        foreach (var path in _made)
        {
            File.Delete(path);
        }
    }

    private void Write(string path, byte[] bytes, UnixFileMode mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using var file = new FileStream(path, options);
        _made.Add(path);
        file.Write(bytes);
    }
}
