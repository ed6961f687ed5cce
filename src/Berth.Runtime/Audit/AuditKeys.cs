namespace Berth.Runtime.Audit;

/// <summary>The member's signature. Which algorithm and where the private key is, is the business of whoever makes one.</summary>
/// <param name="PublicKey">32 bytes.</param>
/// <param name="Sign">Signs a message; the signature has 64 bytes.</param>
public sealed record AuditSigner(ReadOnlyMemory<byte> PublicKey, Func<ReadOnlyMemory<byte>, byte[]> Sign);

/// <summary>Whether a signature is that of the message under the public key.</summary>
public delegate bool AuditSignatureCheck(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);

/// <summary>Which signatures count.</summary>
/// <param name="Check">Checks one.</param>
/// <param name="Pinned">The public keys that are trusted; empty: any, and the verdict says so.</param>
public sealed record AuditTrust(AuditSignatureCheck Check, IReadOnlyList<ReadOnlyMemory<byte>> Pinned);
