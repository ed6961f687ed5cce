using System.Globalization;
using Berth.Cli.Flags;
using Berth.Protocol;

namespace Berth.Cli.Output;

/// <summary>How it stands with a claim. Ages and what is left are measured with this machine's clock.</summary>
/// <param name="Pool">In which pool; <c>-</c> is the global one.</param>
/// <param name="Fingerprint">Who holds.</param>
/// <param name="License">The license whose seat it is.</param>
/// <param name="User">The person the node named.</param>
/// <param name="Host">The machine the node named.</param>
/// <param name="Since">When it was granted.</param>
/// <param name="LastHeartbeat">When the node was last heard; null: not since its member opened the pool.</param>
/// <param name="ExpiresAt">Until when the node was told it holds the seat; null: until it is released.</param>
/// <param name="HeartbeatAgeMs">How long ago the node was last heard, in milliseconds.</param>
/// <param name="ExpiresInMs">How long the node may stay silent yet, in milliseconds; less than zero: it is overdue.</param>
/// <param name="State">One of <see cref="ClaimStates"/>.</param>
internal sealed record ClaimRow(
    string Pool,
    string Fingerprint,
    string License,
    string? User,
    string? Host,
    DateTimeOffset Since,
    DateTimeOffset? LastHeartbeat,
    DateTimeOffset? ExpiresAt,
    long? HeartbeatAgeMs,
    long? ExpiresInMs,
    string State)
{
    public static ClaimRow Of(HolderEntry holder, DateTimeOffset now)
    {
        var age = (long?)(now - holder.LastHeartbeat)?.TotalMilliseconds;
        var left = (long?)(holder.ExpiresAt - now)?.TotalMilliseconds;
        var state = left is null ? ClaimStates.Kept : left < 0 ? ClaimStates.Overdue : age is null ? ClaimStates.Unheard : ClaimStates.Live;
        return new ClaimRow(
            holder.Pool, holder.Fingerprint, holder.License, holder.User, holder.Host, holder.Since, holder.LastHeartbeat, holder.ExpiresAt, age, left, state);
    }

    /// <summary>As whole seconds, or minutes and more.</summary>
    public static string Span(long? ms) => ms is { } some
        ? GoDuration.Format(TimeSpan.FromSeconds(Math.Truncate(some / 1000.0)))
        : "-";
}

/// <summary>How it may stand with a claim.</summary>
internal static class ClaimStates
{
    /// <summary>Its node was heard, and has time.</summary>
    public const string Live = "live";

    /// <summary>Its node has time, and was not heard since its member opened the pool.</summary>
    public const string Unheard = "unheard";

    /// <summary>Its node has had no time left for a moment: the seat is swept up next.</summary>
    public const string Overdue = "overdue";

    /// <summary>The pool has no heartbeats: the seat is held until it is released.</summary>
    public const string Kept = "kept";
}

/// <summary>Some claims.</summary>
/// <param name="Claims">The claims.</param>
/// <param name="Next">Ask on from here; null: that was all.</param>
internal sealed record ClaimListing(IReadOnlyList<ClaimRow> Claims, string? Next);
