using Berth.Chaos.Runs;

namespace Berth.Chaos.Tests.Runs;

/// <summary>What is asked of a run.</summary>
public sealed class RequestTests
{
    [Fact]
    public void All_that_can_be_said_is_understood()
    {
        var request = Request.Parse(["--rounds", "3", "--only", "kill-owner", "--only", "cut-host", "--seconds", "90", "--seed", "5", "--short", "--keep"], out _).ShouldNotBeNull();
        (request.Rounds, request.Longest, request.Seed, request.IsShort, request.Keeps).ShouldBe((3, TimeSpan.FromSeconds(90), 5, true, true));
        request.Faults.Select(fault => fault.Name).ShouldBe(["kill-owner", "cut-host"]);
    }

    [Theory]
    [InlineData("--only", "nothing", "there is no fault \"nothing\": they are kill-owner")]
    [InlineData("--rounds", "many", "--rounds many was not understood")]
    [InlineData("--rounds", "-1", "--rounds -1 was not understood")]
    [InlineData("--what", "1", "--what 1 was not understood")]
    public void What_is_not_understood_is_said(string flag, string value, string flaw)
    {
        Request.Parse([flag, value], out var said).ShouldBeNull();
        said.ShouldStartWith(flaw);
    }

    [Fact]
    public void A_flag_without_its_value_is_not_understood() => Request.Parse(["--seed"], out _).ShouldBeNull();
}
