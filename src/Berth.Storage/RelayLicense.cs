namespace Berth.Storage;

/// <summary>
/// A license as Keygen Relay's database has it. Texts are as stored, so anything may be in them: bytes that are not UTF-8 stand as
/// U+FFFD. Times are Unix seconds, 0: never.
/// </summary>
/// <param name="Row">Its row; <see cref="RelayDatabase.ReadFile"/> takes it.</param>
/// <param name="Id">The id inside the file.</param>
/// <param name="Pool">Its pool; null: the global one.</param>
/// <param name="LostPool">It names a pool that is not there, so that Relay never hands it out.</param>
/// <param name="FileBytes">The length of its file.</param>
/// <param name="Claims">Grants so far.</param>
/// <param name="LastClaimed">The last grant.</param>
/// <param name="LastReleased">The last release or expiry.</param>
/// <param name="Added">When it was added.</param>
/// <param name="Holder">The fingerprint of the live node that holds it; null: nobody.</param>
/// <param name="Leaked">It is held by a node that is gone: Relay gives its seat to nobody else.</param>
public sealed record RelayLicense(
    long Row,
    string Id,
    string? Pool,
    bool LostPool,
    long FileBytes,
    long Claims,
    long LastClaimed,
    long LastReleased,
    long Added,
    string? Holder,
    bool Leaked);
