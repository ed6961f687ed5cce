using Berth.Testing.Processes;

namespace Berth.Bundle.Tests;

/// <summary>The Debian package, as dpkg sees it. It is written without dpkg.</summary>
public sealed class DebianPackageTests(MadeBundle bundle) : IDisposable
{
    private readonly TestFolder _folder = new();

    private string Package => bundle.File($"berth_{bundle.Version}_amd64.deb");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Dpkg_reads_its_fields_and_its_settings_file()
    {
        (await Command.DoAsync("dpkg-deb", "--field", Package, "Package", "Version", "Architecture"))
            .ShouldBe($"Package: berth\nVersion: {bundle.Version}\nArchitecture: amd64\n");
        (await Command.DoAsync("dpkg-deb", "--info", Package, "conffiles")).ShouldBe("/etc/berth/berth.env\n");
        var program = (int)(new FileInfo(bundle.File("linux-x64/berth")).Length / 1024);
        int.Parse(await Command.DoAsync("dpkg-deb", "--field", Package, "Installed-Size")).ShouldBeInRange(program, program + 2_000);
    }

    [Fact]
    public async Task Everything_in_it_belongs_to_root_alone()
    {
        var lines = (await Command.DoAsync("dpkg-deb", "--contents", Package)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Where(line => !line.Contains(" root/root ", StringComparison.Ordinal)).ShouldBeEmpty();
        lines.Where(line => line[0] != 'l' && (line[5] == 'w' || line[8] == 'w')).ShouldBeEmpty();
        lines.ShouldContain(line => line.StartsWith("-rw-r--r-- ", StringComparison.Ordinal) && line.EndsWith(" ./etc/berth/berth.env", StringComparison.Ordinal));
        lines.ShouldContain(line => line.EndsWith(" ./usr/bin/relay -> berth", StringComparison.Ordinal));
        lines.ShouldContain(line => line.EndsWith(" ./usr/share/bash-completion/completions/berth", StringComparison.Ordinal));
        lines.ShouldContain(line => line.EndsWith(" ./usr/share/zsh/vendor-completions/_berth", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Unpacked_it_runs_and_its_sums_fit()
    {
        await Command.DoAsync("dpkg-deb", "--raw-extract", Package, _folder.File("raw"));
        (await Command.DoAsync(_folder.File("raw/usr/bin/berth"), "version")).Trim().ShouldBe(bundle.Version);
        await Command.DoAsync("sh", "-c", $"cd {_folder.File("raw")} && md5sum --check --quiet DEBIAN/md5sums");
    }

    [Fact]
    public async Task Its_scripts_start_nothing_and_say_what_is_next()
    {
        await Command.DoAsync("dpkg-deb", "--control", Package, _folder.File("control"));
        var fresh = await Command.DoAsync(_folder.File("control/postinst"), "configure", string.Empty);
        fresh.ShouldContain("nothing was started");
        fresh.ShouldContain("berth doctor");
        (await Command.DoAsync(_folder.File("control/postinst"), "configure", "0.0.9")).ShouldContain("goes on with version 0.0.9");
        await Command.DoAsync(_folder.File("control/prerm"), "upgrade");
        await Command.DoAsync(_folder.File("control/postrm"), "remove");
    }
}
