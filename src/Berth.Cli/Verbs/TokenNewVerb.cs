using Berth.Cli.Flags;
using Berth.Cli.Output;
using Berth.Protocol;

namespace Berth.Cli.Verbs;

/// <summary>Makes a token for the management port. It is shown once; a member needs only the line with its digest.</summary>
internal static class TokenNewVerb
{
    private static readonly Flag _role = new("role", FlagKind.Text, "viewer, operator, vendor or admin");
    private static readonly Flag _name = new("name", FlagKind.Text, "whose it is; events and log lines say this name");

    public static readonly Verb Definition = new("token new", "", "Make a token for the management port", [_role, _name], RunAsync);

    private static Task<ExitCode> RunAsync(Call call)
    {
        call.TakeNoWords();
        var roles = string.Join(", ", ManagementRoles.Names);
        var text = call.Settings.Text(_role) ?? throw CommandFailedException.Usage($"--role is missing: one of {roles}");
        var role = ManagementRoles.Parse(text)
            ?? throw CommandFailedException.Usage($"invalid argument {GoText.Quote(text)} for \"--role\" flag: must be one of {roles}");
        var name = call.Settings.Text(_name) ?? throw CommandFailedException.Usage("--name is missing: whose token it is");
        if (!ManagementToken.IsValidName(name))
        {
            throw CommandFailedException.Usage(
                $"invalid argument {GoText.Quote(name)} for \"--name\" flag: 1 to {ManagementToken.MaxNameCharacters} letters, digits or . _ @ -");
        }

        var token = ManagementToken.New();
        var made = new MadeToken(text, name, token, ManagementToken.Line(role, name, token));
        if (call.Json)
        {
            CliJson.Write(call.Shell, made, CliJson.Readable.MadeToken);
        }
        else
        {
            call.Shell.Out.WriteLine($"token  {made.Token}\nline   {made.Line}");
            call.Shell.Error.WriteLine("the token is not shown again: keep it in a file of mode 0600; add the line to the member's --tokens-file");
        }

        return Task.FromResult(ExitCode.Done);
    }
}
