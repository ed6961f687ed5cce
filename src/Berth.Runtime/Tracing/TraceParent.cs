using System.Buffers;
using System.Diagnostics;

namespace Berth.Runtime.Tracing;

/// <summary>The W3C header that says which trace a request belongs to.</summary>
public static class TraceParent
{
    /// <summary>The header's name.</summary>
    public const string Header = "traceparent";

    /// <summary>Version 00: two digits, a trace of 32, a span of 16, and flags.</summary>
    private const int Length = 55;

    private static readonly SearchValues<char> _letters = SearchValues.Create("0123456789abcdef-");

    /// <summary>Reads one; null: it is none. Nothing but version 00, to the letter, is taken.</summary>
    public static ActivityContext? Parse(string? text) =>
        text is { Length: Length } && text.StartsWith("00-", StringComparison.Ordinal)
            && !text.AsSpan().ContainsAnyExcept(_letters)
            && ActivityContext.TryParse(text, null, isRemote: true, out var context)
            && context.TraceId != default && context.SpanId != default
            ? context
            : null;
}
