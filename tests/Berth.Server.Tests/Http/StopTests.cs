using System.Net.Sockets;
using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Testing;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Http;

/// <summary>A member that is asked to stop answers what is under way, closes its connections and ends.</summary>
public sealed class StopTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_under_way_is_answered_before_the_end(bool writing)
    {
        var journal = new ScriptedJournal();
        await using var member = await TestMember.StartAsync(journal: journal);
        await member.AddSeatsAsync(PoolName.Global, 1);
        await using var idle = await RawHttp.ConnectAsync(member.Port);
        (await idle.AskAsync(Health)).Status.ShouldBe(200);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (writing)
        {
            journal.OnAppend = append => HeldAsync(append);
        }
        else
        {
            journal.OnReadLicense = read => HeldAsync(read);
        }

        await using var busy = await RawHttp.ConnectAsync(member.Port);
        await busy.SendAsync(Put("a"));
        await entered.Task;

        await member.BeginStopAsync();
        (await idle.ReadToEndAsync()).ShouldBeEmpty();
        await Should.ThrowAsync<SocketException>(() => RawHttp.ConnectAsync(member.Port));
        member.Running.IsCompleted.ShouldBeFalse();
        goOn.SetResult();
        (await busy.ReadAsync()).ShouldHandOut(201, "license-1");
        (await busy.ReadToEndAsync()).ShouldBeEmpty();
        await member.StopAsync();

        async ValueTask<T> HeldAsync<T>(Func<ValueTask<T>> act)
        {
            entered.TrySetResult();
            await goOn.Task;
            return await act();
        }
    }

    [Fact]
    public async Task An_idle_member_ends_and_what_it_granted_is_in_the_journal()
    {
        var journal = new MemoryJournal();
        int port;
        await using (var member = await TestMember.StartAsync(journal: journal))
        {
            await member.AddSeatsAsync(PoolName.Global, 1);
            port = member.Port;
            (await member.StatusAsync(Put("a"))).ShouldBe(201);
            await member.StopAsync();
            await member.StopAsync();
        }

        await Should.ThrowAsync<SocketException>(() => RawHttp.ConnectAsync(port));
        await using var next = await TestMember.StartAsync(journal: journal);
        (await next.AskAsync(Put("a"))).ShouldHandOut(202, "license-1");
        (await next.StatusAsync(Put("b"))).ShouldBe(410);
    }

    [Fact]
    public async Task A_port_that_is_taken_fails_the_start()
    {
        await using var member = await TestMember.StartAsync();
        await Should.ThrowAsync<IOException>(() => TestMember.StartAsync(TestMember.Options with { EdgePort = member.Port }));
        (await member.StatusAsync(Health)).ShouldBe(200);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_restart_an_exclusive_node_is_still_known(bool heartbeats)
    {
        var journal = new MemoryJournal();
        var options = TestMember.Options with { ExclusiveNodes = true, ExplicitPolicy = new PolicyException(null, null, heartbeats) };
        await using (var member = await TestMember.StartAsync(options, journal))
        {
            await member.AddSeatsAsync(PoolName.Global, 1);
            await member.AddSeatsAsync(new PoolName("blue"), 1, "blue-");
            (await member.StatusAsync(Put("a", "Relay-Pool: blue"))).ShouldBe(201);
        }

        await using var next = await TestMember.StartAsync(options, journal);
        (await next.AskAsync(Put("a"))).ShouldBe(409, Conflict);
        (await next.AskAsync(Delete("a", "Relay-Pool: gone"))).ShouldBe(400, InvalidPool);
        (await next.AskAsync(Put("a", "Relay-Pool: blue"))).ShouldHandOut(heartbeats ? 202 : 201, "blue-1");
        (await next.StatusAsync(Put("a", "Relay-Pool: blue"))).ShouldBe(heartbeats ? 202 : 409);
    }
}
