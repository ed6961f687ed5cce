using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Ownership;
using Berth.Runtime.Pools;
using Berth.Runtime.Tracing;
using Microsoft.Extensions.Logging;

namespace Berth.Runtime.Routing;

/// <summary>
/// Sends commands to their owners, by one hop. What certainly did not arrive may be tried again; anything else that fails is
/// <see cref="Unknown"/>.
/// </summary>
internal sealed class HopSender(HttpMessageInvoker wire, Func<Incarnation> self, TimeProvider time, RoutingOptions options, ILogger log)
{
    /// <summary>Where a member takes hops.</summary>
    public const string Path = "/cluster/hop";

    /// <summary>The most members whose clocks are remembered; beyond that they are asked again.</summary>
    private const int MaxClocks = 256;

    /// <summary>Half of what an owner keeps a claim longer than it told.</summary>
    private static readonly TimeSpan _usualHop = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan _helloLimit = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, PeerClock> _clocks = new(StringComparer.Ordinal);
    private long _number;

    /// <summary>Sends a command that must be decided until its <see cref="Delivery.NotAfter"/>.</summary>
    /// <param name="owner">To whom.</param>
    /// <param name="pool">The pool.</param>
    /// <param name="command">The command.</param>
    /// <param name="delivery">How it is to be decided.</param>
    /// <param name="ownerEnded">The owner was found dead: what it made of the command is waited for no longer.</param>
    public ValueTask<RoutedReply> SendAsync(
        MemberRow owner, PoolName pool, PoolCommand command, Delivery delivery, CancellationToken ownerEnded) =>
        Traces.Current is null
            ? SendUntracedAsync(owner, pool, command, delivery, ownerEnded)
            : SendTracedAsync(owner, pool, command, delivery, ownerEnded);

    private async ValueTask<RoutedReply> SendTracedAsync(
        MemberRow owner, PoolName pool, PoolCommand command, Delivery delivery, CancellationToken ownerEnded)
    {
        using var span = Traces.Source.StartActivity("hop", ActivityKind.Client);
        span?.SetTag("berth.owner", owner.Card.Name);
        var answer = await SendUntracedAsync(owner, pool, command, delivery, ownerEnded);
        Traces.Note(pool, null, answer.Reply);
        return answer;
    }

    private async ValueTask<RoutedReply> SendUntracedAsync(
        MemberRow owner, PoolName pool, PoolCommand command, Delivery delivery, CancellationToken ownerEnded)
    {
        var clock = ClockOf(owner.Card.Address);
        if (clock.Whose != owner.Incarnation && !await GreetAsync(owner, clock))
        {
            return LocalPools.Nobody;
        }

        var from = self();
        if (from.Value == 0 || clock.At(delivery.NotAfter) is not { } limit)
        {
            return LocalPools.Nobody;
        }

        var request = new HopRequest(
            HopKind.Call, from, Interlocked.Increment(ref _number), limit.Whose, limit.Ms, pool, command, delivery.Rows ?? []);
        var callerGone = command is ClaimSeat ? delivery.CallerGone : CancellationToken.None;
        try
        {
            var left = time.GetElapsedTime(time.GetTimestamp(), delivery.NotAfter);
            var sentAt = time.GetTimestamp();
            var response = await PostAsync(owner, request, clock, Later(left) + options.AnswerLimit, callerGone, ownerEnded);
            var reply = Late(response.Reply, time.GetElapsedTime(sentAt));
            return reply is NotOwner ? LocalPools.Nobody : new RoutedReply(reply, owner.Card.Name, response.Epoch)
            {
                // Nobody's number may be the same as somebody else's.
                File = response.At.Value == 0 ? default : new FileMark(response.At, response.FileNumber),
                WallMs = response.WallMs,
            };
        }
        catch (HttpRequestException failure) when (WasNotSent(failure))
        {
            log.NotReached(owner.Card.Name, owner.Card.Address, failure.Message);
            return LocalPools.Nobody;
        }
        catch (Exception failure)
        {
            log.HopUnknown(owner.Card.Name, FailureReason.Of(failure));
            return new RoutedReply(Unknown.Instance, owner.Card.Name, default);
        }
    }

    /// <summary>Tells a member that the table has changed in its favor. Whether it hears it does not matter: it looks by itself.</summary>
    public async Task TellToLookAsync(MemberRow member)
    {
        var request = new HopRequest(HopKind.Look, self(), 0, member.Incarnation, 0, PoolName.Global, null, []);
        await AskAsync(member, request, ClockOf(member.Card.Address));
    }

    /// <summary>Asks a member what is no command. Without a response it is known, or not, that the member has done nothing.</summary>
    public async ValueTask<(HopResponse? Response, bool IsNotDone)> AskAsync(
        MemberRow member, HopKind kind, ShardOrder? order, TimeSpan limit, CancellationToken gone)
    {
        try
        {
            var request = new HopRequest(kind, self(), 0, member.Incarnation, 0, PoolName.Global, null, []) { Order = order };
            return (await PostAsync(member, request, ClockOf(member.Card.Address), limit, gone, default), true);
        }
        catch (Exception failure)
        {
            log.NotReached(member.Card.Name, member.Card.Address, failure.Message);
            return (null, failure is HttpRequestException unsent && WasNotSent(unsent));
        }
    }

    private PeerClock ClockOf(string address)
    {
        if (_clocks.TryGetValue(address, out var known))
        {
            return known;
        }

        if (_clocks.Count >= MaxClocks)
        {
            _clocks.Clear();
        }

        return _clocks.GetOrAdd(address, _ => new PeerClock(time));
    }

    /// <summary>Asks a member for its clock. False: it is not there, or is somebody else by now.</summary>
    private async ValueTask<bool> GreetAsync(MemberRow member, PeerClock clock)
    {
        await AskAsync(member, new HopRequest(HopKind.Hello, self(), 0, member.Incarnation, 0, PoolName.Global, null, []), clock);
        return clock.Whose == member.Incarnation;
    }

    private async ValueTask AskAsync(MemberRow member, HopRequest request, PeerClock clock)
    {
        try
        {
            await PostAsync(member, request, clock, _helloLimit, default, default);
        }
        catch (Exception failure)
        {
            log.NotReached(member.Card.Name, member.Card.Address, failure.Message);
        }
    }

    private async ValueTask<HopResponse> PostAsync(
        MemberRow member, HopRequest request, PeerClock clock, TimeSpan limit, CancellationToken callerGone, CancellationToken memberEnded)
    {
        var sentAt = time.GetTimestamp();
        var body = new ByteWriter(HopFormat.UsualBytes);
        HopFormat.Write(body, request);
        using var late = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, callerGone, memberEnded);
        using var content = new ReadOnlyMemoryContent(body.Written);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var message = new HttpRequestMessage(HttpMethod.Post, $"{options.Scheme}://{member.Card.Address}{Path}")
        {
            Content = content,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (request.Kind == HopKind.Call && Traces.Current is { } span)
        {
            message.Headers.TryAddWithoutValidation(TraceParent.Header, span.Id);
        }

        using var response = await wire.SendAsync(message, either.Token);
        response.EnsureSuccessStatusCode();
        await response.Content.LoadIntoBufferAsync(HopFormat.MaxResponseBytes, either.Token);
        var answer = HopFormat.ReadResponse(await response.Content.ReadAsByteArrayAsync(either.Token));
        clock.Learn(answer.At, answer.NowMs, sentAt);
        return answer;
    }

    /// <summary>
    /// A node counts from when it is told, the owner from when it answered, and the owner's grace is for the way to the node. What a slow
    /// hop may have used up is not promised again.
    /// </summary>
    private static PoolReply Late(PoolReply reply, TimeSpan since)
    {
        if (since <= _usualHop)
        {
            return reply;
        }

        var lateMs = (long)since.TotalMilliseconds;
        return reply switch
        {
            Granted { TtlMs: > 0 } granted => granted.TtlMs > lateMs ? granted with { TtlMs = granted.TtlMs - lateMs } : Unknown.Instance,
            Renewed { TtlMs: > 0 } renewed => renewed.TtlMs > lateMs ? renewed with { TtlMs = renewed.TtlMs - lateMs } : Unknown.Instance,
            _ => reply,
        };
    }

    /// <summary>No connection came about, or the wire vouches for it that nothing was done.</summary>
    private static bool WasNotSent(HttpRequestException failure) => failure.HttpRequestError
        is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError;

    private static TimeSpan Later(TimeSpan left) => left > TimeSpan.Zero ? left : TimeSpan.Zero;
}

internal static partial class HopSenderLog
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "hop.refused: {member} at {address} was not reached: {reason}")]
    public static partial void NotReached(this ILogger log, string member, string address, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "hop.unknown: what {member} made of a command is not known: {reason}")]
    public static partial void HopUnknown(this ILogger log, string member, string reason);
}
