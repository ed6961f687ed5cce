using Berth.Testing.Processes;

namespace Berth.Bundle.Tests;

/// <summary>install.sh, again and again, over older versions, over what is not its own, and back.</summary>
public sealed class InstallTests(MadeBundle bundle) : IDisposable
{
    private const string Foreign = "#!/bin/sh\necho not berth\n";

    private static readonly string[] _coreutils =
        ["cat", "chmod", "cp", "dirname", "id", "ln", "mkdir", "mktemp", "mv", "readlink", "rm", "sha256sum", "uname"];

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_needs_a_shell_and_coreutils_and_nothing_else()
    {
        var tools = Directory.CreateDirectory(_folder.File("tools")).FullName;
        foreach (var name in _coreutils)
        {
            File.CreateSymbolicLink(Path.Combine(tools, name), Path.Combine("/usr/bin", name));
        }

        var end = await Command.RunAsync("/bin/sh", [bundle.File("install.sh"), "--root", Root], ("PATH", tools));
        end.ExitCode.ShouldBe(0, end.Error);
        end.Error.ShouldBeEmpty();
        end = await Command.RunAsync("/bin/sh", [bundle.File("install.sh"), "--root", Root, "--verify-key", bundle.PublicKey], ("PATH", tools));
        end.ExitCode.ShouldBe(1);
        end.Error.ShouldContain("openssl is not installed");
    }

    [Fact]
    public async Task It_puts_programs_completions_documents_and_settings_in_their_places()
    {
        var text = await InstallAsync();
        text.ShouldContain("Nothing was started");
        text.ShouldContain("/usr/local/bin/berth doctor");
        Mode("usr/local/bin/berth").ShouldBe("755");
        new FileInfo(At("usr/local/bin/relay")).LinkTarget.ShouldBe("berth");
        new FileInfo(At("usr/local/bin/pbm")).LinkTarget.ShouldBe("berth");
        Mode("etc/berth/berth.env").ShouldBe("644");
        Mode("usr/local/share/bash-completion/completions/berth").ShouldBe("644");
        string[] more = ["usr/local/share/zsh/site-functions/_berth", "usr/local/share/fish/vendor_completions.d/berth.fish", "usr/local/share/doc/berth/docs/backup.md"];
        more.Where(path => !File.Exists(At(path))).ShouldBeEmpty();
        if (bundle.Sums().ContainsKey("systemd/berth.service"))
        {
            (await File.ReadAllTextAsync(At("etc/systemd/system/berth.service"))).ShouldContain("ExecStart=/usr/local/bin/berth serve");
        }
    }

    [Fact]
    public async Task Twice_is_once()
    {
        await InstallAsync();
        var before = State();
        var text = await InstallAsync();
        State().ShouldBe(before);
        text.ShouldNotContain("installed ");
        text.ShouldContain($"unchanged  {At("usr/local/bin/berth")} ({bundle.Version})");
    }

    [Fact]
    public async Task An_older_version_is_replaced_as_a_whole_and_its_settings_stay()
    {
        await InstallAsync();
        await File.WriteAllTextAsync(At("usr/local/bin/berth"), "#!/bin/sh\necho 0.0.9\n");
        await File.WriteAllTextAsync(At("etc/berth/berth.env"), "BERTH_TTL=2m\n");
        await using (var running = File.OpenRead(At("usr/local/bin/berth")))
        {
            (await InstallAsync()).ShouldContain($"berth {bundle.Version}, in place of 0.0.9");
            // Who has the old program open, as a member that runs, keeps it.
            using var reader = new StreamReader(running);
            (await reader.ReadToEndAsync()).ShouldEndWith("echo 0.0.9\n");
        }

        (await Command.DoAsync(At("usr/local/bin/berth"), "version")).Trim().ShouldBe(bundle.Version);
        (await File.ReadAllTextAsync(At("etc/berth/berth.env"))).ShouldBe("BERTH_TTL=2m\n");
        State().Keys.ShouldNotContain(path => path.Contains("draft", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_dry_run_says_what_it_would_do_and_does_nothing()
    {
        (await InstallAsync("--dry-run")).ShouldContain($"would      install {At("usr/local/bin/berth")} {bundle.Version}");
        Directory.Exists(Root).ShouldBeFalse();
        await InstallAsync();
        var before = State();
        (await InstallAsync("--uninstall", "--dry-run")).ShouldContain($"would      remove {At("usr/local/bin/berth")}");
        State().ShouldBe(before);
    }

    [Fact]
    public async Task Another_program_called_relay_stays_and_its_completions()
    {
        string[] theirs = ["usr/local/bin/relay", "usr/local/share/bash-completion/completions/relay"];
        foreach (var path in theirs)
        {
            await WriteAsync(path, Foreign);
        }

        (await InstallAsync()).ShouldContain("it is another program");
        File.Exists(At("usr/local/share/zsh/site-functions/_pbm")).ShouldBe(bundle.Sums().ContainsKey("completions/_pbm"));
        File.Exists(At("usr/local/share/zsh/site-functions/_relay")).ShouldBeFalse();
        await InstallAsync("--uninstall");
        foreach (var path in theirs)
        {
            (await File.ReadAllTextAsync(At(path))).ShouldBe(Foreign);
        }
    }

    [Fact]
    public async Task A_folder_in_the_place_of_the_program_is_refused_and_stays()
    {
        await WriteAsync("usr/local/bin/berth/theirs", Foreign);
        var end = await RunAsync();
        end.ExitCode.ShouldBe(1);
        end.Error.ShouldContain("cannot overwrite directory");
        (await InstallAsync("--uninstall")).ShouldContain("it is a folder");
        State().Keys.ShouldBe([At("usr/local/bin/berth/theirs")]);
    }

    /// <summary>The links of an image are meant for the image; here they would lead into this machine.</summary>
    [Theory]
    [InlineData("usr/local")]
    [InlineData("usr/local/share/doc")]
    [InlineData("etc/systemd")]
    public async Task A_link_that_leads_out_of_the_root_is_refused(string link)
    {
        var outside = Directory.CreateDirectory(_folder.File("outside")).FullName;
        Directory.CreateDirectory(Path.GetDirectoryName(At(link))!);
        Directory.CreateSymbolicLink(At(link), outside);
        foreach (var arguments in new string[][] { [], ["--uninstall"] })
        {
            var end = await RunAsync(arguments);
            end.ExitCode.ShouldBe(1);
            end.Error.ShouldContain($"leads out of {Root}");
        }

        Directory.EnumerateFileSystemEntries(outside).ShouldBeEmpty();
        State().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_link_within_the_root_is_followed()
    {
        Directory.CreateDirectory(At("opt"));
        Directory.CreateDirectory(At("usr"));
        File.CreateSymbolicLink(At("usr/local"), "../opt");
        await InstallAsync();
        File.Exists(At("opt/bin/berth")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_unit_that_somebody_changed_stays()
    {
        await InstallAsync();
        var unit = At("etc/systemd/system/berth.service");
        // What a release before this one wrote is replaced.
        await File.WriteAllTextAsync(unit, "older\n");
        await WriteAsync("usr/local/share/doc/berth/berth.service", "older\n");
        (await InstallAsync()).ShouldContain($"installed  {unit}");
        await File.AppendAllTextAsync(unit, "# ours\n");
        (await InstallAsync()).ShouldContain($"kept       {unit}: it was changed");
        (await File.ReadAllTextAsync(unit)).ShouldEndWith("# ours\n");
        (await InstallAsync("--uninstall")).ShouldContain($"kept       {unit}.old");
        State().Keys.ShouldBe([unit + ".old", At("etc/berth/berth.env")], ignoreOrder: true);
    }

    [Theory]
    [InlineData("")]
    [InlineData("--portable")]
    public async Task Uninstalling_leaves_the_settings_and_nothing_else(string how)
    {
        await InstallAsync([.. how.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        State().Count.ShouldBeGreaterThan(10);
        (await InstallAsync("--uninstall")).ShouldContain($"kept       {At("etc/berth/berth.env")}");
        State().Keys.ShouldBe([At("etc/berth/berth.env")]);
    }

    [Fact]
    public async Task Where_the_user_may_not_write_it_says_so_and_what_to_do()
    {
        await Command.DoAsync("chmod", "755", _folder.Path);
        var end = await Command.RunAsync(
            "setpriv", ["--reuid", "65534", "--regid", "65534", "--clear-groups", bundle.File("install.sh"), "--prefix", _folder.File("theirs")]);
        end.ExitCode.ShouldBe(1, "it takes root to become somebody else");
        end.Error.ShouldContain($"cannot write to {_folder.Path}: run this as root, or give --prefix DIR");
        Directory.Exists(_folder.File("theirs")).ShouldBeFalse();
    }

    private string Root => _folder.File("root with space");

    private string At(string path) => Path.Combine(Root, path);

    private async Task WriteAsync(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        await File.WriteAllTextAsync(At(path), text);
    }

    private Task<ProcessEnd> RunAsync(params string[] arguments) =>
        Command.RunAsync(bundle.File("install.sh"), ["--root", Root, .. arguments]);

    private async Task<string> InstallAsync(params string[] arguments)
    {
        var end = await RunAsync(arguments);
        end.ExitCode.ShouldBe(0, $"{end.Out}\n{end.Error}");
        end.Error.ShouldBeEmpty();
        return end.Out;
    }

    /// <summary>Each file with when it was written, to see whether anything touched it.</summary>
    private Dictionary<string, DateTime> State() => Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
        .ToDictionary(path => path, File.GetLastWriteTimeUtc, StringComparer.Ordinal);

    private string Mode(string path) => Convert.ToString((int)File.GetUnixFileMode(At(path)), 8);
}
