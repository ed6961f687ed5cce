using Berth.Testing.Processes;

namespace Berth.Bundle.Tests;

/// <summary>
/// A signed bundle, made once for all tests and unpacked. Its linux-x64 program is one file that needs this machine's runtime, which
/// is built in seconds; <c>BERTH_DIST</c> names a folder of <c>eng/publish</c> to take instead.
/// </summary>
public sealed class MadeBundle : IAsyncLifetime
{
    private readonly TestFolder _folder = new();

    /// <summary>The version of the program in it.</summary>
    public string Version { get; private set; } = string.Empty;

    /// <summary>What eng/bundle printed.</summary>
    public ProcessEnd Making { get; private set; } = new(0, string.Empty, string.Empty);

    /// <summary>The archive.</summary>
    public string Archive => _folder.File($"out/berth-{Version}-bundle.tar.gz");

    /// <summary>Where it is unpacked.</summary>
    public string Unpacked => _folder.File($"unpacked/berth-{Version}");

    /// <summary>The private key that it is signed with.</summary>
    public string Key => _folder.File("vendor.pem");

    /// <summary>The public one.</summary>
    public string PublicKey => _folder.File("vendor.pub");

    /// <summary>A key of somebody else.</summary>
    public string OtherPublicKey => _folder.File("other.pub");

    /// <summary>The path of a file of the bundle.</summary>
    public string File(string name) => Path.Combine(Unpacked, name);

    /// <summary>The lines of SHA256SUMS by file.</summary>
    public Dictionary<string, string> Sums() =>
        System.IO.File.ReadLines(File("SHA256SUMS")).ToDictionary(line => line[66..], line => line[..64], StringComparer.Ordinal);

    /// <summary>Runs eng/bundle on programs that are there already.</summary>
    public Task<ProcessEnd> MakeAsync(string binaries, string output, params string[] more) => Command.RunAsync(
        Path.Combine(Command.Root, "eng/bundle"), ["--binaries", binaries, "--out", output, .. more]);

    /// <summary>A copy whose files may be replaced: they are linked, so that it takes no room.</summary>
    public async Task<string> CopyAsync(TestFolder into)
    {
        await Command.DoAsync("cp", "-al", Unpacked, into.File("copy"));
        return into.File("copy");
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        // Other users look into it, too.
        System.IO.File.SetUnixFileMode(
            _folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        await Command.DoAsync("openssl", "genpkey", "-algorithm", "ed25519", "-out", Key);
        await Command.DoAsync("openssl", "genpkey", "-algorithm", "ed25519", "-out", _folder.File("other.pem"));
        await Command.DoAsync("openssl", "pkey", "-in", Key, "-pubout", "-out", PublicKey);
        await Command.DoAsync("openssl", "pkey", "-in", _folder.File("other.pem"), "-pubout", "-out", OtherPublicKey);
        var binaries = _folder.File("binaries");
        await PublishAsync(binaries);
        Making = await MakeAsync(binaries, _folder.File("out"), "--sign", Key);
        Making.ExitCode.ShouldBe(0, $"{Making.Out}\n{Making.Error}");
        Version = (await Command.DoAsync(Path.Combine(binaries, "linux-x64/berth"), "version")).Trim();
        Directory.CreateDirectory(_folder.File("unpacked"));
        await Command.DoAsync("tar", "-xzf", Archive, "-C", _folder.File("unpacked"));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task PublishAsync(string to)
    {
        string[] publish = ["publish", "src/Berth.Cli", "-c", "Release", "-v", "q", "--no-self-contained"];
        await Command.DoAsync("dotnet", [.. publish, "--no-build", "-p:UseAppHost=false", "-o", Path.Combine(to, "portable")]);
        if (Environment.GetEnvironmentVariable("BERTH_DIST") is { } dist)
        {
            Directory.CreateDirectory(Path.Combine(to, "linux-x64"));
            System.IO.File.Copy(Path.Combine(dist, "berth"), Path.Combine(to, "linux-x64/berth"));
            return;
        }

        await Command.DoAsync(
            "dotnet",
            [.. publish, "-r", "linux-x64", "-p:PublishSingleFile=true", "-p:DebugType=none", "-p:EnableSingleFileAnalyzer=false", "-o", Path.Combine(to, "linux-x64")]);
    }
}
