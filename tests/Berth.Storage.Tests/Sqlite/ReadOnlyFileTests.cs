using System.Runtime.InteropServices;

namespace Berth.Storage.Tests.Sqlite;

/// <summary>A file that this user may only read. Tests often run as root, whom permissions do not stop: a thread can be another user.</summary>
public sealed partial class ReadOnlyFileTests : IDisposable
{
    private const int Nobody = 65534;
    private const UnixFileMode Everyone = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Write = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const UnixFileMode Folder = Everyone | Write | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_that_may_not_be_written_is_refused_by_name()
    {
        await (await _folder.OpenAsync(StoreUse.Verb)).DisposeAsync();
        File.Delete(_folder.Database + ".lock");
        File.SetUnixFileMode(_folder.Database, Everyone);
        File.SetUnixFileMode(Path.GetDirectoryName(_folder.Database)!, Folder);
        var before = await File.ReadAllBytesAsync(_folder.Database);

        var error = (await OpenAsNobodyAsync()).ShouldBeOfType<StoreException>();

        error.Message.ShouldContain($"database {_folder.Database} is read-only");
        (await File.ReadAllBytesAsync(_folder.Database)).ShouldBe(before);
    }

    [Fact]
    public async Task A_folder_in_which_nothing_may_be_made_is_refused_by_name()
    {
        File.SetUnixFileMode(Path.GetDirectoryName(_folder.Database)!, Folder & ~Write);
        (await OpenAsNobodyAsync()).ShouldBeOfType<StoreException>().Message.ShouldContain($"database {_folder.Database} cannot be locked");
        File.SetUnixFileMode(Path.GetDirectoryName(_folder.Database)!, Folder);
    }

    /// <summary>Opens on a thread that is nobody where files are concerned, and ends with it.</summary>
    private async Task<Exception?> OpenAsNobodyAsync()
    {
        var outcome = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            _ = Environment.IsPrivilegedProcess ? SetFileUser(Nobody) : 0;
            try
            {
                _folder.OpenAsync(StoreUse.Serve).AsTask().GetAwaiter().GetResult();
                outcome.SetResult(null);
            }
            catch (Exception error)
            {
                outcome.SetResult(error);
            }
        }).Start();
        return await outcome.Task;
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetFileUser(int user);
}
