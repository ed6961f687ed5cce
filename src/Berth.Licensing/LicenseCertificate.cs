using System.Diagnostics.CodeAnalysis;

namespace Berth.Licensing;

/// <summary>
/// The outer layers of Keygen's license file format: header, base64, and a JSON object of three strings.
/// Nothing in it has been checked yet.
/// </summary>
internal sealed record LicenseCertificate(string Enc, string Sig, string Alg)
{
    public const string Header = "-----BEGIN LICENSE FILE-----";
    public const string Footer = "-----END LICENSE FILE-----";
    public const string EncryptedAlg = "aes-256-gcm+ed25519";
    public const string PlainAlg = "base64+ed25519";

    /// <summary>Signatures cover this and <see cref="Enc"/>, so that no other kind of signed text passes for a license.</summary>
    public const string SignedPrefix = "license/";

    private static ReadOnlySpan<byte> Blanks => " \t\r\n\v\f"u8;

    /// <summary>Parses any bytes: false comes with a reason in words, and nothing is thrown.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> file,
        [NotNullWhen(true)] out LicenseCertificate? certificate,
        [NotNullWhen(false)] out string? reason)
    {
        certificate = null;
        if (file.Length > LicenseReader.MaxFileBytes)
        {
            reason = $"the file has more than {LicenseReader.MaxFileBytes} bytes";
            return false;
        }

        if (!StrictBase64.TryDecodeWrapped(Payload(file), out var json))
        {
            reason = "the text between header and footer is not base64";
            return false;
        }

        if (!StrictJson.TryParseObject(json, out var document))
        {
            reason = "the certificate is not a JSON object";
            return false;
        }

        using (document)
        {
            var root = document.RootElement;
            if (!StrictJson.TryText(root, "enc", out var enc) || string.IsNullOrEmpty(enc) ||
                !StrictJson.TryText(root, "sig", out var sig) || string.IsNullOrEmpty(sig) ||
                !StrictJson.TryText(root, "alg", out var alg) || string.IsNullOrEmpty(alg))
            {
                reason = "the certificate lacks one of the texts enc, sig and alg";
                return false;
            }

            certificate = new LicenseCertificate(enc, sig, alg);
            reason = null;
            return true;
        }
    }

    private static ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> file)
    {
        // Files without header and footer are in use, so both are optional.
        var text = file.Trim(Blanks);
        if (text.StartsWith("-----BEGIN LICENSE FILE-----"u8))
        {
            text = text[Header.Length..];
        }

        if (text.EndsWith("-----END LICENSE FILE-----"u8))
        {
            text = text[..^Footer.Length];
        }

        return text.Trim(Blanks);
    }
}
