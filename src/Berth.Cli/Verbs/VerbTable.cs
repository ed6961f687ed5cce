using Berth.Cli.Flags;

namespace Berth.Cli.Verbs;

/// <summary>Everything that the program does, in the order of its help.</summary>
internal static class VerbTable
{
    public static IReadOnlyList<Verb> All { get; } =
    [
        ServeVerb.Definition,
        AddVerb.Definition,
        DelVerb.Definition,
        LsVerb.Definition,
        StatVerb.Definition,
        ImportVerb.Definition,
        PoolsLsVerb.Definition,
        PoolsShowVerb.Definition,
        PoolsSetVerb.Definition,
        PolicyVerbs.Show,
        PolicyVerbs.Set,
        HoldersVerb.Definition,
        HoldersReleaseVerb.Definition,
        ClaimsLsVerb.Definition,
        ClaimsReleaseVerb.Definition,
        DenialsVerb.Definition,
        SettingsVerb.Definition,
        LogTailVerb.Definition,
        ClusterShowVerb.Definition,
        ClusterStatusVerb.Definition,
        ClusterTailVerb.Definition,
        ClusterJoinVerb.Definition,
        ClusterLeaveVerb.Definition,
        ClusterDownVerb.Definition,
        ClusterDownUnreachableVerb.Definition,
        ClusterDrillVerb.Definition,
        ClusterSecretVerb.Definition,
        ShardsLsVerb.Definition,
        ShardsMoveVerb.Definition,
        LicenseKeygenVerb.Definition,
        LicenseIssueVerb.Definition,
        LicenseInspectVerb.Definition,
        TokenNewVerb.Definition,
        BackupVerb.Definition,
        RestoreVerb.Definition,
        ConfirmRestoreVerb.Definition,
        DoctorVerb.Definition,
        ClaimVerb.Claim,
        ClaimVerb.Release,
        AuditLsVerb.Definition,
        AuditExportVerb.Definition,
        AuditVerifyVerb.Definition,
        PingVerb.Definition,
        QueryVerb.Definition,
        VersionVerb.Definition,
        CompletionVerb.Definition,
        HelpVerb.Definition,
    ];

    /// <summary>The verbs that the program has under a name.</summary>
    public static IReadOnlyList<Verb> Of(string program) => program == CommandName.Pbm ? _ofOperators : All;

    private static readonly IReadOnlyList<Verb> _ofOperators = [.. All.Where(verb => verb.ForOperators)];

    /// <summary>
    /// The verb in a command line, and the arguments without its words. Flags may stand before it. Null: there is no word at all.
    /// Fails with a usage error for a word that is no verb.
    /// </summary>
    public static (Verb? Verb, IReadOnlyList<string> Remaining) Find(IReadOnlyList<string> arguments, string program)
    {
        if (NextWord(arguments, 0) is not { } first)
        {
            return (null, arguments);
        }

        var word = arguments[first];
        var verbs = Of(program);
        var family = verbs.Where(verb => verb.Name.StartsWith(word + " ", StringComparison.Ordinal)).ToList();
        if (verbs.FirstOrDefault(verb => verb.Name == word) is { } verb && !IsFamily(family, word, arguments, first))
        {
            return (verb, Without(arguments, first));
        }

        if (family.Count == 0)
        {
            RefuseForeign(program, word, arguments, first);
            throw CommandFailedException.Usage($"unknown command {GoText.Quote(word)} for {GoText.Quote(program)}\nRun '{program} --help' for usage.");
        }

        if (NextWord(arguments, first + 1) is not { } second)
        {
            return IsHelp(arguments)
                ? (HelpVerb.Definition, [word])
                : throw CommandFailedException.Usage($"{word} needs one of: {string.Join(", ", family.Select(verb => verb.Name[(word.Length + 1)..]))}");
        }

        var name = $"{word} {arguments[second]}";
        return family.FirstOrDefault(verb => verb.Name == name) is { } member
            ? (member, Without(Without(arguments, second), first))
            : throw Unknown(program, word, name, arguments[second]);
    }

    private static CommandFailedException Unknown(string program, string word, string name, string second) => All.Any(verb => verb.Name == name)
        ? NotHere(program, name)
        : CommandFailedException.Usage($"unknown command {GoText.Quote(second)} for {GoText.Quote($"{program} {word}")}\nRun '{program} {word} --help' for usage.");

    /// <summary>A verb that the program has under another name is refused with that name.</summary>
    private static void RefuseForeign(string program, string word, IReadOnlyList<string> arguments, int first)
    {
        var two = NextWord(arguments, first + 1) is { } second ? $"{word} {arguments[second]}" : word;
        if (All.FirstOrDefault(verb => verb.Name == two) is { } whole)
        {
            throw NotHere(program, whole.Name);
        }

        if (All.Any(verb => verb.Name == word || verb.Name.StartsWith(word + " ", StringComparison.Ordinal)))
        {
            throw NotHere(program, word);
        }
    }

    private static CommandFailedException NotHere(string program, string verb) => CommandFailedException.Usage(
        $"{program} has no verb {GoText.Quote(verb)}: call '{CommandName.Berth} {verb}'\nRun '{program} --help' for what {program} has.");

    /// <summary>A word may be a verb and the first word of others, as <c>holders</c> is: then the word after it decides.</summary>
    private static bool IsFamily(List<Verb> family, string word, IReadOnlyList<string> arguments, int first) =>
        family.Count > 0 && NextWord(arguments, first + 1) is { } second && family.Any(verb => verb.Name == $"{word} {arguments[second]}");

    private static bool IsHelp(IReadOnlyList<string> arguments) => arguments.Any(argument => argument is "-h" or "--help");

    /// <summary>Where the next word is that is no flag and no flag's value.</summary>
    private static int? NextWord(IReadOnlyList<string> arguments, int from)
    {
        for (var i = from; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (argument == "--")
            {
                return null;
            }

            if (argument is not ['-', _, ..])
            {
                return i;
            }

            if (TakesNext(argument))
            {
                i++;
            }
        }

        return null;
    }

    private static bool TakesNext(string argument)
    {
        if (argument.Contains('=', StringComparison.Ordinal))
        {
            return false;
        }

        var flags = All.SelectMany(verb => verb.AllFlags);
        return argument.StartsWith("--", StringComparison.Ordinal)
            ? flags.FirstOrDefault(flag => flag.Name == argument[2..]) is { IsBare: false }
            : argument.Length == 2 && flags.FirstOrDefault(flag => flag.Short == argument[1]) is { IsBare: false };
    }

    private static List<string> Without(IReadOnlyList<string> arguments, int index) =>
        [.. arguments.Take(index), .. arguments.Skip(index + 1)];
}
