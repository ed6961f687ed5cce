using Berth.Protocol;

namespace Berth.Cli.Output;

/// <summary>What an import did, or would do.</summary>
/// <param name="File">The database that it came from.</param>
/// <param name="DryRun">Nothing was written.</param>
/// <param name="Pools">Pools, the global one among them.</param>
/// <param name="Licenses">Licenses that were taken over.</param>
/// <param name="Present">Licenses that were there already with the same file.</param>
/// <param name="Claims">How many of the licenses are held.</param>
/// <param name="Counted">Grants that were counted for the licenses so far.</param>
/// <param name="Verified">Whether the files' signatures were checked.</param>
/// <param name="Remarks">What was left out, and warnings.</param>
internal sealed record ImportSummary(
    string File,
    bool DryRun,
    int Pools,
    int Licenses,
    int Present,
    int Claims,
    long Counted,
    bool Verified,
    IReadOnlyList<ImportRemark> Remarks)
{
    private const int MaxShown = 20;

    public void Write(Shell shell)
    {
        Show(shell.Out, "pools", $"{Pools}");
        Show(shell.Out, "licenses", $"{Licenses}, and {Present} that were there already; {Left(ImportRemark.LicenseLeftOut)} left out");
        Show(shell.Out, "claims", $"{Claims} live; {Left(ImportRemark.ClaimLeftOut)} left out");
        Show(shell.Out, "counters", $"{Counted} claims so far");
        Show(shell.Out, "signatures", Verified ? "checked" : "not checked: the database was trusted; --public-key checks them");
        Remark(shell.Out, Remarks);
    }

    /// <summary>What was left out and warned of, one a line, with an end where there is more than people read.</summary>
    public static void Remark(TextWriter output, IReadOnlyList<ImportRemark> remarks)
    {
        foreach (var remark in remarks.Take(MaxShown))
        {
            output.WriteLine(Line(remark));
        }

        if (remarks.Count > MaxShown)
        {
            output.WriteLine($"and {remarks.Count - MaxShown} more: --json lists them all");
        }
    }

    public static string Line(ImportRemark remark)
    {
        var name = Printable(remark.License);
        return remark.Kind switch
        {
            ImportRemark.PoolLeftOut => $"left out: pool {name}: {remark.Detail}",
            ImportRemark.LicenseLeftOut => $"left out: license {name}: {remark.Detail}",
            ImportRemark.ClaimLeftOut => $"left out: the claim on license {name}: {remark.Detail}",
            _ => $"warning: license {name}: {remark.Detail}",
        };
    }

    /// <summary>A stranger's text, safe for a terminal.</summary>
    public static string Printable(string text) =>
        string.Concat(text.EnumerateRunes().Take(80).Select(rune => System.Text.Rune.IsControl(rune) ? $"\\u{rune.Value:x4}" : rune.ToString()));

    private int Left(string kind) => Remarks.Count(remark => remark.Kind == kind);

    private static void Show(TextWriter output, string label, string value) => output.WriteLine($"{label,-10} {value}");
}
