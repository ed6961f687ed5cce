using System.Diagnostics;
using Berth.Pools;

namespace Berth.Runtime.Tracing;

/// <summary>Where spans are made. While traces are not exported nobody listens: then nothing is made, and each of these is a look at one field.</summary>
public static class Traces
{
    /// <summary>What whoever listens asks for.</summary>
    public const string SourceName = "Berth";

    /// <summary>Makes the spans.</summary>
    public static ActivitySource Source { get; } = new(SourceName);

    /// <summary>The span of ours that is under way here and is kept; null: none is.</summary>
    public static Activity? Current =>
        Source.HasListeners() && Activity.Current is { Recorded: true } span && span.Source == Source ? span : null;

    /// <summary>Says which pool the span under way is about, and who decided.</summary>
    internal static void Note(PoolName pool, string? decidedBy, PoolReply reply)
    {
        if (Current is not { } span)
        {
            return;
        }

        span.SetTag("berth.pool", pool.ToString());
        span.SetTag("berth.reply", reply.GetType().Name);
        if (decidedBy is not null)
        {
            span.SetTag("berth.member", decidedBy);
        }
    }
}
