using System.Diagnostics;

namespace Berth.Licensing;

/// <summary>The outcome of reading a file: <see cref="LicenseAccepted"/> or <see cref="LicenseRejected"/>, and nothing else.</summary>
public abstract record LicenseReading
{
    private protected LicenseReading()
    {
    }
}

/// <summary>The file is the vendor's, could be opened, and is good now.</summary>
/// <param name="License">What the file grants.</param>
public sealed record LicenseAccepted(License License) : LicenseReading;

/// <summary>The file is refused.</summary>
/// <param name="Reason">Why, as far as the fixed messages distinguish.</param>
/// <param name="Detail">Why, in words for a person, without the license key. The wording may change.</param>
public sealed record LicenseRejected(LicenseRejection Reason, string Detail) : LicenseReading
{
    /// <summary>The fixed one-line message, on which scripts rely.</summary>
    public string Text => Reason switch
    {
        LicenseRejection.VerificationFailed => "license verification failed: license file is invalid",
        LicenseRejection.ContentsInvalid => "license decryption failed: license file is invalid",
        LicenseRejection.Expired => "license decryption failed: license file is expired",
        LicenseRejection.ClockOutOfSync => "license decryption failed: system clock is out of sync",
        LicenseRejection.NotEncrypted => "license decryption failed: license file is not encrypted",
        LicenseRejection.NotSupported => "license decryption failed: license file is not supported",
        _ => throw new UnreachableException($"There is no text for rejection {Reason}."),
    };
}

/// <summary>Why a license file is refused.</summary>
public enum LicenseRejection
{
    /// <summary>It is no certificate, its algorithm or the public key is unusable, or the signature is not the vendor's.</summary>
    VerificationFailed,

    /// <summary>The license key does not open it, or what it holds is not a license.</summary>
    ContentsInvalid,

    /// <summary>The file, not the license in it, is past its end.</summary>
    Expired,

    /// <summary>It was issued more than five minutes in the future, so a clock is wrong.</summary>
    ClockOutOfSync,

    /// <summary>It is signed but not encrypted, so it gives no proof that its bearer holds the license key.</summary>
    NotEncrypted,

    /// <summary>
    /// It is encrypted but signed with RSA. <see cref="LicenseReader.Read"/> never says so, because such a file fails verification first.
    /// </summary>
    NotSupported,
}
