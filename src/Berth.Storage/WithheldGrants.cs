namespace Berth.Storage;

/// <summary>
/// Why nobody is to be given a seat from a store: it is a copy, and the original may still serve. The mark stands in the store
/// itself, so it holds however the copy is put into service, until an operator confirms.
/// </summary>
/// <param name="Why">What was seen, in words for the operator.</param>
/// <param name="Since">When the copy was made, or noticed.</param>
public sealed record WithheldGrants(string Why, DateTimeOffset Since);
