using System.Diagnostics;
using System.Globalization;
using Berth.Testing.Processes;

namespace Berth.Deploy.Tests.Machine;

/// <summary>A file that a process finds, as the engine or systemd puts it there.</summary>
/// <param name="Path">Where.</param>
/// <param name="Text">What is in it.</param>
/// <param name="Mode">Its octal mode. It is root's, and of the group of the process.</param>
internal sealed record GivenFile(string Path, string Text, string Mode);

/// <summary>
/// The program in a root folder of its own that cannot be written to, as another user, without a capability and unable to get one: what a
/// container or a hardened unit gives it. The network is the machine's.
/// </summary>
internal sealed class ReadOnlyMachine : IAsyncDisposable
{
    /// <summary>Makes the root in a mount namespace, where nobody else sees it, and ends as the program.</summary>
    private const string Script = """
        set -euo pipefail
        user=$1 program=$2 dotnet=$3 writable=$4 given=$5 root=$6; shift 6
        mount --make-rprivate /
        mount -t tmpfs -o mode=0755 tmpfs "$root"
        bind() { mkdir -p "$root$2"; mount --rbind "$1" "$root$2"; mount -o remount,ro,bind "$root$2"; }
        for folder in bin lib lib64 sbin; do if [ -L "/$folder" ]; then cp -a "/$folder" "$root/$folder"; elif [ -d "/$folder" ]; then bind "/$folder" "/$folder"; fi; done
        for folder in usr etc sys; do bind "/$folder" "/$folder"; done
        for folder in proc dev; do mkdir "$root/$folder"; mount --rbind "/$folder" "$root/$folder"; done
        bind "$program" /program
        bind "$dotnet" /dotnet
        for folder in $writable; do
          mkdir -p "$root$folder"
          mount -t tmpfs -o "mode=0700,uid=$user,gid=$user" tmpfs "$root$folder"
        done
        while IFS=' ' read -r from to mode; do
          [ -n "$from" ] || continue
          # As the kubelet does: a folder that is swapped by a link, and links into it.
          folder=$root$(dirname "$to")
          mkdir -p "$folder/..version"
          install -o 0 -g "$user" -m "$mode" "$from" "$folder/..version/$(basename "$to")"
          ln -sfn ..version "$folder/..data"
          ln -s "..data/$(basename "$to")" "$root$to"
        done <"$given"
        mount -o remount,ro "$root"
        exec chroot "$root" /usr/bin/setpriv --reuid="$user" --regid="$user" --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all -- "$@"
        """;

    private readonly TestFolder _folder;
    private readonly Process _process;

    private ReadOnlyMachine(TestFolder folder, Process process)
    {
        _folder = folder;
        _process = process;
        Out = new OutputLines(process.StandardOutput);
        Error = new OutputLines(process.StandardError);
    }

    public OutputLines Out { get; }

    public OutputLines Error { get; }

    /// <summary>The process: the namespace's maker becomes the program.</summary>
    public int Id => _process.Id;

    /// <summary>Starts the program, <c>berth</c>, with these arguments.</summary>
    public static ReadOnlyMachine Start(
        uint user, IEnumerable<string> writable, IEnumerable<GivenFile> files, IReadOnlyDictionary<string, string> environment, IEnumerable<string> arguments)
    {
        var folder = new TestFolder();
        var root = Directory.CreateDirectory(folder.File("root")).FullName;
        var list = files.Select((file, index) =>
        {
            File.WriteAllText(folder.File($"given-{index}"), file.Text);
            return $"{folder.File($"given-{index}")} {file.Path} {file.Mode}\n";
        });
        File.WriteAllText(folder.File("given"), string.Concat(list));
        string[] all =
        [
            "--mount", "bash", "-c", Script, "bash",
            user.ToString(CultureInfo.InvariantCulture), AppContext.BaseDirectory, DotnetRoot, string.Join(' ', writable), folder.File("given"), root,
            "/program/berth", .. arguments,
        ];
        var start = new ProcessStartInfo("unshare", all) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = "/" };
        start.Environment.Clear();
        foreach (var (name, value) in environment.Append(new("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")).Append(new("DOTNET_ROOT", "/dotnet")))
        {
            start.Environment[name] = value;
        }

        return new ReadOnlyMachine(folder, Process.Start(start)!);
    }

    /// <summary>A path of the machine as others see it.</summary>
    public string Outside(string path) => $"/proc/{Id}/root{path}";

    /// <summary>A line of what the kernel says of the process, such as <c>CapBnd</c>.</summary>
    public string Status(string name) =>
        File.ReadAllLines($"/proc/{Id}/status").Single(line => line.StartsWith(name + ":", StringComparison.Ordinal))[(name.Length + 1)..].Trim();

    /// <summary>SIGTERM; returns its exit code.</summary>
    public async Task<int> StopAsync()
    {
        await Tool.TerminateAsync(_process);
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _folder.Dispose();
    }

    /// <summary>The folder of the runtime that runs the tests.</summary>
    private static string DotnetRoot =>
        Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
}
