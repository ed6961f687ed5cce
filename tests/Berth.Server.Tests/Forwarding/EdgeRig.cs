using Berth.Pools;
using Berth.Server.Forwarding;
using Berth.Server.Management;
using Berth.Testing;
using Berth.Testing.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Server.Tests.Forwarding;

/// <summary>A member with its socket, and a forwarding edge before it.</summary>
internal sealed class EdgeRig : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private ManagementListener? _socket;
    private ForwardingEdge _edge = null!;
    private Task _running = Task.CompletedTask;

    public TestMember Member { get; private set; } = null!;

    public int Port => _edge.Port;

    public string Socket => _folder.File("m.sock");

    public static async Task<EdgeRig> StartAsync(MemberOptions? edge = null, MemberOptions? member = null)
    {
        var rig = new EdgeRig { Member = await TestMember.StartAsync(member) };
        await rig.ListenAsync();
        rig._edge = await ForwardingEdge.StartAsync(
            edge ?? TestMember.Options, () => rig.Socket, TimeProvider.System, NullLoggerFactory.Instance);
        rig._running = rig._edge.RunAsync(rig._stop.Token);
        return rig;
    }

    public async Task ListenAsync()
    {
        var administration = new Administration(
            Member.Member.Pools, Member.Member.Journal, TimeProvider.System, () => throw new InvalidOperationException(), Who.Nobody);
        _socket = await ManagementListener.StartAsync(administration, Member.Member, Socket, NullLoggerFactory.Instance);
    }

    public async Task StopListeningAsync()
    {
        await (_socket?.DisposeAsync() ?? ValueTask.CompletedTask);
        _socket = null;
    }

    public Task<RawAnswer> AskAsync(string request) => RawHttp.AskAsync(Port, request);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _edge.DisposeAsync();
        await StopListeningAsync();
        await Member.DisposeAsync();
        _folder.Dispose();
        _stop.Dispose();
    }
}
