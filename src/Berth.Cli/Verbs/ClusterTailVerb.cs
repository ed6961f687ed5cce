using Berth.Cli.Access;
using Berth.Cli.Flags;
using Berth.Cli.Output;
using Berth.Protocol;

namespace Berth.Cli.Verbs;

/// <summary>Tells what happens in a cluster, as it happens.</summary>
internal static class ClusterTailVerb
{
    private static readonly TimeSpan _longest = TimeSpan.FromDays(365);

    private static readonly Flag _since = new("since", FlagKind.Duration, "first what the member has kept of this time (nothing)");
    private static readonly Flag _for = new("for", FlagKind.Duration, "end after this time (go on until Ctrl-C)");
    private static readonly Flag _count = new("count", FlagKind.Number, "end after so many events (go on until Ctrl-C)");

    public static readonly Verb Definition = new(
        "cluster tail", "", "Tell what happens to members and shards, as the member that is asked sees it, until Ctrl-C", [_since, _for, _count], RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        call.TakeNoWords();
        var (since, limit, count) = (Span(call, _since), Span(call, _for), call.Settings.Number(_count));
        if (count < 1)
        {
            throw CommandFailedException.Usage($"invalid argument \"{count}\" for \"--count\" flag: must be 1 or more");
        }

        using var late = limit is { } span ? new CancellationTokenSource(span, call.Shell.Time) : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, call.Shell.Stop);
        await using var reach = await Reach.ForReadingAsync(call);
        try
        {
            var stream = new EventStream(reach.Administration.Cluster, call.Shell.Time, line => call.Shell.Error.WriteLine(line));
            await foreach (var happened in stream.ReadAsync(since, either.Token))
            {
                Show(call, happened);
                await call.Shell.Out.FlushAsync(either.Token);
                if (--count <= 0)
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // Its time is over, or who watched has seen enough.
            return ExitCode.Done;
        }

        return ExitCode.Done;
    }

    private static TimeSpan? Span(Call call, Flag flag) => call.Settings.Duration(flag) switch
    {
        null => null,
        { } span when span > TimeSpan.Zero && span <= _longest => span,
        { } span => throw CommandFailedException.Usage(
            $"invalid argument \"{GoDuration.Format(span)}\" for \"--{flag.Name}\" flag: must be above 0 and at most a year"),
    };

    private static void Show(Call call, ClusterEventEntry happened)
    {
        if (call.Json)
        {
            CliJson.Write(call.Shell, happened, CliJson.Default.ClusterEventEntry);
            return;
        }

        call.Shell.Out.WriteLine($"{happened.At.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {happened.Event,-14} {Text(happened)}");
    }

    private static string Text(ClusterEventEntry happened)
    {
        var shards = happened.Shards is { } count
            ? happened.Shard is { } shard ? $"shard {shard}" : ClusterTexts.Count(count, "shard")
            : null;
        return happened.Event switch
        {
            "shards.lost" => $"{shards} of {happened.Member}",
            "shards.taken" => $"{shards} by {happened.Member}{(happened.From is { } from ? $", from {from}" : string.Empty)}",
            "shards.moved" => $"{shards} from {happened.From} to {happened.Member}",
            _ => string.Join(", ", new[]
            {
                happened.Member is { } member ? $"{member}{(happened.Address is { } address ? $" at {address}" : string.Empty)}" : null,
                happened.Incarnation is { } life ? $"incarnation {life}" : null,
                shards,
                happened.Detail,
            }.OfType<string>()),
        };
    }
}
