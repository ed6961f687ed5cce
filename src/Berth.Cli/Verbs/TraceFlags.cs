using System.Globalization;
using Berth.Cli.Access;
using Berth.Cli.Flags;
using Berth.Server.Tracing;

namespace Berth.Cli.Verbs;

/// <summary>Where a member sends its traces: nowhere, unless it is told.</summary>
internal static class TraceFlags
{
    public static readonly Flag Endpoint =
        new Flag("otlp-endpoint", FlagKind.Text, "the collector to send traces to, such as http://localhost:4318; 4317 is spoken to by gRPC (none)").Twinned();

    public static readonly Flag Ratio =
        new Flag("trace-ratio", FlagKind.Text, "of the traces that no client has decided on, how many are kept, 0 to 1 (1)").Twinned();

    public static IReadOnlyList<Flag> All { get; } = [Endpoint, Ratio];

    /// <summary>Null: no traces.</summary>
    public static TraceOptions? Read(Call call)
    {
        var settings = call.Settings;
        var ratio = RatioOf(settings);
        if (settings.Text(Endpoint) is not { Length: > 0 } text)
        {
            return ratio is null ? null : throw CommandFailedException.Usage($"{settings.Source(Ratio)} is for traces: give --otlp-endpoint http://HOST:4318 as well, or leave it away");
        }

        if (text.Contains('@', StringComparison.Ordinal))
        {
            throw CommandFailedException.Usage($"{settings.Source(Endpoint)}: write no password into it; headers for the collector stand in OTEL_EXPORTER_OTLP_HEADERS");
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var endpoint) && endpoint.Scheme is "http" or "https"
            ? new TraceOptions(endpoint, ratio ?? TraceOptions.DefaultRatio) { Member = MemberNames.Of(call), Version = VersionVerb.Current }
            : throw CommandFailedException.Usage($"invalid argument {GoText.Quote(text)} for {GoText.Quote(Endpoint.Shown)} flag: write http://HOST:4318 or https://HOST:4318");
    }

    private static double? RatioOf(Settings settings) => settings.Text(Ratio) switch
    {
        null or "" => null,
        var text => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var ratio) && ratio is >= 0 and <= 1
            ? ratio
            : throw CommandFailedException.Usage($"invalid argument {GoText.Quote(text)} for {GoText.Quote(Ratio.Shown)} flag: must be 0 to 1"),
    };
}
