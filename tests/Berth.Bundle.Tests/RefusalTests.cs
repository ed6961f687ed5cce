using System.Security.Cryptography;
using Berth.Testing.Processes;

namespace Berth.Bundle.Tests;

/// <summary>A bundle that is not what its vendor made is refused before anything of it is installed.</summary>
public sealed class RefusalTests(MadeBundle bundle) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("install.sh")]
    [InlineData("install-steps.sh")]
    [InlineData("linux-x64/berth")]
    [InlineData("berth_*_amd64.deb")]
    [InlineData("docs/backup.md")]
    [InlineData("source/packages/npgsql.*.nupkg")]
    public async Task One_changed_byte_is_refused_and_named(string pattern)
    {
        var copy = await bundle.CopyAsync(_folder);
        var name = Change(copy, pattern);
        var end = await InstallAsync(copy);
        end.ExitCode.ShouldBe(1);
        end.Error.ShouldContain($"{name}: FAILED");
        end.Error.ShouldContain("Nothing was installed");
        Directory.Exists(_folder.File("root")).ShouldBeFalse();
    }

    /// <summary>Also a check that dies has not found everything well.</summary>
    [Fact]
    public async Task A_check_of_the_sums_that_does_not_finish_is_refused()
    {
        var end = await WithAsync("sha256sum", "kill -9 $$", bundle.Unpacked);
        end.ExitCode.ShouldBe(1);
        end.Error.ShouldContain("sha256sum did not finish");
        Directory.Exists(_folder.File("root")).ShouldBeFalse();
    }

    [Fact]
    public async Task An_OpenSSL_that_cannot_check_is_not_taken_for_a_wrong_signature()
    {
        var end = await WithAsync("openssl", "echo OpenSSL 1.1.1w", bundle.Unpacked, "--verify-key", bundle.PublicKey);
        end.ExitCode.ShouldBe(1);
        end.Error.ShouldContain("cannot be checked with OpenSSL 1.1.1w");
    }

    [Fact]
    public async Task A_key_that_is_none_is_not_taken_for_a_wrong_signature()
    {
        var end = await InstallAsync(bundle.Unpacked, "--verify-key", bundle.File("README.md"));
        end.ExitCode.ShouldBe(1);
        end.Error.ShouldContain("README.md is no public key");
    }

    [Fact]
    public async Task A_missing_file_is_refused_and_named()
    {
        var copy = await bundle.CopyAsync(_folder);
        File.Delete(Path.Combine(copy, "docs/backup.md"));
        var end = await InstallAsync(copy);
        end.ExitCode.ShouldBe(1);
        end.Error.ShouldContain("docs/backup.md");
    }

    [Fact]
    public async Task The_vendors_key_accepts_it_and_another_does_not()
    {
        var good = await InstallAsync(bundle.Unpacked, "--check", "--verify-key", bundle.PublicKey);
        good.ExitCode.ShouldBe(0, good.Error);
        good.Out.ShouldContain("verified   the signature, with " + bundle.PublicKey);
        var bad = await InstallAsync(bundle.Unpacked, "--verify-key", bundle.OtherPublicKey);
        bad.ExitCode.ShouldBe(1);
        bad.Error.ShouldContain("the signature does not fit");
        var missing = await InstallAsync(bundle.Unpacked, "--verify-key", _folder.File("no.pub"));
        missing.ExitCode.ShouldBe(1);
        missing.Error.ShouldContain("no.pub is not there");
        Directory.Exists(_folder.File("root")).ShouldBeFalse();
    }

    /// <summary>Who changes a file can change its sum as well; the signature is what they cannot make.</summary>
    [Fact]
    public async Task Sums_that_were_made_to_fit_are_refused_by_the_key()
    {
        var copy = await bundle.CopyAsync(_folder);
        Reseal(copy, Change(copy, "docs/backup.md"));
        (await InstallAsync(copy, "--check")).ExitCode.ShouldBe(0);
        var end = await InstallAsync(copy, "--check", "--verify-key", bundle.PublicKey);
        end.ExitCode.ShouldBe(1);
        end.Error.ShouldContain("the signature does not fit");
        File.Delete(Path.Combine(copy, "SHA256SUMS.sig"));
        end = await InstallAsync(copy, "--check", "--verify-key", bundle.PublicKey);
        end.ExitCode.ShouldBe(1);
        end.Error.ShouldContain("this bundle is not signed");
    }

    [Fact]
    public async Task What_the_sums_do_not_name_is_not_installed()
    {
        var copy = await bundle.CopyAsync(_folder);
        var lines = await File.ReadAllLinesAsync(Path.Combine(copy, "SHA256SUMS"));
        Replace(Path.Combine(copy, "SHA256SUMS"), string.Concat(lines.Where(line => !line.EndsWith("  linux-x64/berth", StringComparison.Ordinal)).Select(line => line + "\n")));
        var end = await InstallAsync(copy);
        end.ExitCode.ShouldBe(1);
        end.Error.ShouldContain("linux-x64/berth is not in SHA256SUMS");
        Directory.Exists(_folder.File("root")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_program_that_does_not_run_here_does_not_take_the_old_ones_place()
    {
        var copy = await bundle.CopyAsync(_folder);
        var bin = Directory.CreateDirectory(_folder.File("root/usr/local/bin")).FullName;
        await File.WriteAllTextAsync(Path.Combine(bin, "berth"), "old");
        Replace(Path.Combine(copy, "linux-x64/berth"), "#!/bin/sh\necho wrong machine\nexit 1\n");
        Reseal(copy, "linux-x64/berth");
        var end = await InstallAsync(copy);
        end.ExitCode.ShouldBe(1);
        end.Error.ShouldContain("does not run on this machine");
        end.Error.ShouldContain("wrong machine");
        Directory.GetFiles(bin).ShouldBe([Path.Combine(bin, "berth")]);
        (await File.ReadAllTextAsync(Path.Combine(bin, "berth"))).ShouldBe("old");
    }

    [Theory]
    [InlineData("--sideways")]
    [InlineData("--prefix")]
    [InlineData("--deb --portable")]
    public async Task Wrong_arguments_are_named(string arguments)
    {
        var end = await Command.RunAsync(bundle.File("install.sh"), arguments.Split(' '));
        end.ExitCode.ShouldBe(2);
        end.Error.ShouldContain("error: ");
        end.Error.ShouldContain("--");
    }

    /// <summary>With another program in the place of one that install.sh calls.</summary>
    private async Task<ProcessEnd> WithAsync(string name, string script, string from, params string[] arguments)
    {
        var tools = Directory.CreateDirectory(_folder.File("tools")).FullName;
        await File.WriteAllTextAsync(Path.Combine(tools, name), $"#!/bin/sh\n{script}\n");
        await Command.DoAsync("chmod", "755", Path.Combine(tools, name));
        return await Command.RunAsync(
            Path.Combine(from, "install.sh"), ["--root", _folder.File("root"), .. arguments], ("PATH", $"{tools}:{Environment.GetEnvironmentVariable("PATH")}"));
    }

    private Task<ProcessEnd> InstallAsync(string from, params string[] arguments) =>
        Command.RunAsync(Path.Combine(from, "install.sh"), ["--root", _folder.File("root"), .. arguments]);

    /// <summary>Changes one bit of the last byte of the one file that fits; returns its name. The file of the original is another.</summary>
    private static string Change(string copy, string pattern)
    {
        var path = Directory.GetFiles(Path.Combine(copy, Path.GetDirectoryName(pattern)!), Path.GetFileName(pattern)).Single();
        var content = File.ReadAllBytes(path);
        content[^1] ^= 1;
        var mode = File.GetUnixFileMode(path);
        File.Delete(path);
        File.WriteAllBytes(path, content);
        File.SetUnixFileMode(path, mode);
        return Path.GetRelativePath(copy, path);
    }

    private static void Replace(string path, string text)
    {
        var mode = File.GetUnixFileMode(path);
        File.Delete(path);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, mode);
    }

    private static void Reseal(string copy, string name)
    {
        var sum = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(copy, name))));
        var sums = Path.Combine(copy, "SHA256SUMS");
        Replace(sums, string.Concat(File.ReadAllLines(sums).Select(line => (line[66..] == name ? $"{sum}  {name}" : line) + "\n")));
    }
}
