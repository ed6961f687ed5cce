using Berth.Licensing;

namespace Berth.Testing.Processes;

/// <summary>A vendor whose licenses tests may issue.</summary>
public sealed class TestVendor
{
    private readonly VendorKey _key = VendorKey.Generate();

    /// <summary>What servers are given.</summary>
    public string PublicKey => _key.PublicKeyHex;

    /// <summary>A license file and its key.</summary>
    public (string Id, byte[] File, string Key) Issue(int machines = 1, DateTimeOffset? expiry = null, TimeSpan? ttl = null, DateTimeOffset? issued = null)
    {
        var template = new LicenseTemplate
        {
            Id = Guid.NewGuid().ToString("D"),
            Key = $"KEY-{Guid.NewGuid():N}",
            Issued = issued ?? TimeProvider.System.GetUtcNow(),
            Expiry = expiry,
            Ttl = ttl,
            MaxMachines = machines,
        };
        return (template.Id, LicenseIssuer.Issue(template, _key.Seed, template.Key), template.Key);
    }

    /// <summary>Another file of a license that was issued before.</summary>
    public byte[] Reissue(string id, string key, DateTimeOffset issued, int machines = 1) => LicenseIssuer.Issue(
        new LicenseTemplate { Id = id, Key = key, Issued = issued, MaxMachines = machines }, _key.Seed, key);

    /// <summary>A license file X.lic with X.key beside it; returns the license's id.</summary>
    public string IssueTo(TestFolder folder, string name, int machines = 1)
    {
        var (id, file, key) = Issue(machines);
        File.WriteAllBytes(folder.File(name + ".lic"), file);
        File.WriteAllText(folder.File(name + ".key"), key + "\n");
        return id;
    }
}
