namespace Berth.Runtime.Routing;

/// <summary>
/// Which numbers of one sender have arrived: a number is accepted once, in any order within the window. Older ones are refused
/// unseen. The way of replay protection in IPsec (RFC 4303, 3.4.3).
/// </summary>
public sealed class HopWindow
{
    /// <summary>How far behind the greatest number one may be.</summary>
    public const int Size = 65_536;

    /// <summary>Guards the fields below; held for a few instructions.</summary>
    private readonly Lock _gate = new();
    private readonly ulong[] _seen = new ulong[Size / 64];
    private long _greatest;

    /// <summary>True the first time for each number.</summary>
    public bool Accept(long number)
    {
        lock (_gate)
        {
            if (number is <= 0 or > long.MaxValue / 2 || number <= _greatest - Size)
            {
                return false;
            }

            for (var next = Math.Max(_greatest + 1, number - Size + 1); next <= number; next++)
            {
                _seen[Slot(next)] &= ~Bit(next);
            }

            _greatest = Math.Max(_greatest, number);
            if ((_seen[Slot(number)] & Bit(number)) != 0)
            {
                return false;
            }

            _seen[Slot(number)] |= Bit(number);
            return true;
        }
    }

    private static int Slot(long number) => (int)(number % Size / 64);

    private static ulong Bit(long number) => 1UL << (int)(number % 64);
}
