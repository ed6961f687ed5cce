using System.Security.Cryptography;
using Berth.Testing.Processes;

namespace Berth.Bundle.Tests;

/// <summary>What is in the archive, and that it is the same whoever makes it.</summary>
public sealed class ArchiveTests(MadeBundle bundle) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Everything_a_closed_site_needs_is_in_it()
    {
        var sums = bundle.Sums();
        string[] expected =
        [
            "install.sh", "install-steps.sh", "README.md", "CHANGELOG.md", "LICENSE", "VERSION", "COMMIT", "SIGNED-BY", "sbom.cdx.json", "linux-x64/berth",
            "portable/berth", "portable/berth.dll", "portable/berth.deps.json", "portable/berth.runtimeconfig.json",
            "portable/runtimes/linux-arm64/native/libe_sqlite3.so", $"berth_{bundle.Version}_amd64.deb", "config/berth.env",
            "completions/berth.bash", "completions/_berth", "completions/berth.fish", "completions/relay.bash", "docs/backup.md", "images/README.md",
            "source/Cluster.sln", "source/eng/offline-build", "source/src/Berth.Cli/Program.cs",
        ];
        expected.Except(sums.Keys).ShouldBeEmpty();
        sums.Keys.ShouldContain(name => name.StartsWith("source/packages/npgsql.", StringComparison.Ordinal));
        sums.Keys.ShouldNotContain(name => name.StartsWith("portable/runtimes/win", StringComparison.Ordinal));
        foreach (var folder in new[] { "docker", "k8s", "docs" })
        {
            FilesBelow(Path.Combine(Command.Root, folder)).Where(name => name != ".gitkeep").Select(name => $"{folder}/{name}").Except(sums.Keys).ShouldBeEmpty();
        }
    }

    [Fact]
    public void The_sums_name_every_file_and_fit_each()
    {
        var sums = bundle.Sums();
        FilesBelow(bundle.Unpacked).Except(["SHA256SUMS", "SHA256SUMS.sig"]).ShouldBe(sums.Keys, ignoreOrder: true);
        sums.Where(sum => Hash(bundle.File(sum.Key)) != sum.Value).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_unit_of_systemd_is_in_it_or_its_absence_is_said()
    {
        var there = File.Exists(Path.Combine(Command.Root, "eng/systemd/berth.service"));
        bundle.Sums().ContainsKey("systemd/berth.service").ShouldBe(there);
        bundle.Making.Error.Contains("eng/systemd/berth.service is not there", StringComparison.Ordinal).ShouldBe(!there);
        (await Command.DoAsync("dpkg-deb", "--contents", bundle.File($"berth_{bundle.Version}_amd64.deb")))
            .Contains("usr/lib/systemd/system/berth.service", StringComparison.Ordinal).ShouldBe(there);
    }

    [Fact]
    public async Task Made_again_from_an_unpacked_bundle_it_is_the_same_to_the_byte()
    {
        var again = await bundle.MakeAsync(bundle.Unpacked, _folder.Path, "--sign", bundle.Key);
        again.ExitCode.ShouldBe(0, $"{again.Out}\n{again.Error}");
        foreach (var end in new[] { string.Empty, ".sha256", ".sig" })
        {
            Hash(_folder.File(Path.GetFileName(bundle.Archive) + end)).ShouldBe(Hash(bundle.Archive + end), end);
        }
    }

    [Fact]
    public async Task The_archive_itself_is_signed()
    {
        (await VerifyAsync(bundle.PublicKey, bundle.Archive)).ShouldBe(0);
        (await VerifyAsync(bundle.OtherPublicKey, bundle.Archive)).ShouldNotBe(0);
        (await File.ReadAllTextAsync(bundle.Archive + ".sha256")).ShouldBe($"{Hash(bundle.Archive)}  {Path.GetFileName(bundle.Archive)}\n");
        await Command.DoAsync("openssl", "pkey", "-pubin", "-in", bundle.PublicKey, "-outform", "DER", "-out", _folder.File("key.der"));
        (await File.ReadAllTextAsync(bundle.File("SIGNED-BY"))).ShouldBe($"sha256 of the public key in DER: {Hash(_folder.File("key.der"))}\n");
    }

    [Fact]
    public async Task Programs_of_another_version_are_refused()
    {
        var end = await bundle.MakeAsync(bundle.Unpacked, _folder.Path, "--version", "99.9.9");
        end.ExitCode.ShouldBe(1);
        end.Error.ShouldContain($"is version {bundle.Version}, not 99.9.9");
    }

    private static async Task<int> VerifyAsync(string key, string file) => (await Command.RunAsync(
        "openssl", ["pkeyutl", "-verify", "-pubin", "-inkey", key, "-rawin", "-in", file, "-sigfile", file + ".sig"])).ExitCode;

    private static List<string> FilesBelow(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path))];

    private static string Hash(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
