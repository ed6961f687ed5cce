using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Berth.Benchmarks.Load;

/// <summary>Level-triggered epoll over descriptors that are known by a small number of the caller's.</summary>
internal sealed class Epoll : IDisposable
{
    // The kernel packs epoll_event on x86-64 and on no other architecture.
    private static readonly int KeyOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int Stride = KeyOffset + 8;

    private readonly int _descriptor;
    private readonly byte[] _events;
    private readonly int _capacity;

    public Epoll(int capacity)
    {
        _capacity = capacity;
        _events = new byte[capacity * Stride];
        _descriptor = Libc.EpollCreate(Libc.EpollCloseOnExec);
        if (_descriptor < 0)
        {
            throw new BenchException($"epoll_create1: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    public void Watch(int descriptor, int key, uint interest) => Control(Libc.EpollAdd, descriptor, key, interest);

    public void Change(int descriptor, int key, uint interest) => Control(Libc.EpollModify, descriptor, key, interest);

    /// <summary>How many descriptors are ready now, or became ready within the time.</summary>
    public int Wait(int timeoutMs)
    {
        var ready = Libc.EpollWait(_descriptor, ref _events[0], _capacity, timeoutMs);
        if (ready >= 0)
        {
            return ready;
        }

        return Marshal.GetLastPInvokeError() == Libc.ErrorInterrupted
            ? 0
            : throw new BenchException($"epoll_wait: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    public int Key(int ready) => BinaryPrimitives.ReadInt32LittleEndian(_events.AsSpan((ready * Stride) + KeyOffset));

    public void Dispose() => _ = Libc.Close(_descriptor);

    private void Control(int operation, int descriptor, int key, uint interest)
    {
        Span<byte> entry = stackalloc byte[Stride];
        entry.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(entry, interest);
        BinaryPrimitives.WriteInt32LittleEndian(entry[KeyOffset..], key);
        if (Libc.EpollControl(_descriptor, operation, descriptor, ref entry[0]) < 0)
        {
            throw new BenchException($"epoll_ctl: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }
}
