using Berth.Chaos.History;

namespace Berth.Chaos.Tests;

/// <summary>Operations as nodes record them. Times are seconds.</summary>
internal static class Told
{
    public static readonly TimeSpan Ttl = TimeSpan.FromSeconds(30);

    /// <summary>A claim that was granted a tenth of a second after it was sent.</summary>
    public static Operation Granted(string node, double sent, string license = "A", string pool = "p") =>
        Answered(node, sent, 201, license, pool);

    /// <summary>A renewal.</summary>
    public static Operation Renewed(string node, double sent, string license = "A", string pool = "p") =>
        Answered(node, sent, 202, license, pool);

    /// <summary>A claim or renewal that was told no.</summary>
    public static Operation Denied(string node, double sent, int status = 410) =>
        new("p", node, Verb.Claim, "m", Seconds(sent), Seconds(sent + 0.1), Outcome.Refused, status);

    /// <summary>A release and how it ended.</summary>
    public static Operation Released(string node, double sent, Outcome outcome = Outcome.Ok) =>
        new("p", node, Verb.Release, "m", Seconds(sent), Seconds(sent + 0.1), outcome, outcome == Outcome.Ok ? 204 : 0);

    /// <summary>A claim or renewal without an answer.</summary>
    public static Operation Unanswered(string node, double sent) =>
        new("p", node, Verb.Claim, "m", Seconds(sent), Seconds(sent + 3), Outcome.Unknown);

    public static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static Operation Answered(string node, double sent, int status, string license, string pool) =>
        new(pool, node, Verb.Claim, "m", Seconds(sent), Seconds(sent + 0.1), Outcome.Ok, status, license, Ttl);
}
