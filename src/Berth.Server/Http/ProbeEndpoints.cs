using Microsoft.AspNetCore.Http;

namespace Berth.Server.Http;

/// <summary>
/// <c>/livez</c>: the process answers. <c>/readyz</c>: it takes claims: the store is open and the member is not stopping.
/// <c>?verbose</c> lists the checks.
/// </summary>
internal sealed class ProbeEndpoints
{
    private volatile bool _ready;
    private volatile bool _leaving;

    /// <summary>Whether claims are taken.</summary>
    public bool Ready
    {
        get => _ready;
        set => _ready = value;
    }

    /// <summary>Whether no pool was lost to a bug or to another owner since the start.</summary>
    public Func<bool> ServesAll { get; set; } = () => true;

    /// <summary>In a cluster, whether the member has its lease and knows the policy; null: there is no cluster.</summary>
    public Func<bool>? IsMember { get; set; }

    /// <summary>The member hands on what it has: answers ask their clients to connect anew, so that they find another member by and by.</summary>
    public bool IsLeaving
    {
        get => _leaving;
        set => _leaving = value;
    }

    /// <summary>
    /// Why seats are withheld; null: they are not. The member stays ready: nodes that hold one must be able to renew.
    /// </summary>
    public Func<string?> Withholds { get; set; } = () => null;

    /// <summary>What <c>/readyz</c> says.</summary>
    public bool IsReady => _ready && ServesAll() && IsMember?.Invoke() != false;

    public Task HandleAsync(HttpContext context, TargetKind probe)
    {
        if (context.Request.Method != HttpMethods.Get && context.Request.Method != HttpMethods.Head)
        {
            return BareAnswers.MethodNotAllowed(context);
        }

        var served = ServesAll();
        var member = IsMember?.Invoke();
        var good = probe == TargetKind.Live || (_ready && served && member != false);
        var text = context.Request.QueryString.Value is "?verbose" && probe == TargetKind.Ready
            ? $"{Check(_ready, "started and not stopping")}{Check(served, "every pool is served")}{Member(member)}{Withheld()}{(good ? "ok" : "not ready")}\n"
            : good ? "ok\n" : "not ready\n";
        context.Response.StatusCode = good ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentLength = text.Length;
        return context.Request.Method == HttpMethods.Head ? Task.CompletedTask : context.Response.WriteAsync(text);
    }

    private static string Member(bool? good) =>
        good is { } known ? Check(known, "a member of the cluster, with a lease and the cluster's policy") : string.Empty;

    private string Withheld() => Withholds() is { } why ? $"[!] {why}\n" : string.Empty;

    private static string Check(bool good, string what) => $"[{(good ? '+' : '-')}] {what}\n";
}
