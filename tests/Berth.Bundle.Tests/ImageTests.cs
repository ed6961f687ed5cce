using System.Security.Cryptography;
using System.Text.Json;
using Berth.Testing.Processes;

namespace Berth.Bundle.Tests;

/// <summary>
/// The image, made by hand, of a small program that says who runs it: every digest fits, and what is in it is enough to run, seen from
/// a root of its own. The product's own image is tried by <c>eng/bundle --check</c>, in the same way. Needs root, to change the root.
/// </summary>
public sealed class ImageTests : IDisposable
{
    private const string Version = "1.2.3";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_holds_together_and_its_program_runs_as_its_user()
    {
        Directory.CreateDirectory(_folder.File("linux-x64"));
        Directory.CreateDirectory(_folder.File("images"));
        File.Copy("/usr/bin/id", _folder.File("linux-x64/berth"));
        await Command.DoAsync(Path.Combine(Command.Root, "eng/packaging/image"), _folder.Path, Version, "1700000000");
        (await File.ReadAllTextAsync(_folder.File("images/base.txt"))).ShouldContain("libc6");

        var layout = Directory.CreateDirectory(_folder.File("layout")).FullName;
        await Command.DoAsync("tar", "-xf", _folder.File($"images/berth-{Version}.tar"), "-C", layout);
        var index = Json(Path.Combine(layout, "index.json")).GetProperty("manifests")[0];
        (await File.ReadAllTextAsync(_folder.File($"images/berth-{Version}.digest"))).ShouldBe($"berth:{Version} {index.GetProperty("digest").GetString()}\n");
        var manifest = Json(Blob(layout, index));
        var config = Json(Blob(layout, manifest.GetProperty("config")));
        var layer = Blob(layout, manifest.GetProperty("layers")[0]);
        var older = Json(Path.Combine(layout, "manifest.json"))[0];
        Path.Combine(layout, older.GetProperty("Layers")[0].GetString()!).ShouldBe(layer);
        Json(Path.Combine(layout, older.GetProperty("Config").GetString()!)).GetRawText().ShouldBe(config.GetRawText());

        var root = Directory.CreateDirectory(_folder.File("root")).FullName;
        await Command.DoAsync("sh", "-c", $"gunzip <{layer} >{_folder.File("layer.tar")}");
        Digest(_folder.File("layer.tar")).ShouldBe(config.GetProperty("rootfs").GetProperty("diff_ids")[0].GetString());
        await Command.DoAsync("tar", "-xf", _folder.File("layer.tar"), "-C", root);
        config.GetProperty("config").GetProperty("Entrypoint")[0].GetString().ShouldBe("/usr/local/bin/berth");
        (await Command.DoAsync("chroot", "--userspec", config.GetProperty("config").GetProperty("User").GetString()!, root, "/usr/local/bin/berth"))
            .ShouldStartWith("uid=10001(berth) gid=10001(berth)");
        (await Command.DoAsync("stat", "--format", "%u", Path.Combine(root, "data"))).ShouldBe("10001\n");
    }

    /// <summary>.NET does not start where there is no /proc; a program that fails is no success of the check.</summary>
    [Fact]
    public async Task Its_check_runs_the_program_with_proc_and_without_a_network_and_fails_with_it()
    {
        Directory.CreateDirectory(_folder.File("linux-x64"));
        Directory.CreateDirectory(_folder.File("images"));
        File.Copy("/usr/bin/cat", _folder.File("linux-x64/berth"));
        await Command.DoAsync(Path.Combine(Command.Root, "eng/packaging/image"), _folder.Path, Version, "1700000000");
        var image = _folder.File($"images/berth-{Version}.tar");
        var text = await Command.DoAsync(Try, image, "/proc/self/status", "/proc/self/net/route");
        text.ShouldContain("\nUid:\t10001\t");
        // The table of routes has not even its head where there are none.
        text.ShouldNotContain("Iface");
        (await Command.RunAsync(Try, [image, "/no/such/file"])).ExitCode.ShouldBe(1);
    }

    private static string Try => Path.Combine(Command.Root, "eng/packaging/image-try");

    /// <summary>The file that a descriptor names, once its size and digest are seen to fit.</summary>
    private static string Blob(string layout, JsonElement descriptor)
    {
        var digest = descriptor.GetProperty("digest").GetString()!;
        var path = Path.Combine(layout, "blobs/sha256", digest["sha256:".Length..]);
        Digest(path).ShouldBe(digest);
        new FileInfo(path).Length.ShouldBe(descriptor.GetProperty("size").GetInt64());
        return path;
    }

    private static string Digest(string path) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    private static JsonElement Json(string path) => JsonDocument.Parse(File.ReadAllBytes(path)).RootElement;
}
