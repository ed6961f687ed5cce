using Berth.Pools;

namespace Berth.Runtime.Audit;

/// <summary>
/// Counts the seats of one pool as somebody would who knows nothing of the rules: how many each license gives, who holds them, and
/// whether one more was given while all were held. Shares the events with <see cref="Pool"/>, and no line of code.
/// </summary>
internal sealed class SeatLedger
{
    private readonly Dictionary<string, Count> _licenses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string License, long Number)> _claims = new(StringComparer.Ordinal);
    private long _lastNumber;

    /// <summary>Nodes that hold a seat.</summary>
    public long Active => _claims.Count;

    /// <summary>Seats of the licenses that are not taken out.</summary>
    public long Seats { get; private set; }

    /// <summary>Seats that are held though their license was reduced or taken out since.</summary>
    public long Kept { get; private set; }

    public long Grants { get; private set; }

    /// <summary>Begins at a state instead of at nothing.</summary>
    public void Begin(PoolState state)
    {
        _lastNumber = state.Grants;
        foreach (var license in state.Licenses)
        {
            Change(license.Id.Value, _ => new Count(license.Seats, 0, license.Retired));
        }

        foreach (var claim in state.Claims)
        {
            _claims.Add(claim.Node.Value, (claim.License.Id.Value, claim.Number));
            Change(claim.License.Id.Value, count => count with { Held = count.Held + 1 });
        }
    }

    /// <summary>Enters an event; null, or what must not be.</summary>
    public string? Enter(PoolEvent happened)
    {
        switch (happened)
        {
            case LicenseAdded e: return Add(e.Id.Value, e.Seats);
            case LicenseImported e: return Add(e.Id.Value, e.Seats);
            case LicenseChanged e:
                return Alter(e.Id.Value, count => count with { Seats = e.Seats, Out = false });
            case LicenseRemoved e:
                return Alter(e.Id.Value, count => count with { Out = true });
            case SeatGranted e: return Grant(e.Node.Value, e.License.Value, e.Number);
            case ClaimImported e: return Grant(e.Node.Value, e.License.Value, e.Number);
            case SeatReleased e: return End(e.Node.Value, e.License.Value, e.Number);
            case ClaimExpired e: return End(e.Node.Value, e.License.Value, e.Number);
            case SeatTaken e: return End(e.Node.Value, e.License.Value, e.Number);
            default: return null;
        }
    }

    private string? Add(string license, int seats)
    {
        if (_licenses.ContainsKey(license))
        {
            return $"license {license} is added twice";
        }

        Change(license, _ => new Count(seats, 0, Out: false));
        return null;
    }

    private string? Alter(string license, Func<Count, Count> change)
    {
        if (!_licenses.ContainsKey(license))
        {
            return $"license {license} is not in the pool";
        }

        Change(license, change);
        return null;
    }

    private string? Grant(string node, string license, long number)
    {
        if (!_licenses.TryGetValue(license, out var count) || count.Out)
        {
            return $"oversold: a seat of license {license} was granted to {node}, but the pool has no such license";
        }

        if (count.Held >= count.Seats)
        {
            return $"oversold: license {license} was granted to {node} while {count.Held} of its {count.Seats} seats were held";
        }

        if (Active - Kept >= Seats)
        {
            return $"oversold: a seat was granted to {node} while {Active} were held of the pool's {Seats}";
        }

        if (number <= _lastNumber)
        {
            return $"grant {number} follows grant {_lastNumber}";
        }

        if (!_claims.TryAdd(node, (license, number)))
        {
            return $"{node} holds two seats";
        }

        Grants++;
        _lastNumber = number;
        Change(license, held => held with { Held = held.Held + 1 });
        return null;
    }

    private string? End(string node, string license, long number)
    {
        if (!_claims.Remove(node, out var claim) || claim != (license, number))
        {
            return $"{node} gives back grant {number} of license {license}, which it does not hold";
        }

        Change(license, count => count with { Held = count.Held - 1 });
        return null;
    }

    /// <summary>Every count changes here, so that the sums follow.</summary>
    private void Change(string license, Func<Count, Count> change)
    {
        var before = _licenses.GetValueOrDefault(license);
        var now = change(before);
        Seats += now.InForce - before.InForce;
        Kept += now.Kept - before.Kept;
        if (now is { Out: true, Held: 0 })
        {
            _licenses.Remove(license);
        }
        else
        {
            _licenses[license] = now;
        }
    }

    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
    private readonly record struct Count(int Seats, int Held, bool Out)
    {
        public long InForce => Out ? 0 : Seats;

        public long Kept => Math.Max(0, Held - InForce);
    }
}
