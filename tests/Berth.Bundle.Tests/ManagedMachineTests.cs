using Berth.Testing.Processes;

namespace Berth.Bundle.Tests;

/// <summary>
/// Installing, upgrading and removing as root, in a copy of this machine that vanishes with its namespace: what is written there goes to
/// memory. A script in the place of systemctl notes what it is asked. Needs root.
/// </summary>
public sealed class ManagedMachineTests(MadeBundle bundle) : IDisposable
{
    private const string Machine = """
        set -eu
        mount -t tmpfs none "$WORK"
        mkdir "$WORK/upper" "$WORK/work" "$WORK/root"
        mount -t overlay overlay -o "lowerdir=/,upperdir=$WORK/upper,workdir=$WORK/work" "$WORK/root"
        cd "$WORK/root"
        mount --bind "$BUNDLE" mnt
        mount --rbind /dev dev
        mount -t proc proc proc
        mount -t tmpfs none run
        mount -t tmpfs none tmp
        mkdir -p run/systemd/system
        cp "$KEY" tmp/vendor.pub
        [ ! -e "$OLDER" ] || cp "$OLDER" tmp/older.deb
        printf '#!/bin/sh\necho "systemctl $*"\n' >usr/bin/systemctl
        chmod 755 usr/bin/systemctl
        printf '%s\n' "$SCRIPT" | chroot . env -i PATH="$PATH" ${DOTNET_ROOT:+DOTNET_ROOT="$DOTNET_ROOT"} sh -eu
        """;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_package_keeps_changed_settings_without_asking_and_stops_what_it_removes()
    {
        var older = await OlderPackageAsync();
        var text = await RunAsync(
            older,
            """
            dpkg --install /tmp/older.deb
            echo BERTH_TTL=2m >>/etc/berth/berth.env
            mkdir -p /var/lib/berth
            echo seats >/var/lib/berth/berth.sqlite
            echo == upgrade
            /mnt/install.sh --deb --verify-key /tmp/vendor.pub </dev/null
            tail -n 1 /etc/berth/berth.env
            ls /etc/berth
            echo == remove
            /mnt/install.sh --uninstall --deb
            ls /etc/berth /usr/bin/berth 2>&1 || true
            echo == purge
            dpkg --purge berth
            ls -d /etc/berth 2>&1 || true
            cat /var/lib/berth/berth.sqlite
            """);
        var parts = text.Split("== ");
        parts[1].ShouldStartWith("upgrade\nverified ");
        parts[1].ShouldContain("berth: a member that runs goes on with version 0.0.9~rc.1");
        parts[1].ShouldEndWith("BERTH_TTL=2m\nberth.env\nberth.env.dpkg-dist\n");
        parts[1].ShouldNotContain("systemctl disable");
        parts[2].ShouldContain("systemctl disable --now berth.service\n");
        parts[2].ShouldContain("cannot access '/usr/bin/berth'");
        parts[2].ShouldContain("\nberth.env\n");
        parts[3].ShouldContain("cannot access '/etc/berth'");
        parts[3].ShouldEndWith("\nseats\n");
    }

    [Fact]
    public async Task Without_the_package_systemd_is_told_of_the_unit_and_stops_it_before_it_goes()
    {
        var text = await RunAsync(
            string.Empty,
            """
            /mnt/install.sh --verify-key /tmp/vendor.pub
            env -i /usr/local/bin/berth version
            echo == remove
            /mnt/install.sh --uninstall
            find /etc/berth /usr/local /etc/systemd -name '*berth*'
            """);
        var parts = text.Split("== ");
        parts[0].ShouldContain("systemctl daemon-reload\n");
        parts[0].ShouldNotContain("--now berth.service");
        parts[0].ShouldEndWith($"\n{bundle.Version}\n");
        parts[1].ShouldStartWith("remove\nsystemctl disable --now berth.service\n");
        parts[1].ShouldEndWith("/etc/berth\n/etc/berth/berth.env\n");
    }

    private async Task<string> RunAsync(string older, string script)
    {
        var end = await Command.RunAsync(
            "unshare",
            ["-m", "-n", "sh", "-c", Machine],
            ("WORK", Directory.CreateDirectory(_folder.File("machine")).FullName),
            ("BUNDLE", bundle.Unpacked),
            ("KEY", bundle.PublicKey),
            ("OLDER", older),
            ("SCRIPT", script));
        end.ExitCode.ShouldBe(0, $"mounting needs root\n{end.Out}\n{end.Error}");
        return end.Out;
    }

    /// <summary>The same package with another version and other settings.</summary>
    private async Task<string> OlderPackageAsync()
    {
        var raw = _folder.File("raw");
        await Command.DoAsync("dpkg-deb", "--raw-extract", bundle.File($"berth_{bundle.Version}_amd64.deb"), raw);
        var control = Path.Combine(raw, "DEBIAN/control");
        await File.WriteAllTextAsync(
            control, (await File.ReadAllTextAsync(control)).Replace($"Version: {bundle.Version}\n", "Version: 0.0.9~rc.1\n", StringComparison.Ordinal));
        await File.WriteAllTextAsync(Path.Combine(raw, "etc/berth/berth.env"), "# older\n");
        await Command.DoAsync("dpkg-deb", "--root-owner-group", "--build", raw, _folder.File("older.deb"));
        return _folder.File("older.deb");
    }
}
