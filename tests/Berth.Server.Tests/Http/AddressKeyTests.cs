using System.Net;
using Berth.Server.Http;

namespace Berth.Server.Tests.Http;

public sealed class AddressKeyTests
{
    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1", true)]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1", true)]
    [InlineData("2001:db8::1", "2001:db8::2", true)]
    [InlineData("2001:db8::1", "2001:db8:0:0:ffff::1", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    [InlineData("0.0.0.0", "::", false)]
    public void Addresses_of_one_machine_are_one(string first, string second, bool same) =>
        (AddressKey.Of(IPAddress.Parse(first)) == AddressKey.Of(IPAddress.Parse(second))).ShouldBe(same);
}
