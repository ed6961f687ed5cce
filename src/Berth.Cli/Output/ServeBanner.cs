using Berth.Cli.Access;
using Berth.Cli.Doctor;
using Berth.Cli.Flags;
using Berth.Cli.Verbs;
using Berth.Protocol;
using Berth.Server;
using Microsoft.Extensions.Logging;

namespace Berth.Cli.Output;

/// <summary>The lines that a member prints when it is ready: what it is, and what is wrong.</summary>
internal static class ServeBanner
{
    public static async Task WriteAsync(Call call, MemberOptions options, int port, (Uri? Management, Uri? Metrics) at, IAdministration administration)
    {
        var pools = options.Cluster is { } cluster ? OfCluster(cluster) : await PoolsAsync(call, administration);
        var text = $"""
            berth {VersionVerb.Current}
              store    {options.Store}
              edge     {Address(options, port)}
              socket   {options.Socket}
              manage   {Place(at.Management)}{(at.Metrics is null ? "" : $"\n  metrics  {at.Metrics}")}
            {pools}
              clock    {LicenseTable.Time(call.Shell.Time.GetUtcNow())}

            """;
        await call.Shell.Out.WriteAsync(text.ReplaceLineEndings("\n"));
        foreach (var finding in Examination.AtStart(call, options))
        {
            await call.Shell.Out.WriteLineAsync($"  {(finding.Grade == Grade.Fail ? "problem" : "warning"),-8} {finding.Name}: {finding.Text} — {finding.Remedy}");
        }

        await call.Shell.Out.FlushAsync(CancellationToken.None);
    }

    /// <summary>What is wrong, as lines of the log.</summary>
    public static void LogFindings(Call call, MemberOptions options, ILogger log)
    {
        foreach (var finding in Examination.AtStart(call, options))
        {
            if (finding.Grade == Grade.Fail)
            {
                log.ProblemFound(finding.Name, finding.Text, finding.Remedy ?? string.Empty);
            }
            else
            {
                log.Finding(finding.Name, finding.Text, finding.Remedy ?? string.Empty);
            }
        }
    }

    /// <summary>Where the management port is.</summary>
    public static string Place(Uri? management) => management?.GetLeftPart(UriPartial.Authority) ?? "by the socket only";

    private static async Task<string> PoolsAsync(Call call, IAdministration administration)
    {
        var pools = await administration.AllPoolsAsync(call.Shell.Stop);
        return $"""
              pools    {pools.Count}
              licenses {pools.Sum(pool => (long)pool.Licenses)}
              seats    {pools.Sum(pool => pool.Free)} free of {pools.Sum(pool => pool.Seats)}
            """;
    }

    /// <summary>A member among others has just joined: what pools there are is for their owners to say.</summary>
    private static string OfCluster(ClusterOptions cluster) => $"""
          cluster  {cluster.Name}, member {cluster.Member}, lease {GoDuration.Format(cluster.Lease)}
          members  {cluster.Advertise}, listening on {cluster.Bind}
        """;

    /// <summary>Where the edge listens, as a URL.</summary>
    public static string Address(MemberOptions options, int port)
    {
        var shown = options.Bind.Contains(':', StringComparison.Ordinal) ? $"[{options.Bind}]" : options.Bind;
        return $"{(options.TlsCertificate is null ? "http" : "https")}://{shown}:{port}";
    }
}
