using Berth.Testing.Processes;

namespace Berth.Cli.Tests.Verbs;

/// <summary>What the program prints and exits with under the name <c>relay</c>.</summary>
public sealed class RelayTextsTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestVendor _vendor = new();
    private readonly TestShell _relay = new(CommandName.Relay);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Pairs_are_added_in_order_and_listed()
    {
        var (first, second) = (_vendor.IssueTo(_folder, "a"), _vendor.IssueTo(_folder, "b"));
        var added = await RunAsync("add", "--file", $"{_folder.File("a.lic")},{_folder.File("b.lic")}", "--key", Key("a"), "--key", Key("b"), "--public-key", _vendor.PublicKey);
        added.ShouldBe((0, $"license added successfully: {first}\nlicense added successfully: {second}\n", ""));
        (await RunAsync("ls", "--plain")).Out.ShouldBe(
            $"""
            | id                                   | pool | claims | node_id | last_claimed_at | last_released_at |
            +--------------------------------------+------+--------+---------+-----------------+------------------+
            | {first} | -    | 0      | -       | -               | -                |
            | {second} | -    | 0      | -       | -               | -                |

            """);
        (await RunAsync("stat", "--license", second, "--plain")).Out.ShouldBe(
            $"""
            | id                                   | pool | claims | node_id | last_claimed_at | last_released_at |
            +--------------------------------------+------+--------+---------+-----------------+------------------+
            | {second} | -    | 0      | -       | -               | -                |

            """);
        (await RunAsync("del", "--license", first, "--license", second)).Out
            .ShouldBe($"license deleted successfully: {first}\nlicense deleted successfully: {second}\n");
        (await RunAsync("ls")).ShouldBe((0, "license pool is empty\n", ""));
    }

    [Fact]
    public async Task A_license_past_its_end_is_added_as_any_other()
    {
        var (id, file, key) = _vendor.Issue(expiry: new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await File.WriteAllBytesAsync(_folder.File("old.lic"), file);
        (await AddAsync("old", key, _vendor.PublicKey)).ShouldBe((0, $"license added successfully: {id}\n", ""));
    }

    [Fact]
    public async Task Application_errors_exit_with_0()
    {
        _vendor.IssueTo(_folder, "a");
        (await RunAsync("ls")).ShouldBe((0, "license pool is empty\n", ""));
        (await RunAsync("ls", "--pool", "x")).ShouldBe((0, "", "error: pool not found\n"));
        (await RunAsync("del", "--license", "x")).ShouldBe((0, "", "error: license x not found\n"));
        (await RunAsync("stat", "--license", "x")).ShouldBe((0, "", "error: license x: license not found\n"));
        (await AddAsync("none", "k", _vendor.PublicKey)).ShouldBe((0, "", $"error: license file not found at '{_folder.File("none.lic")}'\n"));
        (await AddAsync("a", "k", "zz")).ShouldBe((0, "", "error: license verification failed: license file is invalid\n"));
        (await AddAsync("a", "k", _vendor.PublicKey)).ShouldBe((0, "", "error: license decryption failed: license file is invalid\n"));
        (await AddAsync("a", $" {Key("a")} ", _vendor.PublicKey)).Error.ShouldBe("");
        (await AddAsync("a", Key("a"), _vendor.PublicKey)).ShouldBe((0, "", "error: license with the provided key already exists\n"));
        (await AddAsync("a", $"{Key("a")},k", _vendor.PublicKey)).ShouldBe((0, "", "error: number of key and file flags must match\n"));
    }

    [Fact]
    public async Task Errors_at_the_start_exit_with_1()
    {
        (await RunAsync("add")).ShouldBe((1, "", "Error: required flag(s) \"file\", \"key\", \"public-key\" not set\n"));
        (await RunAsync("add", "--key", "k")).ShouldBe((1, "", "Error: required flag(s) \"file\", \"public-key\" not set\n"));
        (await RunAsync("del")).ShouldBe((1, "", "Error: required flag(s) \"license\" not set\n"));
        (await RunAsync("bogus")).ShouldBe((1, "", "Error: unknown command \"bogus\" for \"relay\"\nRun 'relay --help' for usage.\n"));
        (await RunAsync("ls", "--bogus")).ShouldBe((1, "", "Error: unknown flag: --bogus\n"));
        (await RunAsync("ls", "--pragma", "x")).ShouldBe((1, "", "Error: invalid pragma format: x (expected key=value)\n"));
        (await RunAsync("serve", "--strategy", "bogus")).ShouldBe(
            (1, "", "Error: invalid argument \"bogus\" for \"--strategy\" flag: must be one of \"lifo\", \"fifo\", or \"rand\"\n"));
        (await RunAsync("serve", "--ttl", "10s")).ShouldBe(
            (1, "", "error: time-to-live value must be at least 30s\nError: time-to-live value must be at least 30s\n"));
    }

    [Fact]
    public async Task The_public_key_may_come_from_the_environment()
    {
        var id = _vendor.IssueTo(_folder, "a");
        foreach (var variable in new[] { "RELAY_PUBLIC_KEY", "KEYGEN_PUBLIC_KEY" })
        {
            var relay = new TestShell(CommandName.Relay, (variable, _vendor.PublicKey));
            var added = await relay.RunAsync("add", "--file", _folder.File("a.lic"), "--key", Key("a"), "--database", _folder.File(variable));
            added.Out.ShouldBe($"license added successfully: {id}\n");
        }
    }

    [Fact]
    public async Task Version_and_help_need_no_database()
    {
        var version = (await _relay.RunAsync("version")).Out;
        (await _relay.RunAsync("--version")).ShouldBe((0, $"relay version {version}", ""));
        (await _relay.RunAsync()).Out.ShouldContain("Usage:\n  relay VERB");
        (await _relay.RunAsync("serve", "--help")).Out.ShouldContain("RELAY_LEASE_TTL");
        foreach (var shell in new[] { "bash", "zsh", "fish" })
        {
            (await _relay.RunAsync("completion", shell)).Out.ShouldContain("complete");
        }
    }

    private Task<(int Code, string Out, string Error)> AddAsync(string name, string key, string publicKey) =>
        RunAsync("add", "--file", _folder.File(name + ".lic"), "--key", key, "--public-key", publicKey);

    private string Key(string name) => File.ReadAllText(_folder.File(name + ".key")).Trim();

    private Task<(int Code, string Out, string Error)> RunAsync(params string[] arguments) =>
        _relay.RunAsync([.. arguments, "--database", _folder.File("relay.sqlite")]);
}
