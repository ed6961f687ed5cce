using Berth.Protocol;
using Berth.Testing.Processes;

namespace Berth.Chaos.Processes;

/// <summary>The licenses of a scene: in the pools of the crowd each gives one seat, so that each has one holder; those of the probes have many.</summary>
internal sealed class LicenseStock
{
    private readonly TestVendor _vendor = new();
    private readonly Dictionary<string, int> _seats = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _seatsOfPool = new(StringComparer.Ordinal);

    /// <summary>How many seats each license gives, by its key.</summary>
    public IReadOnlyDictionary<string, int> Seats => _seats;

    /// <summary>The keys of licenses by their ids.</summary>
    public IReadOnlyDictionary<string, string> Keys => _keys;

    /// <summary>How many seats each pool has.</summary>
    public IReadOnlyDictionary<string, int> SeatsOfPool => _seatsOfPool;

    /// <summary>Issues licenses for a pool and adds them through a member's management socket. Fails with <see cref="InvalidOperationException"/>.</summary>
    public async Task AddAsync(ChaosMember through, string pool, int licenses, int seats)
    {
        var uploads = new List<LicenseUpload>();
        for (var i = 0; i < licenses; i++)
        {
            var (id, file, key) = _vendor.Issue(seats);
            uploads.Add(new LicenseUpload(file, key));
            _seats.Add(key, seats);
            _keys.Add(id, key);
        }

        _seatsOfPool[pool] = licenses * seats;
        using var member = new ManagementClient(through.Socket, TimeProvider.System);
        var request = new AddLicensesRequest(uploads, _vendor.PublicKey, pool, AllSeats: true);
        var answer = await member.AddLicensesAsync(request, CancellationToken.None);
        if (!answer.IsGood)
        {
            throw new InvalidOperationException($"member {through.Name} does not take the licenses of {pool}: {answer.Problem}");
        }
    }
}
