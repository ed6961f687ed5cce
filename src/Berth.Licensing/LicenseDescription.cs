using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Berth.Licensing;

/// <summary>The text that inspecting a file prints. The file may be anybody's, so nothing of it reaches the terminal unescaped.</summary>
internal static class LicenseDescription
{
    private const int LabelWidth = 16;
    private const int MaxShownCharacters = 200;

    public static string Of(ReadOnlySpan<byte> file, string? licenseKey, string? publicKey, DateTimeOffset? now)
    {
        var text = new StringBuilder();
        if (!LicenseCertificate.TryParse(file, out var certificate, out var reason))
        {
            return Line(text, "license file", $"invalid: {reason}").ToString();
        }

        Line(text, "algorithm", certificate.Alg);
        Line(text, "signature", Signature(certificate, publicKey));
        Line(text, "sha-256", LicenseDecryptor.Sha256(file));
        if (!TryOpen(certificate, licenseKey, out var plaintext, out reason) ||
            !LicensePayload.TryRead(plaintext, LicenseDecryptor.Sha256(file), out var license, out reason))
        {
            return Line(text, "contents", reason).ToString();
        }

        Describe(text, license, now);
        if (licenseKey is not null && !string.Equals(licenseKey, license.Key, StringComparison.Ordinal))
        {
            Line(text, "warning", "the key inside the file is not the key given, so nodes are handed a key that may not open it");
        }

        return text.ToString();
    }

    private static string Signature(LicenseCertificate certificate, string? publicKey)
    {
        if (publicKey is null)
        {
            return "not checked: no public key given";
        }

        return LicenseVerifier.WhyNotSigned(certificate, publicKey) is { } reason ? $"INVALID: {reason}" : "valid";
    }

    private static bool TryOpen(
        LicenseCertificate certificate,
        string? licenseKey,
        [NotNullWhen(true)] out byte[]? plaintext,
        [NotNullWhen(false)] out string? reason)
    {
        if (certificate.Alg.StartsWith("base64+", StringComparison.Ordinal))
        {
            reason = "unreadable: not base64";
            return StrictBase64.TryDecode(certificate.Enc, out plaintext);
        }

        plaintext = null;
        reason = "not opened: no license key given";
        if (licenseKey is null)
        {
            return false;
        }

        reason = "not opened: the license key does not open the file";
        return LicenseDecryptor.TryDecrypt(certificate.Enc, licenseKey, out plaintext);
    }

    private static void Describe(StringBuilder text, License license, DateTimeOffset? now)
    {
        Line(text, "license", license.Id);
        Line(text, "name", license.Name ?? "none");
        Line(text, "machines", license.MaxMachines?.ToString() ?? "not stated");
        Line(text, "license expires", license.LicenseExpiry is { } expiry ? $"{expiry:u}{(now > expiry ? " (past)" : "")}" : "never");
        Line(text, "file issued", $"{license.FileIssued:u}");
        Line(text, "file expires", license.FileEnd is { } end ? $"{end:u}" : "never");
        if (now is { } instant)
        {
            Line(text, "usable now", Usable(license, instant));
        }
    }

    /// <summary>A file that can be added may hold a license that has ended: it is taken, but gives no seats where expiry is enforced.</summary>
    private static string Usable(License license, DateTimeOffset now) =>
        LicenseDecryptor.WhyNotNow(license, now) is { } rejected ? $"no: {rejected.Detail}"
        : now > license.LicenseExpiry ? $"no: the file can be added, but the license in it ended at {license.LicenseExpiry:u}, so it gives no seats where expiry is enforced"
        : "yes";

    private static StringBuilder Line(StringBuilder text, string label, string value)
    {
        text.Append(label.PadRight(LabelWidth)).Append(' ');
        foreach (var rune in value.EnumerateRunes().Take(MaxShownCharacters))
        {
            // Format characters count too: some of them turn the direction of the text around.
            if (Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.Format
                or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator)
            {
                text.Append($"\\u{{{rune.Value:x}}}");
            }
            else
            {
                text.Append(rune.ToString());
            }
        }

        return text.Append('\n');
    }
}
