using System.Text;

namespace Berth.Cli.Tests;

public sealed class CommandNameTests
{
    [Theory]
    [InlineData("relay\0serve\0", "relay")]
    [InlineData("/usr/bin/relay\0", "relay")]
    [InlineData("./relay.exe\0", "relay")]
    [InlineData("/opt/relay/berth\0relay\0", "berth")]
    [InlineData("pbm\0cluster\0show\0", "pbm")]
    [InlineData("/usr/local/bin/pbm\0", "pbm")]
    [InlineData("dotnet\0berth.dll\0", "berth")]
    [InlineData("", "berth")]
    public void The_name_is_the_last_part_of_the_first_argument(string commandLine, string name) =>
        CommandName.Of(Encoding.UTF8.GetBytes(commandLine)).ShouldBe(name);
}
