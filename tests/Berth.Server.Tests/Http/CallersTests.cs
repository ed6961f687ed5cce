using System.Net;
using Berth.Pools;
using Berth.Server.Http;
using Microsoft.AspNetCore.Http;

namespace Berth.Server.Tests.Http;

/// <summary>Who sent a request.</summary>
public sealed class CallersTests
{
    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    public void An_address_is_written_one_way(string address, string written) =>
        new Callers(audit: true).Of(At(IPAddress.Parse(address))).ShouldBe(new Who("node", written, null, null));

    [Fact]
    public void A_caller_without_an_address_is_nobody() => new Callers(audit: true).Of(At(null)).ShouldBe(Who.Nobody);

    [Fact]
    public void More_addresses_than_are_kept_are_told_apart_all_the_same()
    {
        var callers = new Callers(audit: true);
        for (var i = 0; i < 10_000; i++)
        {
            var address = new IPAddress(0x0A00_0000L + i);
            callers.Of(At(address))!.Address.ShouldBe(address.ToString());
        }
    }

    [Fact]
    public void The_same_caller_is_one_object()
    {
        var callers = new Callers(audit: true);
        callers.Of(At(IPAddress.Loopback)).ShouldBeSameAs(callers.Of(At(IPAddress.Loopback)));
    }

    private static DefaultHttpContext At(IPAddress? address) => new() { Connection = { RemoteIpAddress = address } };
}
