using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Berth.Licensing;

/// <summary>Makes license files in Keygen's license file format: encrypted with the license key, signed with the vendor's seed.</summary>
public static class LicenseIssuer
{
    private const int LineCharacters = 60;
    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // The default encoder would spell the plus signs of base64 as escapes. No browser ever sees these texts as HTML.
    private static readonly JsonWriterOptions s_compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Issues a license file and returns its bytes, which <see cref="LicenseReader.Read"/> accepts.</summary>
    /// <param name="template">What the file says.</param>
    /// <param name="seed">The vendor's private key: 32 bytes.</param>
    /// <param name="licenseKey">The key that opens the file. It must be the template's, because that is the one a node is handed.</param>
    /// <param name="iv">
    /// The initialization vector of 12 bytes, or empty, which is right everywhere but in tests, for a random one. The same one twice with
    /// the same key and different contents betrays both contents.
    /// </param>
    /// <exception cref="ArgumentException">An argument breaks one of the limits stated, or the file would exceed 1 MiB.</exception>
    /// <exception cref="CryptoLibraryMissingException">OpenSSL is not installed.</exception>
    public static byte[] Issue(LicenseTemplate template, ReadOnlySpan<byte> seed, string licenseKey, ReadOnlySpan<byte> iv = default)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(licenseKey);
        if (!string.Equals(licenseKey, template.Key, StringComparison.Ordinal))
        {
            throw new ArgumentException("The license key is not the template's: nodes would be handed another one.", nameof(licenseKey));
        }

        Span<byte> random = stackalloc byte[LicenseDecryptor.IvBytes];
        if (iv.IsEmpty)
        {
            RandomNumberGenerator.Fill(random);
        }

        var file = Issue(Payload(template), seed, licenseKey, iv.IsEmpty ? random : iv);
        return file.Length <= LicenseReader.MaxFileBytes
            ? file
            : throw new ArgumentException($"The file would exceed {LicenseReader.MaxFileBytes} bytes.", nameof(template));
    }

    /// <summary>What a template says without id, key and times, as a document for <see cref="PayloadTemplate"/>; its id and key are not looked at.</summary>
    /// <exception cref="ArgumentException">The template breaks one of the limits stated.</exception>
    public static byte[] Document(LicenseTemplate template)
    {
        ArgumentNullException.ThrowIfNull(template);
        Check(template with { Id = Guid.Empty.ToString("D"), Key = "any" });
        return Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartObject("data");
            writer.WriteStartObject("attributes");
            writer.WriteString("name", template.Name?.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));
            WriteTime(writer, "expiry", template.Expiry);
            if (template.MaxMachines is { } machines)
            {
                writer.WriteNumber("maxMachines", machines);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteStartObject("meta");
            writer.WriteNumber("ttl", (template.Ttl ?? TimeSpan.Zero).Ticks / TimeSpan.TicksPerSecond);
            writer.WriteEndObject();
            writer.WriteEndObject();
        });
    }

    /// <summary>Encrypts, signs and wraps a payload as it is, well-formed or not.</summary>
    internal static byte[] Issue(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> seed, string licenseKey, ReadOnlySpan<byte> iv)
    {
        var enc = Encrypt(plaintext, licenseKey, iv);
        return Seal(enc, LicenseCertificate.EncryptedAlg, seed);
    }

    /// <summary>Signs <paramref name="enc"/> and wraps it up, whatever it is.</summary>
    internal static byte[] Seal(string enc, string alg, ReadOnlySpan<byte> seed)
    {
        var signature = Ed25519.Sign(seed, Encoding.UTF8.GetBytes(LicenseCertificate.SignedPrefix + enc));
        return Wrap(Certificate(enc, Convert.ToBase64String(signature), alg));
    }

    internal static string Encrypt(ReadOnlySpan<byte> plaintext, string licenseKey, ReadOnlySpan<byte> iv)
    {
        if (iv.Length != LicenseDecryptor.IvBytes)
        {
            throw new ArgumentException($"The initialization vector has {LicenseDecryptor.IvBytes} bytes, not {iv.Length}.", nameof(iv));
        }

        var aesKey = SHA256.HashData(s_strictUtf8.GetBytes(licenseKey));
        var ciphertext = new byte[plaintext.Length];
        Span<byte> tag = stackalloc byte[LicenseDecryptor.TagBytes];
        using (var aes = new AesGcm(aesKey, LicenseDecryptor.TagBytes))
        {
            aes.Encrypt(iv, plaintext, ciphertext, tag);
        }

        CryptographicOperations.ZeroMemory(aesKey);
        return $"{Convert.ToBase64String(ciphertext)}.{Convert.ToBase64String(iv)}.{Convert.ToBase64String(tag)}";
    }

    internal static byte[] Certificate(string enc, string sig, string alg) => Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("enc", enc);
        writer.WriteString("sig", sig);
        writer.WriteString("alg", alg);
        writer.WriteEndObject();
    });

    internal static byte[] Wrap(ReadOnlySpan<byte> certificate)
    {
        var text = new StringBuilder(LicenseCertificate.Header).Append('\n');
        foreach (var line in Convert.ToBase64String(certificate).Chunk(LineCharacters))
        {
            text.Append(line).Append('\n');
        }

        return Encoding.ASCII.GetBytes(text.Append(LicenseCertificate.Footer).Append('\n').ToString());
    }

    /// <summary>The document that the template describes, in compact JSON. Absent name and machines are left out.</summary>
    internal static byte[] Payload(LicenseTemplate template)
    {
        Check(template);
        var issued = Milliseconds(template.Issued);
        return Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartObject("data");
            writer.WriteString("id", template.Id);
            writer.WriteString("type", "licenses");
            writer.WriteStartObject("attributes");
            if (template.Name is not null)
            {
                writer.WriteString("name", template.Name);
            }

            writer.WriteString("key", template.Key);
            WriteTime(writer, "expiry", template.Expiry);
            if (template.MaxMachines is { } machines)
            {
                writer.WriteNumber("maxMachines", machines);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteStartObject("meta");
            WriteTime(writer, "issued", issued);
            WriteTime(writer, "expiry", issued + template.Ttl);
            writer.WritePropertyName("ttl");
            if (template.Ttl is { } ttl)
            {
                writer.WriteNumberValue(ttl.Ticks / TimeSpan.TicksPerSecond);
            }
            else
            {
                writer.WriteNullValue();
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        });
    }

    private static void Check(LicenseTemplate template)
    {
        Demand(Guid.TryParseExact(template.Id, "D", out _), "The id is not a UUID of 36 characters.");
        Demand(!string.IsNullOrWhiteSpace(template.Key), "The license key is blank.");
        Demand(IsText(template.Key) && IsText(template.Name ?? ""), "The license key or the name holds half a surrogate pair.");
        Demand(template.MaxMachines is null or >= 1, "The machines are fewer than one.");
        if (template.Ttl is { } ttl)
        {
            Demand(ttl > TimeSpan.Zero && ttl.Ticks % TimeSpan.TicksPerSecond == 0, "The ttl is not a whole number of seconds above zero.");
            Demand(ttl <= DateTimeOffset.MaxValue - template.Issued, "The ttl ends after the year 9999.");
        }

        static void Demand(bool holds, string message)
        {
            if (!holds)
            {
                throw new ArgumentException(message, nameof(template));
            }
        }
    }

    private static bool IsText(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[++i])))
            {
                return false;
            }
        }

        return true;
    }

    private static DateTimeOffset Milliseconds(DateTimeOffset time)
    {
        var utc = time.ToUniversalTime();
        return utc.AddTicks(-(utc.Ticks % TimeSpan.TicksPerMillisecond));
    }

    /// <summary>A time as license files state it: UTC, with milliseconds.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'");

    private static void WriteTime(Utf8JsonWriter writer, string name, DateTimeOffset? time) =>
        writer.WriteString(name, time is { } instant ? Time(instant) : null);

    internal static byte[] Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, s_compact))
        {
            write(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
