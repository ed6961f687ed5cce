using System.Text;
using Berth.Server.Tests.Http;
using Berth.Testing;
using Berth.Testing.Processes;

namespace Berth.Server.Tests;

/// <summary>A value in a file that changes under it.</summary>
public sealed class WatchedFilesTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly HandClock _clock = new();
    private readonly RecordedLog _log = new();

    private string File => _folder.File("value");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_change_is_seen_within_a_second_and_not_looked_for_before()
    {
        var watched = Watch("good 1");
        Write("good 2");
        watched.Current.ShouldBe("good 1");
        _clock.Add(TimeSpan.FromSeconds(1));
        watched.Current.ShouldBe("good 2");
        _log.Count("file.reloaded").ShouldBe(1);
        _clock.Add(TimeSpan.FromSeconds(1));
        watched.Current.ShouldBe("good 2");
        _log.Count("file.reloaded").ShouldBe(1);
    }

    [Fact]
    public void What_is_broken_changes_nothing_and_is_said_once()
    {
        var watched = Watch("good 1");
        Write("bad");
        for (var i = 0; i < 5; i++)
        {
            _clock.Add(TimeSpan.FromSeconds(1));
            watched.Current.ShouldBe("good 1");
        }

        _log.Count("file.kept: it is bad").ShouldBe(1);
        System.IO.File.Delete(File);
        _clock.Add(TimeSpan.FromSeconds(1));
        watched.Current.ShouldBe("good 1");
        _log.Count("cannot be read").ShouldBe(1);
        Write("good 2");
        _clock.Add(TimeSpan.FromSeconds(1));
        watched.Current.ShouldBe("good 2");
        Write("bad");
        _clock.Add(TimeSpan.FromSeconds(1));
        watched.Current.ShouldBe("good 2");
        _log.Count("file.kept: it is bad").ShouldBe(2);
    }

    [Fact]
    public void A_folder_of_links_that_is_swapped_is_seen()
    {
        Directory.CreateDirectory(_folder.File("v1"));
        Directory.CreateDirectory(_folder.File("v2"));
        System.IO.File.WriteAllText(_folder.File("v1/value"), "good 1");
        System.IO.File.WriteAllText(_folder.File("v2/value"), "good 2");
        Directory.CreateSymbolicLink(_folder.File("data"), _folder.File("v1"));
        System.IO.File.CreateSymbolicLink(File, _folder.File("data/value"));
        var watched = New(ownerOnly: false);
        Directory.Delete(_folder.File("data"));
        Directory.CreateSymbolicLink(_folder.File("data"), _folder.File("v2"));
        _clock.Add(TimeSpan.FromSeconds(1));
        watched.Current.ShouldBe("good 2");
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead, false)]
    [InlineData(UnixFileMode.OtherRead, false)]
    [InlineData(UnixFileMode.OtherWrite, false)]
    [InlineData(UnixFileMode.None, true)]
    public void Who_else_may_read_counts(UnixFileMode others, bool good)
    {
        Write("good");
        if (!OperatingSystem.IsWindows())
        {
            System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite | others);
        }

        if (good)
        {
            New(ownerOnly: true).Current.ShouldBe("good");
        }
        else
        {
            Should.Throw<IOException>(() => New(ownerOnly: true)).Message.ShouldContain("chmod 600");
        }
    }

    [Fact]
    public void Too_large_a_file_is_refused()
    {
        Write("good" + new string('x', 300_000));
        Should.Throw<IOException>(() => New(ownerOnly: false)).Message.ShouldContain("has more than 262144 bytes");
    }

    private void Write(string text) => System.IO.File.WriteAllText(File, text);

    private WatchedFiles<string> Watch(string text)
    {
        Write(text);
        return New(ownerOnly: false);
    }

    private WatchedFiles<string> New(bool ownerOnly) => new([new WatchedFile(File, ownerOnly)], Parse, _clock, _log);

    private static string Parse(IReadOnlyList<byte[]> contents) =>
        Encoding.UTF8.GetString(contents[0]) is var text && text.StartsWith("good", StringComparison.Ordinal)
            ? text
            : throw new InvalidDataException("it is bad");
}
