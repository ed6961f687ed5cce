using Berth.Cli.Verbs;

namespace Berth.Cli.Tests.Verbs;

public sealed class VerbTableTests
{
    [Theory]
    [InlineData("ls", "ls", "")]
    [InlineData("--database x ls --plain", "ls", "--database x --plain")]
    [InlineData("-v ls word", "ls", "-v word")]
    [InlineData("pools ls", "pools ls", "")]
    [InlineData("--json pools -v set p", "pools set", "--json -v p")]
    [InlineData("holders --json", "holders", "--json")]
    [InlineData("holders --pool p release n", "holders release", "--pool p n")]
    [InlineData("-p 80 serve", "serve", "-p 80")]
    [InlineData("-p80 serve", "serve", "-p80")]
    [InlineData("--database=x serve", "serve", "--database=x")]
    public void The_verb_is_found_among_flags(string line, string name, string remaining)
    {
        var (verb, rest) = VerbTable.Find(line.Split(' '), "berth");
        verb!.Name.ShouldBe(name);
        string.Join(' ', rest).ShouldBe(remaining);
    }

    [Theory]
    [InlineData("")]
    [InlineData("--version")]
    [InlineData("-v --json")]
    public void No_word_is_no_verb(string line) =>
        VerbTable.Find(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), "berth").Verb.ShouldBeNull();

    [Fact]
    public void A_flag_means_the_same_in_every_verb()
    {
        foreach (var flags in VerbTable.All.SelectMany(verb => verb.AllFlags).Distinct().GroupBy(flag => flag.Name))
        {
            flags.Select(flag => flag.IsBare).Distinct().Count().ShouldBe(1, flags.Key);
        }

        foreach (var verb in VerbTable.All)
        {
            verb.AllFlags.Select(flag => flag.Name).ShouldBeUnique();
            verb.AllFlags.Where(flag => flag.Short is not null).Select(flag => flag.Short).ShouldBeUnique();
        }
    }

    [Fact]
    public void Every_setting_of_a_member_has_a_variable_and_a_key_in_the_file()
    {
        foreach (var flag in ServeFlags.All)
        {
            flag.InFile.ShouldBeTrue(flag.Name);
            (flag.BerthVariable is not null || flag == ServeFlags.SigningSecretFile).ShouldBeTrue(flag.Name);
        }
    }
}
