using Berth.Testing.Processes;

namespace Berth.Survival.Tests.Processes;

/// <summary>A file system of its own (tmpfs) that a test can fill, unmounted afterwards. Needs root.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private const int BlockBytes = 4096;

    private readonly string _filler;

    private SmallDisk(string path)
    {
        Folder = path;
        _filler = Path.Combine(path, "filler");
    }

    /// <summary>Where it is mounted.</summary>
    public string Folder { get; }

    public static async Task<SmallDisk> MountAsync(string at, string size)
    {
        var folder = Directory.CreateDirectory(at).FullName;
        var mount = await BerthProcess.RunAsync("mount", folder, ["-t", "tmpfs", "-o", $"size={size}", "berth-test", folder]);
        mount.ExitCode.ShouldBe(0, $"this test mounts a tmpfs to fill it, which needs root: run it as root or in unshare -rm\n{mount.Error}");
        return new SmallDisk(folder);
    }

    /// <summary>Takes all space that is left.</summary>
    public void Fill()
    {
        using var filler = new FileStream(_filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[BlockBytes];
        for (var space = true; space;)
        {
            try
            {
                filler.Write(block);
            }
            catch (IOException)
            {
                space = false;
            }
        }
    }

    /// <summary>Gives the space back.</summary>
    public void Free() => File.Delete(_filler);

    public async ValueTask DisposeAsync()
    {
        var unmount = await BerthProcess.RunAsync("umount", Path.GetTempPath(), ["-l", Folder]);
        unmount.ExitCode.ShouldBe(0, unmount.Error);
    }
}
