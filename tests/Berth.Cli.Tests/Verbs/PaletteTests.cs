using Berth.Cli.Output;
using Berth.Cli.Verbs;
using Berth.Testing.Processes;

namespace Berth.Cli.Tests.Verbs;

/// <summary>The program called <c>pbm</c> has the verbs of operators, and says where the others are.</summary>
public sealed class PaletteTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestShell _pbm;

    public PaletteTests() => _pbm = new TestShell(CommandName.Pbm, ("RUNTIME_DIRECTORY", _folder.Path));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Help_lists_the_verbs_of_operators_and_no_others()
    {
        var (code, help, error) = await _pbm.RunAsync("--help");
        (code, error).ShouldBe((0, ""));
        help.ShouldBe((await _pbm.RunAsync("help")).Out);
        var listed = help.Split('\n').SkipWhile(line => line != "Verbs:").Skip(1).TakeWhile(line => line.Length > 0).Select(line => line[2..26].TrimEnd()).ToList();
        listed.ShouldBe(VerbTable.Of(CommandName.Pbm).Select(verb => verb.Name));
        string[] wanted =
        [
            "cluster show", "cluster down", "cluster leave", "pools ls", "pools show", "claims ls", "claims release", "log tail", "help", "version", "completion",
        ];
        wanted.ShouldBeSubsetOf(listed);
        listed.Select(name => name.Split(' ')[0]).Distinct().Except(["cluster", "shards", "pools", "claims", "log", "help", "version", "completion"]).ShouldBeEmpty();
    }

    [Fact]
    public void Berth_has_every_verb_of_operators_too() =>
        VerbTable.Of(CommandName.Pbm).ShouldBeSubsetOf(VerbTable.Of(CommandName.Berth));

    [Fact]
    public void A_verb_added_to_a_family_of_operators_is_theirs_unless_it_says_otherwise()
    {
        static Verb Named(string name) => new(name, "", "", [], _ => Task.FromResult(ExitCode.Done));
        Named("shards ls").ForOperators.ShouldBeTrue();
        Named("cluster tail").ForOperators.ShouldBeTrue();
        Named("clusters").ForOperators.ShouldBeFalse();
        Named("serve").ForOperators.ShouldBeFalse();
        (Named("pools set") with { ForOperators = false }).ForOperators.ShouldBeFalse();
    }

    [Theory]
    [InlineData("serve", "serve")]
    [InlineData("ls --json", "ls")]
    [InlineData("holders release n --pool p", "holders release")]
    [InlineData("license issue", "license issue")]
    [InlineData("license", "license")]
    [InlineData("pools set p --ttl 40s", "pools set")]
    public async Task Other_verbs_are_refused_with_how_to_call_them(string line, string verb) =>
        (await _pbm.RunAsync(line.Split(' '))).ShouldBe(
            (2, "", $"Error: pbm has no verb \"{verb}\": call 'berth {verb}'\nRun 'pbm --help' for what pbm has.\n"));

    [Fact]
    public async Task A_word_that_is_nowhere_a_verb_is_unknown()
    {
        (await _pbm.RunAsync("nosuch")).Error.ShouldBe("Error: unknown command \"nosuch\" for \"pbm\"\nRun 'pbm --help' for usage.\n");
        (await _pbm.RunAsync("pools", "nosuch")).Error.ShouldBe("Error: unknown command \"nosuch\" for \"pbm pools\"\nRun 'pbm pools --help' for usage.\n");
        (await _pbm.RunAsync("help", "serve")).Code.ShouldBe(2);
        (await _pbm.RunAsync("pools")).Error.ShouldBe("Error: pools needs one of: ls, show\n");
    }

    [Theory]
    [InlineData("pools ls")]
    [InlineData("claims ls")]
    [InlineData("claims release p n --reason r --yes")]
    [InlineData("log tail")]
    public async Task Without_a_member_it_says_how_to_name_one_and_makes_no_database(string line)
    {
        var (code, _, error) = await _pbm.RunAsync(line.Split(' '));
        code.ShouldBe(5);
        error.ShouldBe(
            $"Error: no member was named, and none answers in {_folder.Path}: name its socket with --socket FILE, "
                + "or a member elsewhere with --server https://HOST:9110 --token-file FILE\n");
        File.Exists("berth.sqlite").ShouldBeFalse();
    }

    [Theory]
    [InlineData("pbm po", "pools")]
    [InlineData("pbm pools s", "show")]
    [InlineData("pbm log t", "tail")]
    [InlineData("pbm log tail --fol", "--follow")]
    [InlineData("pbm cluster show --json pl", "")]
    [InlineData("pbm serv", "")]
    public async Task Bash_completes_the_words_of_pbm(string line, string expected)
    {
        await File.WriteAllTextAsync(_folder.File("script"), CompletionScript.Bash(CommandName.Pbm));
        const string Ask = """
            source ./script
            complete -p pbm >/dev/null
            COMP_WORDS=($1)
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _pbm || true
            echo "${COMPREPLY[*]}"
            """;
        var end = await BerthProcess.RunAsync("bash", _folder.Path, ["-euc", Ask, "-", line]);
        (end.ExitCode, end.Out, end.Error).ShouldBe((0, expected + "\n", ""));
    }

    [Fact]
    public async Task Every_shell_has_a_script_for_the_name()
    {
        (await _pbm.RunAsync("completion", "bash")).Out.ShouldEndWith("complete -F _pbm pbm\n");
        (await _pbm.RunAsync("completion", "zsh")).Out.ShouldStartWith("#compdef pbm\n");
        var fish = (await _pbm.RunAsync("completion", "fish")).Out;
        fish.ShouldContain("complete -c pbm -n __fish_use_subcommand -f -a claims\n");
        fish.ShouldNotContain("-a serve ");
    }
}
