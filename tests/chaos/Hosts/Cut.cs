using Berth.Chaos.Processes;

namespace Berth.Chaos.Hosts;

/// <summary>What becomes of a packet that may not pass.</summary>
internal enum CutKind
{
    /// <summary>It disappears, as on a broken line.</summary>
    Drop,

    /// <summary>Its sender is told that nobody is there, as by a firewall or a stopped machine.</summary>
    Reset,
}

/// <summary>Which packets of a host may not pass.</summary>
[Flags]
internal enum CutWay
{
    /// <summary>Those that come to it.</summary>
    In = 1,

    /// <summary>Those that it sends.</summary>
    Out = 2,

    /// <summary>All.</summary>
    Both = In | Out,
}

/// <summary>Cuts hosts off from each other, by packet filters inside their own namespaces.</summary>
internal static class Cut
{
    /// <summary>Cuts a host off from some others; null: from everybody.</summary>
    public static async Task MakeAsync(Host host, IReadOnlyList<Host>? from, CutKind kind, CutWay way = CutWay.Both)
    {
        var verdict = kind == CutKind.Drop ? "drop" : "reject with tcp reset";
        List<string> rules =
        [
            "add table inet chaos",
            "add chain inet chaos from { type filter hook input priority 0; policy accept; }",
            "add chain inet chaos to { type filter hook output priority 0; policy accept; }",
        ];
        if (way.HasFlag(CutWay.In))
        {
            rules.Add($"add rule inet chaos from {Match("iifname eth0", "ip saddr", from)} meta l4proto tcp {verdict}");
        }

        if (way.HasFlag(CutWay.Out))
        {
            rules.Add($"add rule inet chaos to {Match("oifname eth0", "ip daddr", from)} meta l4proto tcp {verdict}");
        }

        await Command.RunAsync("nsenter", [.. host.Entrance, "nft", string.Join("; ", rules)]);
    }

    /// <summary>All packets of the host pass again.</summary>
    public static Task HealAsync(Host host) =>
        Command.RunAsync("nsenter", [.. host.Entrance, "nft", "add table inet chaos; delete table inet chaos"]);

    private static string Match(string everybody, string side, IReadOnlyList<Host>? from) =>
        from is null ? everybody : $"{side} {{ {string.Join(", ", from.Select(host => host.Address))} }}";
}
