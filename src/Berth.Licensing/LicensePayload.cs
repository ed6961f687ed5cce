using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Berth.Licensing;

/// <summary>The innermost layer: the JSON:API document that names the license and says how long the file is good.</summary>
internal static class LicensePayload
{
    private const long MaxTtlSeconds = long.MaxValue / TimeSpan.TicksPerSecond;

    /// <summary>
    /// Reads the document, and refuses it unless it names a license in full and has a readable meta: a license without id or key
    /// would be nobody's, and without meta its end could not be checked.
    /// </summary>
    public static bool TryRead(
        ReadOnlyMemory<byte> plaintext,
        string fileSha256,
        [NotNullWhen(true)] out License? license,
        [NotNullWhen(false)] out string? reason)
    {
        license = null;
        if (!StrictJson.TryParseObject(plaintext, out var document))
        {
            reason = "the contents are not a JSON object";
            return false;
        }

        using (document)
        {
            reason = WhyNoLicense(document.RootElement, fileSha256, out license);
            return reason is null;
        }
    }

    private static string? WhyNoLicense(JsonElement root, string fileSha256, out License? license)
    {
        license = null;
        if (!StrictJson.TryObject(root, "data", out var data))
        {
            return "data is missing";
        }

        if (!StrictJson.TryText(data, "type", out var type) || !string.Equals(type, "licenses", StringComparison.Ordinal))
        {
            return "data.type is not licenses";
        }

        if (!StrictJson.TryText(data, "id", out var id) || string.IsNullOrWhiteSpace(id))
        {
            return "data.id is missing";
        }

        if (!StrictJson.TryObject(data, "attributes", out var attributes))
        {
            return "data.attributes is missing";
        }

        if (!StrictJson.TryText(attributes, "key", out var key) || string.IsNullOrWhiteSpace(key))
        {
            return "data.attributes.key is missing";
        }

        if (!StrictJson.TryText(attributes, "name", out var name) ||
            !StrictJson.TryTime(attributes, "expiry", out var licenseExpiry) ||
            !StrictJson.TryWhole(attributes, "maxMachines", out var maxMachines) || maxMachines is < 0 or > int.MaxValue)
        {
            return "one of name, expiry and maxMachines in data.attributes is unreadable";
        }

        if (!StrictJson.TryObject(root, "meta", out var meta))
        {
            return "meta is missing";
        }

        if (!StrictJson.TryTime(meta, "issued", out var issued) || issued is null ||
            !StrictJson.TryTime(meta, "expiry", out var fileExpiry) ||
            !StrictJson.TryWhole(meta, "ttl", out var ttl) || ttl is < 0 or > MaxTtlSeconds)
        {
            return "one of issued, expiry and ttl in meta is unreadable";
        }

        if (ttl > 0 && fileExpiry is null)
        {
            return "meta has a ttl but no expiry";
        }

        license = new License
        {
            Id = id,
            Key = key,
            Name = name,
            LicenseExpiry = licenseExpiry,
            FileIssued = issued.Value,
            FileExpiry = fileExpiry,
            FileTtl = ttl > 0 ? new TimeSpan(ttl.Value * TimeSpan.TicksPerSecond) : null,
            MaxMachines = (int?)maxMachines,
            FileSha256 = fileSha256,
        };
        return null;
    }
}
