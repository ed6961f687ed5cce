namespace Berth.Cli.Tests;

/// <summary>Runs verbs in this process, without a terminal, and keeps what they print.</summary>
internal sealed class TestShell(string name, params (string Name, string Value)[] environment)
{
    public Shell Shell(StringWriter output, StringWriter errors) => new()
    {
        Name = name,
        Out = output,
        Error = errors,
        Environment = variable => environment.FirstOrDefault(pair => pair.Name == variable).Value,
    };

    public async Task<(int Code, string Out, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        var code = await CommandRun.RunAsync(Shell(output, errors), arguments);
        return (code, output.ToString(), errors.ToString());
    }
}
