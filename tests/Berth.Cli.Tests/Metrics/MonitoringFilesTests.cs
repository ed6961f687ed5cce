using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Berth.Testing.Processes;
using YamlDotNet.RepresentationModel;

namespace Berth.Cli.Tests.Metrics;

/// <summary>The board, the rules and the page name what a real member tells, and nothing else.</summary>
public sealed partial class MonitoringFilesTests(RealScrape real) : IClassFixture<RealScrape>
{
    private static readonly string _docs = Path.Combine(Checkout(), "docs");
    private static readonly string _rules = Path.Combine(_docs, "monitoring", "berth-alerts.yaml");

    [Fact]
    public void A_member_tells_what_it_did()
    {
        var told = real.Metrics;
        told["berth_claims_total", ("pool", "cad"), ("result", "granted")].ShouldBe(1);
        told["berth_claims_total", ("pool", "cad"), ("result", "denied")].ShouldBe(1);
        told["berth_heartbeats_total", ("result", "renewed")].ShouldBe(1);
        told["berth_licenses_ending", ("pool", "cad"), ("days", "7")].ShouldBe(1);
        told["berth_store_file_bytes", ("file", "database")].ShouldBeGreaterThan(4096);
        told["berth_store_bytes"].ShouldBeGreaterThan(4096);
        told["berth_store_filesystem_free_bytes"].ShouldBeLessThanOrEqualTo(told["berth_store_filesystem_size_bytes"]);
        told["process_open_fds"].ShouldBeGreaterThan(10);
        told["process_resident_memory_bytes"].ShouldBeGreaterThan(10e6);
        told["process_start_time_seconds"].ShouldBe(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), 600);
    }

    [Fact]
    public void The_page_has_a_row_for_each_metric_with_its_labels()
    {
        var rows = File.ReadLines(Path.Combine(_docs, "metrics.md")).Select(line => Row.Match(line)).Where(row => row.Success).ToList();
        rows.Select(row => (row.Groups["name"].Value, row.Groups["type"].Value))
            .ShouldBe(real.Metrics.Families.Values.Select(family => (family.Name, family.Type)), ignoreOrder: true);
        foreach (var row in rows)
        {
            // A member that is alone has no lease, which has no labels.
            var family = real.Metrics.Families[row.Groups["name"].Value];
            family.Samples.SelectMany(sample => sample.Labels.Keys).Where(label => label != "le").Distinct()
                .ShouldBe(Code.Matches(row.Groups["labels"].Value).Select(label => label.Groups["code"].Value), ignoreOrder: true, family.Name);
        }
    }

    [Fact]
    public void Metrics_that_the_page_names_elsewhere_are_told()
    {
        var words = Code.Matches(File.ReadAllText(Path.Combine(_docs, "metrics.md"))).Select(code => code.Groups["code"].Value)
            .Where(word => word.StartsWith("berth_", StringComparison.Ordinal)).ToList();
        words.Count.ShouldBeGreaterThan(real.Metrics.Families.Count / 2);
        words.Where(word => !real.Metrics.Families.ContainsKey(word)).SelectMany(word => new PromExpression(word, real.Metrics).Flaws()).ShouldBeEmpty();
    }

    [Fact]
    public void The_board_asks_for_what_is_told()
    {
        var board = JsonNode.Parse(File.ReadAllText(Path.Combine(_docs, "monitoring", "berth-board.json")))!;
        board["templating"]!["list"]!.AsArray().Select(variable => variable!["name"]!.GetValue<string>()).ShouldBe(["datasource", "job", "pool"]);
        var panels = board["panels"]!.AsArray();
        panels.Select(panel => panel!["id"]!.GetValue<int>()).ShouldBeUnique();
        var targets = panels.SelectMany(panel => panel!["targets"]?.AsArray() ?? []).ToList();
        targets.Count.ShouldBeGreaterThan(40);
        foreach (var target in targets)
        {
            var text = target!["expr"]!.GetValue<string>();
            var expression = new PromExpression(text, real.Metrics);
            expression.Count.ShouldBeGreaterThan(0, text);
            expression.Flaws().ShouldBeEmpty();
            Legend.Matches(target["legendFormat"]!.GetValue<string>()).Select(label => label.Groups["label"].Value)
                .ShouldAllBe(label => expression.Labels.Contains(label), text);
        }

        var asked = string.Join('\n', targets.Select(target => target!["expr"]!.GetValue<string>()));
        real.Metrics.Families.Keys.Where(name => name.StartsWith("berth_", StringComparison.Ordinal) && !asked.Contains(name, StringComparison.Ordinal))
            .ShouldBeEmpty("the board shows every metric of the product");
    }

    [Fact]
    public void Every_alert_says_what_it_is_about_and_asks_for_what_is_told()
    {
        var headings = File.ReadLines(Path.Combine(_docs, "metrics.md")).Where(line => line.StartsWith("### ", StringComparison.Ordinal))
            .Select(line => line[4..].ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
        var pages = new List<string>();
        foreach (var rule in Rules())
        {
            var name = Text(rule, "alert");
            var expression = new PromExpression(Text(rule, "expr"), real.Metrics);
            expression.Count.ShouldBeGreaterThan(0, name);
            expression.Flaws().ShouldBeEmpty(name);
            new[] { "info", "warning", "critical" }.ShouldContain(Text((YamlMappingNode)rule["labels"], "severity"), name);
            var annotations = (YamlMappingNode)rule["annotations"];
            var said = Text(annotations, "summary") + Text(annotations, "description");
            Label.Matches(said).Select(label => label.Groups["label"].Value).ShouldAllBe(label => expression.Labels.Contains(label), name);
            var page = Text(annotations, "runbook_url");
            page.ShouldStartWith("docs/metrics.md#");
            headings.ShouldContain(page[16..], name);
            pages.Add(page[16..]);
        }

        headings.Except(pages).ShouldBeEmpty("a section about no alert");
    }

    [Fact]
    public void What_nobody_tells_is_found()
    {
        string[] Flaws(string text) => [.. new PromExpression(text, real.Metrics).Flaws()];
        Flaws("sum(berth_gone)").ShouldBe(["no member tells berth_gone"]);
        Flaws("berth_claim_duration_seconds").ShouldBe(["no member tells berth_claim_duration_seconds"]);
        Flaws("berth_ready{pool=\"x\"}").ShouldBe(["berth_ready has no label pool"]);
        Flaws("berth_pool_seats{state=\"full\"}").ShouldBe(["berth_pool_seats never has state=\"full\""]);
        Flaws("sum by (pool) (berth_ready)").ShouldHaveSingleItem();
        Flaws("histogram_quantile(0.9, sum by (le) (rate(berth_claim_duration_seconds_bucket{job=~\"$job\"}[5m])))").ShouldBeEmpty();
    }

    [Fact]
    public async Task Prometheus_own_tool_finds_nothing_wrong()
    {
        var tool = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, "promtool")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(tool is null, "promtool is not installed (Debian's package prometheus has it)");
        await RunAsync(tool!, Checkout(), ["check", "metrics"], real.Text);
        await RunAsync(tool!, Checkout(), ["check", "rules", _rules]);
        using var folder = new TestFolder();
        File.Copy(_rules, folder.File("berth-alerts.yaml"));
        File.Copy(Path.Combine(Checkout(), "tests/Berth.Cli.Tests/Metrics/berth-alerts.test.yaml"), folder.File("tests.yaml"));
        await RunAsync(tool!, folder.Path, ["test", "rules", "tests.yaml"]);
    }

    private static IEnumerable<YamlMappingNode> Rules()
    {
        var stream = new YamlStream();
        using var reader = File.OpenText(_rules);
        stream.Load(reader);
        var groups = (YamlSequenceNode)stream.Documents[0].RootNode["groups"];
        var rules = groups.SelectMany(group => (YamlSequenceNode)group["rules"]).Cast<YamlMappingNode>().ToList();
        rules.Count.ShouldBeGreaterThan(20);
        return rules;
    }

    private static string Text(YamlMappingNode node, string key) => ((YamlScalarNode)node[key]).Value.ShouldNotBeNull();

    private static async Task RunAsync(string tool, string folder, string[] arguments, string input = "")
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var said = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, said);
    }

    private static string Checkout()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Cluster.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("run the tests from a checkout");
    }

    [GeneratedRegex(@"^\| `(?<name>[a-z_]+)` \| (?<type>counter|gauge|histogram) \| (?<labels>[^|]*)\|", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row { get; }

    [GeneratedRegex(@"`(?<code>[^`\n]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Code { get; }

    [GeneratedRegex(@"\{\{(?<label>[a-z_]+)\}\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Legend { get; }

    [GeneratedRegex(@"\$labels\.(?<label>[a-z_]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Label { get; }
}
