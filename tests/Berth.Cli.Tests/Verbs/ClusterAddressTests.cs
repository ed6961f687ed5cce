using System.Net;
using Berth.Cli.Verbs;

namespace Berth.Cli.Tests.Verbs;

/// <summary>Where a member listens for the others and what it tells them, by what was said and what the machine has.</summary>
public sealed class ClusterAddressTests
{
    private static readonly IPAddress[] _one = [IPAddress.Parse("10.0.0.7")];
    private static readonly IPAddress[] _two = [IPAddress.Parse("10.0.0.7"), IPAddress.Parse("192.168.1.7")];

    [Theory]
    [InlineData("10.0.0.7", null, "10.0.0.7:6350", "10.0.0.7")]
    [InlineData("192.168.1.7:7000", null, "192.168.1.7:7000", "192.168.1.7")]
    [InlineData("203.0.113.9", null, "203.0.113.9:6350", "0.0.0.0")]
    [InlineData("berth-1.example", null, "berth-1.example:6350", "0.0.0.0")]
    [InlineData("berth-1:0", "127.0.0.2", "berth-1:0", "127.0.0.2")]
    [InlineData("localhost", null, "localhost:6350", "127.0.0.1")]
    [InlineData("127.0.0.3", null, "127.0.0.3:6350", "127.0.0.3")]
    [InlineData("fd00::7", null, "[fd00::7]:6350", "::")]
    [InlineData("[fd00::7]", null, "[fd00::7]:6350", "::")]
    [InlineData("[fd00::7]:7000", null, "[fd00::7]:7000", "::")]
    public void What_is_advertised_counts(string advertise, string? bind, string told, string listens) =>
        ClusterAddress.Choose(advertise, bind, 6350, "0.0.0.0", _two).ShouldBe(new ClusterAddress(told, listens));

    [Theory]
    [InlineData("10.0.0.9", "0.0.0.0", "10.0.0.9:6350", "10.0.0.9")]
    [InlineData("::1", "0.0.0.0", "[::1]:6350", "::1")]
    [InlineData(null, "127.0.0.1", "127.0.0.1:6350", "127.0.0.1")]
    [InlineData(null, "::1", "[::1]:6350", "::1")]
    public void What_is_bound_says_it_too(string? bind, string edge, string told, string listens) =>
        ClusterAddress.Choose(null, bind, 6350, edge, _two).ShouldBe(new ClusterAddress(told, listens));

    [Fact]
    public void The_only_address_is_taken()
    {
        ClusterAddress.Choose(null, null, 6350, "0.0.0.0", _one).ShouldBe(new ClusterAddress("10.0.0.7:6350", "10.0.0.7"));
        ClusterAddress.Choose(null, "0.0.0.0", 6350, "0.0.0.0", _one).ShouldBe(new ClusterAddress("10.0.0.7:6350", "0.0.0.0"));
    }

    [Fact]
    public void Where_there_are_several_or_none_the_operator_must_say()
    {
        Refused(_two).ShouldBe(
            "this machine has several addresses (10.0.0.7, 192.168.1.7): give --advertise HOST, the name or address by which the other members reach this machine");
        Refused([]).ShouldStartWith("this machine has no address that others could reach: give --advertise HOST");
    }

    [Theory]
    [InlineData("http://a")]
    [InlineData("a b")]
    [InlineData("a:")]
    [InlineData("a:x")]
    [InlineData("a:65536")]
    [InlineData(":6350")]
    [InlineData("0.0.0.0:6350")]
    [InlineData("a:1:2")]
    public void What_nobody_can_reach_is_refused(string advertise) =>
        Should.Throw<CommandFailedException>(() => ClusterAddress.Choose(advertise, null, 6350, "127.0.0.1", _one)).Message.ShouldBe(
            $"invalid argument \"{advertise}\" for \"--advertise\" flag: write HOST or HOST:PORT, a name or an address that the other members reach");

    private static string Refused(IPAddress[] mine) =>
        Should.Throw<CommandFailedException>(() => ClusterAddress.Choose(null, null, 6350, "0.0.0.0", mine)).Message;
}
