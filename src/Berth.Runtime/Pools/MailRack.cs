using System.Collections.Concurrent;

namespace Berth.Runtime.Pools;

/// <summary>Mails that are not on their way. Keeps at most <see cref="Capacity"/>; more are left to the collector.</summary>
internal sealed class MailRack
{
    private const int Capacity = 4096;

    private readonly ConcurrentQueue<PoolMail> _mails = new();
    private int _count;

    public PoolMail Rent()
    {
        if (_mails.TryDequeue(out var mail))
        {
            Interlocked.Decrement(ref _count);
            return mail;
        }

        return new PoolMail(this);
    }

    public void Return(PoolMail mail)
    {
        if (Interlocked.Increment(ref _count) <= Capacity)
        {
            _mails.Enqueue(mail);
        }
        else
        {
            Interlocked.Decrement(ref _count);
        }
    }
}
