using Berth.Cli.Verbs;
using Berth.Runtime.Audit;

namespace Berth.Cli.Output;

/// <summary>What `audit verify` says of one pool. The names are those of the JSON.</summary>
internal sealed record PoolVerdict(
    string Pool, long From, long To, long Events, long Grants, long Peak, long PeakSeats, long PeakKept, string? PeakAt, long Active, long Seats);

/// <summary>What `audit verify` says.</summary>
internal sealed record VerdictReport(
    bool Proven,
    string? Flaw,
    long? Line,
    string Cluster,
    string? ExportedAt,
    string? PublicKey,
    bool Pinned,
    long Lines,
    long Checkpoints,
    long HeadsFound,
    long HeadsCutOff,
    IReadOnlyList<PoolVerdict> Pools)
{
    public static VerdictReport Of(AuditVerdict verdict) => new(
        verdict.IsProven,
        verdict.Flaw,
        verdict.IsProven ? null : verdict.FlawLine,
        verdict.Cluster,
        Time(verdict.TimeMs),
        verdict.PublicKey is { } key ? Convert.ToHexStringLower(key.Span) : null,
        verdict.Pinned,
        verdict.Lines,
        verdict.Checkpoints,
        verdict.HeadsFound,
        verdict.HeadsCutOff,
        [.. verdict.Pools.Select(Of)]);

    /// <summary>For people.</summary>
    public void Write(Call call)
    {
        var output = call.Shell.Out;
        if (Cluster.Length > 0)
        {
            output.WriteLine($"cluster      {Cluster}, exported {ExportedAt}");
        }

        output.WriteLine("signed with  " + (PublicKey, Pinned) switch
        {
            (null, _) => "no key: whoever had the history could have written it",
            (var key, true) => $"{key}, which is trusted",
            var (key, _) => $"{key}; name the key that you trust with --public-key, or anybody could have signed it",
        });
        output.WriteLine($"checkpoints  {Checkpoints}, with {HeadsFound} heads found in the chains and {HeadsCutOff} before their beginning");
        Table().Write(call.Shell, call.Plain);
        foreach (var pool in Pools.Where(pool => pool.From > 1))
        {
            output.WriteLine($"pool {pool.Pool}: the history before version {pool.From} was cut off; the signed chain vouches for the state that stands for it");
        }

        if (Proven)
        {
            call.Shell.Say("proven: no grant was made while as many seats were active as there were");
        }
    }

    private static PoolVerdict Of(PoolProof proof) => new(
        proof.Pool, proof.From, proof.To, proof.Events, proof.Grants, proof.Peak, proof.PeakSeats, proof.PeakKept, Time(proof.PeakMs),
        proof.Active, proof.Seats);

    private static string? Time(long ms) => ms > 0 && ms < DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
        ? $"{DateTimeOffset.FromUnixTimeMilliseconds(ms):yyyy-MM-dd'T'HH:mm:ss'Z'}"
        : null;

    private TextTable Table()
    {
        var table = new TextTable("pool", "versions", "grants", "peak", "seats then", "peak at", "active", "seats");
        foreach (var pool in Pools)
        {
            var kept = pool.PeakKept > 0 ? $" ({pool.PeakKept} of licenses reduced or taken out)" : string.Empty;
            var peakAt = pool.Peak == 0 ? "-" : pool.PeakAt ?? $"before version {pool.From}";
            table.Add(
                pool.Pool, pool.Events == 0 ? "-" : $"{pool.From} to {pool.To}", $"{pool.Grants}", $"{pool.Peak}{kept}", $"{pool.PeakSeats}", peakAt,
                $"{pool.Active}", $"{pool.Seats}");
        }

        return table;
    }
}
