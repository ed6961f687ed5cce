using System.Diagnostics;
using Berth.Runtime.Tracing;

namespace Berth.Runtime.Tests.Tracing;

public sealed class TraceParentTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Span = "b7ad6b7169203331";

    [Theory]
    [InlineData("01", ActivityTraceFlags.Recorded)]
    [InlineData("00", ActivityTraceFlags.None)]
    public void One_in_order_is_read(string flags, ActivityTraceFlags expected)
    {
        var context = TraceParent.Parse($"00-{Trace}-{Span}-{flags}").ShouldNotBeNull();
        context.TraceId.ToHexString().ShouldBe(Trace);
        context.SpanId.ToHexString().ShouldBe(Span);
        context.TraceFlags.ShouldBe(expected);
        context.IsRemote.ShouldBeTrue();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("01-" + Trace + "-" + Span + "-01")]
    [InlineData("ff-" + Trace + "-" + Span + "-01")]
    [InlineData("00-" + Trace + "-" + Span + "-01-more")]
    [InlineData("00-" + Trace + "-" + Span + "-1")]
    [InlineData("00-" + Trace + "-" + Span + "-zz")]
    [InlineData("00-00000000000000000000000000000000-" + Span + "-01")]
    [InlineData("00-" + Trace + "-0000000000000000-01")]
    [InlineData("00-0AF7651916CD43DD8448EB211C80319C-" + Span + "-01")]
    [InlineData("00-" + Trace + "0" + "-b7ad6b716920333-01")]
    [InlineData("00 " + Trace + " " + Span + " 01")]
    [InlineData("00-----------------------------------------------------")]
    public void Anything_else_is_none(string? text) => TraceParent.Parse(text).ShouldBeNull();
}
