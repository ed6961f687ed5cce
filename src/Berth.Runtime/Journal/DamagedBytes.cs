namespace Berth.Runtime.Journal;

/// <summary>Where bytes came from: what is wrong with them, and what helps, is said accordingly.</summary>
internal enum ByteSource : byte
{
    /// <summary>The store.</summary>
    Journal = 0,

    /// <summary>Another member.</summary>
    Message = 1,
}

/// <summary>The words for bytes that <see cref="ByteReader"/> cannot read: apart from it, so that reading stays short.</summary>
internal static class DamagedBytes
{
    public static InvalidDataException LongNumber(ByteSource source) => source is ByteSource.Message
        ? new("A number in a member's message is longer than ten bytes: the message is damaged.")
        : new("A stored number is longer than ten bytes: the journal is damaged; restore a backup.");

    public static InvalidDataException LargeNumber(ByteSource source, long value) => source is ByteSource.Message
        ? new($"A number in a member's message is {value}, which is too large: the message is damaged.")
        : new($"A stored number is {value}, which is too large: the journal is damaged; restore a backup.");

    public static InvalidDataException MissingName(ByteSource source) => source is ByteSource.Message
        ? new("A text in a member's message is missing: the message is damaged.")
        : new("A stored name is missing: the journal is damaged; restore a backup.");

    public static InvalidDataException Surplus(ByteSource source, int count) => source is ByteSource.Message
        ? new($"{count} bytes follow a member's message: the message is damaged.")
        : new($"{count} bytes follow a stored event: the journal is damaged; restore a backup.");

    public static InvalidDataException EarlyEnd(ByteSource source, ulong wanted, int left) => source is ByteSource.Message
        ? new($"A member's message ends early ({wanted} bytes wanted, {left} there): the message is damaged.")
        : new($"A stored event ends early ({wanted} bytes wanted, {left} there): the journal is damaged; restore a backup.");
}
