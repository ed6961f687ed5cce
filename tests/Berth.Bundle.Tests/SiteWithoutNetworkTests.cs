using Berth.Testing.Processes;

namespace Berth.Bundle.Tests;

/// <summary>
/// The bundle where it is meant for: a network namespace with nothing but its own loopback interface. Needs root, as namespaces do.
/// </summary>
public sealed class SiteWithoutNetworkTests(MadeBundle bundle) : IDisposable
{
    /// <summary>A process namespace ends the member with the script. $AS is who does it, $INSTALL how it is installed, $PROGRAMS where to. The environment of each program is empty.</summary>
    private const string Script = """
        set -eu
        ip link set lo up
        test -z "$(ip route show)"
        cd "$SITE"
        $AS "$BUNDLE/install.sh" $INSTALL --verify-key "$KEY" >installed
        berth() { $AS env -i HOME=/proc/none PATH="$PATH" ${DOTNET_ROOT:+DOTNET_ROOT="$DOTNET_ROOT"} "$PROGRAMS/berth" "$@"; }
        berth version
        berth add licenses --public-key "$VENDOR" >added
        berth serve -b 127.0.0.1 -p 6349 >serve.log 2>&1 &
        member=$!
        tail -F serve.log 2>/dev/null --pid=$member | sed '/  seats /q' >/dev/null
        berth claim node1 --url http://127.0.0.1:6349/
        berth release node1 --url http://127.0.0.1:6349/
        berth doctor -b 127.0.0.1 >doctor || test $? -le 4
        grep -qi clock doctor
        """;

    private readonly TestFolder _site = new();

    public void Dispose() => _site.Dispose();

    [Theory]
    [InlineData("", "--root ROOT", "ROOT/usr/local/bin")]
    [InlineData("", "--root ROOT --portable", "ROOT/usr/local/bin")]
    [InlineData("setpriv --reuid 65534 --regid 65534 --clear-groups", "--prefix ROOT/.local", "ROOT/.local/bin")]
    public async Task Installed_from_the_bundle_it_adds_serves_claims_and_releases(string who, string how, string programs)
    {
        var folder = _site.File("site");
        Directory.CreateDirectory(folder);
        var vendor = new TestVendor();
        var (_, license, key) = vendor.Issue();
        Directory.CreateDirectory(Path.Combine(folder, "licenses"));
        await File.WriteAllBytesAsync(Path.Combine(folder, "licenses/a.lic"), license);
        await File.WriteAllTextAsync(Path.Combine(folder, "licenses/a.key"), key + "\n");
        await Command.DoAsync("chmod", "755", _site.Path);
        await Command.DoAsync("chown", "-R", who.Length > 0 ? "65534:65534" : "0:0", folder);
        var end = await Command.RunAsync(
            "unshare",
            ["-n", "--pid", "--fork", "--kill-child", "--mount-proc", "bash", "-c", Script],
            ("SITE", folder),
            ("AS", who),
            ("BUNDLE", bundle.Unpacked),
            ("INSTALL", how.Replace("ROOT", folder, StringComparison.Ordinal)),
            ("PROGRAMS", programs.Replace("ROOT", folder, StringComparison.Ordinal)),
            ("KEY", bundle.PublicKey),
            ("VENDOR", vendor.PublicKey));
        end.ExitCode.ShouldBe(0, $"network namespaces need root\n{end.Out}\n{end.Error}\n{await LogAsync(folder)}");
        end.Out.ShouldBe($"{bundle.Version}\nseat claimed for 60 s\nseat released\n");
        (await File.ReadAllTextAsync(Path.Combine(folder, "installed"))).ShouldContain("doctor");
    }

    /// <summary>The compiler's packages come from the bundle alone. The whole build is tried by <c>eng/bundle --check</c>.</summary>
    [Fact]
    public async Task The_source_in_it_restores_from_the_packages_in_it()
    {
        const string Restore = """
            set -eu
            test -z "$(ip route show)"
            cp -r "$BUNDLE/source" "$SITE/source"
            cd "$SITE/source"
            mkdir "$HOME"
            dotnet restore src/Berth.Cli --locked-mode -v q --disable-build-servers
            ls "$NUGET_PACKAGES"
            """;
        var end = await Command.RunAsync(
            "unshare",
            ["-n", "env", "-u", "NUGET_FALLBACK_PACKAGES", "bash", "-c", Restore],
            ("BUNDLE", bundle.Unpacked),
            ("SITE", _site.Path),
            ("HOME", _site.File("home")),
            ("DOTNET_CLI_HOME", _site.File("home")),
            ("NUGET_PACKAGES", _site.File("cache")),
            ("DOTNET_GENERATE_ASPNET_CERTIFICATE", "false"),
            ("BERTH_OFFLINE", "true"));
        end.ExitCode.ShouldBe(0, $"{end.Out}\n{end.Error}");
        end.Out.Split('\n').ShouldContain("npgsql");
    }

    private static async Task<string> LogAsync(string folder)
    {
        var path = Path.Combine(folder, "serve.log");
        return File.Exists(path) ? await File.ReadAllTextAsync(path) : "it did not serve";
    }
}
