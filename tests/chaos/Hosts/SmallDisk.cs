using Berth.Chaos.Processes;

namespace Berth.Chaos.Hosts;

/// <summary>A disk of its own, a file with a file system in it, so that a flush is a flush; it can be filled. It goes with the mounts of the run.</summary>
internal sealed class SmallDisk
{
    private const long Bytes = 256L << 20;
    private const int BlockBytes = 64 << 10;
    private const int LastBlockBytes = 512;

    private readonly string _filler;

    private SmallDisk(string folder)
    {
        Folder = folder;
        _filler = Path.Combine(folder, "filler");
    }

    /// <summary>Where it is mounted.</summary>
    public string Folder { get; }

    /// <summary>Makes one and mounts it at a folder.</summary>
    public static async Task<SmallDisk> MountAsync(string at)
    {
        var image = at + ".img";
        await using (var file = new FileStream(image, FileMode.Create))
        {
            file.SetLength(Bytes);
        }

        Directory.CreateDirectory(at);
        await Command.RunAsync("mkfs.ext4", "-q", "-m", "0", image);
        await Command.RunAsync("mount", "-o", "loop", image, at);
        Directory.Delete(Path.Combine(at, "lost+found"));
        return new SmallDisk(at);
    }

    /// <summary>Takes all space that is left.</summary>
    public void Fill()
    {
        using var filler = new FileStream(_filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var block in new[] { new byte[BlockBytes], new byte[LastBlockBytes] })
        {
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
    }

    /// <summary>Gives the space back.</summary>
    public void Free() => File.Delete(_filler);
}
