namespace Berth.Protocol;

/// <summary>One setting of the member that answers.</summary>
/// <param name="Name">The flag without its dashes.</param>
/// <param name="Value">Its text; of a secret only <c>set</c> or <c>not set</c>. Null: it has none.</param>
/// <param name="Origin">Where the value came from: one of <see cref="SettingOrigins"/>.</param>
/// <param name="Source">The flag, variable or file that gave it; null: none did.</param>
public sealed record SettingEntry(string Name, string? Value, string Origin, string? Source);

/// <summary>All settings, in the order of the help.</summary>
public sealed record SettingListing(IReadOnlyList<SettingEntry> Settings);

/// <summary>Where a setting's value came from.</summary>
public static class SettingOrigins
{
    /// <summary>The command line.</summary>
    public const string Flag = "flag";

    /// <summary>A <c>BERTH_</c> variable.</summary>
    public const string BerthVariable = "berth-variable";

    /// <summary>One of Relay's variables.</summary>
    public const string RelayVariable = "relay-variable";

    /// <summary>The configuration file.</summary>
    public const string File = "file";

    /// <summary>What the store has recorded.</summary>
    public const string Recorded = "recorded";

    /// <summary>Nobody set it.</summary>
    public const string Default = "default";
}
