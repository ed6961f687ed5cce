using System.Net;
using System.Text;
using Berth.Server.Cluster;
using Berth.Testing;

namespace Berth.Server.Tests.Cluster;

/// <summary>Who is answered at the cluster port, and what a stranger gets and costs.</summary>
public sealed class ClusterPortTests
{
    [Fact]
    public async Task A_member_is_answered_and_the_first_time_takes_one_more_try()
    {
        await using var rig = await PortRig.StartAsync();
        var sent = 0;
        var wire = rig.Wire(between: new Between(_ => Task.FromResult(sent++)));
        (await rig.SayAsync(wire, "one")).ShouldBe("one");
        sent.ShouldBe(2);
        (await rig.SayAsync(wire, "two")).ShouldBe("two");
        sent.ShouldBe(3);
        rig.Handled.Select(Encoding.UTF8.GetString).ShouldBe(["one", "two"]);
    }

    [Fact]
    public async Task Who_has_another_secret_or_another_cluster_is_not_answered()
    {
        await using var rig = await PortRig.StartAsync();
        var options = ClusterRig.Options("m1").Cluster!;
        (await rig.ErrorAsync(rig.Wire(options with { Secret = "another secret of a test"u8.ToArray() }))).ShouldBe(HttpRequestError.InvalidResponse);
        (await rig.ErrorAsync(rig.Wire(options with { Name = "other" }))).ShouldBe(HttpRequestError.InvalidResponse);
        rig.Handled.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_body_that_was_changed_on_its_way_is_not_done_and_its_sender_knows()
    {
        await using var rig = await PortRig.StartAsync();
        var wire = rig.Wire(between: new Between(request =>
        {
            request.Content = new StringContent("y");
            return Task.CompletedTask;
        }));
        (await rig.ErrorAsync(wire)).ShouldBe(HttpRequestError.ConnectionError);
        rig.Handled.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_that_was_changed_on_its_way_is_not_believed(bool status)
    {
        await using var rig = await PortRig.StartAsync();
        var wire = rig.Wire(between: new Between(onResponse: response =>
        {
            // A status that says that nothing was done would be tried again.
            response.StatusCode = status ? HttpStatusCode.ServiceUnavailable : response.StatusCode;
            response.Content = status ? response.Content : new StringContent("y");
            return Task.CompletedTask;
        }));
        (await rig.ErrorAsync(wire)).ShouldBe(HttpRequestError.InvalidResponse);
    }

    [Fact]
    public async Task The_answer_to_another_request_is_not_believed()
    {
        await using var rig = await PortRig.StartAsync();
        string? first = null;
        var wire = rig.Wire(between: new Between(onResponse: async response =>
        {
            var own = response.Headers.GetValues(HopSeal.Header).Single();
            if (response.StatusCode == HttpStatusCode.OK && first is not null)
            {
                response.Headers.Remove(HopSeal.Header);
                response.Headers.TryAddWithoutValidation(HopSeal.Header, first);
            }

            await response.Content.LoadIntoBufferAsync();
            first ??= response.StatusCode == HttpStatusCode.OK ? own : null;
        }));
        (await rig.SayAsync(wire, "x")).ShouldBe("x");
        (await rig.ErrorAsync(wire)).ShouldBe(HttpRequestError.InvalidResponse);
    }

    [Fact]
    public async Task A_request_that_is_sent_again_is_done_once()
    {
        await using var rig = await PortRig.StartAsync();
        string? seal = null;
        var wire = rig.Wire(between: new Between(request =>
        {
            seal = request.Headers.GetValues(HopSeal.Header).Single();
            return Task.CompletedTask;
        }));
        (await rig.SayAsync(wire, "x")).ShouldBe("x");
        using var again = await rig.PostAsync(rig.Stranger(), new StringContent("x"), seal: seal);
        again.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        rig.Handled.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_member_that_does_not_answer_yet_has_done_nothing()
    {
        await using var rig = await PortRig.StartAsync();
        rig.Requests.Handler = null;
        (await rig.ErrorAsync(rig.Wire())).ShouldBe(HttpRequestError.ConnectionError);
        rig.Requests.Handler = (_, _) => throw new InvalidDataException("of a newer Berth");
        (await rig.ErrorAsync(rig.Wire())).ShouldBe(HttpRequestError.ConnectionError);
        rig.Requests.Handler = (_, _) => throw new InvalidOperationException("who knows");
        (await rig.ErrorAsync(rig.Wire())).ShouldBe(HttpRequestError.InvalidResponse);
    }

    [Fact]
    public async Task A_stranger_gets_401_without_a_body_and_his_own_is_not_read()
    {
        await using var rig = await PortRig.StartAsync();
        using var endless = new CountedZeros(24 << 20);
        using var answer = await rig.PostAsync(rig.Stranger(), new StreamContent(endless));
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Headers.Contains(HopSeal.Header).ShouldBeFalse();
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
        endless.Taken.ShouldBeLessThan(4 << 20);
        rig.Handled.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("nonsense that is no base64!")]
    public async Task A_seal_that_is_none_is_refused(string seal)
    {
        await using var rig = await PortRig.StartAsync();
        using var answer = await rig.PostAsync(rig.Stranger(), new StringContent("x"), seal: seal);
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Other_paths_are_nobodys_and_a_stranger_who_goes_on_is_cut_off_with_one_line_in_the_log()
    {
        await using var rig = await PortRig.StartAsync();
        var stranger = rig.Stranger();
        for (var i = 0; i < StrangerLimit.MaxRefused; i++)
        {
            using var answer = await PortRig.PostAsync(stranger, $"http://127.0.0.1:{rig.Port}/v1/nodes/a", new StringContent("x"));
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        await Should.ThrowAsync<HttpRequestException>(() => rig.PostAsync(stranger, new StringContent("x")));
        rig.Log.Count("cluster.strangers").ShouldBe(1);
    }

    [Fact]
    public async Task Http_1_is_not_spoken()
    {
        await using var rig = await PortRig.StartAsync();
        await using var connection = await RawHttp.ConnectAsync(rig.Port);
        (await connection.AskAsync("GET / HTTP/1.1\r\nHost: berth\r\n\r\n")).Status.ShouldBe(400);
        await connection.ReadToEndAsync();
    }

    [Fact]
    public async Task A_connection_that_no_member_speaks_on_is_closed()
    {
        var clock = new FakeClock();
        await using var rig = await PortRig.StartAsync(time: clock);
        await using var silent = await RawHttp.ConnectAsync(rig.Port);
        using var answer = await rig.PostAsync(rig.Stranger(), new StringContent("x"));
        clock.Advance(StrangerLimit.Patience + TimeSpan.FromSeconds(1));
        await silent.ReadToEndAsync();
    }
}

/// <summary>A body of zeros that knows how much of it was taken.</summary>
internal sealed class CountedZeros(long length) : Stream
{
    public long Taken { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => Taken;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = (int)Math.Min(count, length - Taken);
        Array.Clear(buffer, offset, read);
        Taken += read;
        return read;
    }

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
