using System.Diagnostics;
using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Routing;

namespace Berth.Runtime.Tests.Routing;

/// <summary>What a message may hold at the most fits; what claims to be more takes no memory.</summary>
public sealed class HopLimitTests
{
    private static readonly ulong[] _hostile = [1 << 20, int.MaxValue, uint.MaxValue, long.MaxValue, ulong.MaxValue];

    [Fact]
    public void The_files_of_the_largest_management_request_fit()
    {
        var call = HopSamples.Call(new AddLicenses([.. Enumerable.Repeat(new LicenseGrant(new("l"), 1, null), 256)], Who.Nobody));
        var row = new LicenseRow(new(new string('l', LicenseId.MaxBytes)), call.Pool, new byte[HopFormat.MaxFileBytes], "key");
        var largest = call with { Rows = [.. Enumerable.Repeat(row, 24), .. Enumerable.Repeat(row with { File = new byte[1] }, 232)] };
        HopFormat.ReadRequest(HopSamples.Bytes(largest)).Rows.Sum(read => read.File.Length).ShouldBe((24 << 20) + 232);
    }

    [Fact]
    public void A_request_that_became_too_large_is_taken_back()
    {
        var call = HopSamples.Call(new AddLicenses([], Who.Nobody));
        var row = new LicenseRow(new("l"), call.Pool, new byte[HopFormat.MaxFileBytes], "key");
        var to = new ByteWriter();
        to.Byte(42);
        Should.Throw<InvalidOperationException>(() => HopFormat.Write(to, call with { Rows = [.. Enumerable.Repeat(row, 32)] }));
        to.Written.ToArray().ShouldBe([42]);
    }

    [Fact]
    public void The_largest_page_fits_a_response()
    {
        var bytes = HopSamples.Bytes(HopSamples.Answer(Page(5, 999)));
        bytes.Length.ShouldBeLessThan(HopFormat.MaxResponseBytes);
        var page = (LicensePage)HopFormat.ReadResponse(bytes).Reply;
        page.Licenses.Count.ShouldBe(AskLicenses.MaxLimit);
        page.Licenses.Sum(license => license.Holders.Count).ShouldBe(5_999);
    }

    [Fact]
    public void A_page_with_more_holders_than_any_pool_shows_is_neither_written_nor_read()
    {
        HopSamples.Bytes(HopSamples.Answer(Page(6, 0))).ShouldNotBeEmpty();
        Should.Throw<UnreachableException>(() => HopSamples.Bytes(HopSamples.Answer(Page(6, 1))));

        // Its last license has the optional next place and, before it, how many hold it: none.
        var bytes = HopSamples.Bytes(HopSamples.Answer(Page(6, 0)));
        Should.Throw<InvalidDataException>(() => HopFormat.ReadResponse((byte[])[.. bytes[..^2], 1, .. new byte[20]]))
            .Message.ShouldContain("a list of 1 is longer than 0");
    }

    [Fact]
    public void A_message_beyond_the_limit_is_not_looked_at()
    {
        Should.Throw<InvalidDataException>(() => HopFormat.ReadRequest(new byte[HopFormat.MaxRequestBytes + 1]))
            .Message.ShouldContain("the limit is 33554432");
        Should.Throw<InvalidDataException>(() => HopFormat.ReadResponse(new byte[HopFormat.MaxResponseBytes + 1]))
            .Message.ShouldContain("the limit is 8388608");
    }

    [Fact]
    public void A_length_that_promises_much_takes_no_memory()
    {
        var claim = Start(CommandKind.ClaimSeat, HopSamples.Bytes(HopSamples.Call(new AskSummary())));
        var add = Start(CommandKind.AddLicenses, HopSamples.Bytes(HopSamples.Call(new AskSummary())));
        var page = HopSamples.Bytes(HopSamples.Answer(Busy.Instance))[..^1];
        foreach (var length in _hostile)
        {
            ShouldRefuse(() => HopFormat.ReadRequest(Then(claim, length)));
            ShouldRefuse(() => HopFormat.ReadRequest(Then(add, length)));
            ShouldRefuse(() => HopFormat.ReadResponse(Then([.. page, (byte)ReplyKind.NotWritten], length)));
            ShouldRefuse(() => HopFormat.ReadResponse(Then([.. page, (byte)ReplyKind.HolderPage], length)));
            ShouldRefuse(() => HopFormat.ReadResponse(Then([.. page, (byte)ReplyKind.LicensePage], length)));
        }

        // As many as are allowed, and none of them there.
        ShouldRefuse(() => HopFormat.ReadRequest(Then(add, AddLicenses.MaxLicenses))).ShouldContain("or than the 3 bytes that follow");
        ShouldRefuse(() => HopFormat.ReadResponse(Then([.. page, (byte)ReplyKind.LicensePage], AskLicenses.MaxLimit)))
            .ShouldContain("or than the 3 bytes that follow");
    }

    /// <summary>The beginning of a call, up to the kind of its command.</summary>
    private static byte[] Start(CommandKind kind, byte[] summary) => [.. summary[..^2], (byte)kind];

    private static byte[] Then(byte[] start, ulong length)
    {
        var to = new ByteWriter();
        to.Unsigned(length);
        return [.. start, .. to.Written.Span, .. "abc"u8];
    }

    private static string ShouldRefuse(Action read)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var refused = Should.Throw<InvalidDataException>(read);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(64 * 1024);
        return refused.Message;
    }

    /// <summary>A page of 1,000 licenses with names as long as can be: some with 1,000 holders, and the last with some more.</summary>
    private static LicensePage Page(int full, int more)
    {
        var id = new LicenseId(new string('l', LicenseId.MaxBytes));
        var name = new string('u', HopFormat.MaxWhoBytes);
        var holder = new HolderView(
            new(new string('n', Fingerprint.MaxBytes)), long.MaxValue, long.MinValue, name, name, id, long.MaxValue, long.MinValue, long.MaxValue);
        IReadOnlyList<HolderView> thousand = [.. Enumerable.Repeat(holder, LicenseView.MaxHolders)];
        var license = new LicenseView(
            id, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, long.MaxValue, long.MinValue, long.MaxValue, long.MinValue, true, []);
        return new LicensePage(
            [
                .. Enumerable.Repeat(license with { Holders = thousand }, full),
                .. Enumerable.Repeat(license, AskLicenses.MaxLimit - full - 1),
                license with { Holders = [.. Enumerable.Repeat(holder, more)] },
            ],
            null);
    }
}
