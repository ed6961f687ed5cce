using Berth.Benchmarks.Edge;
using Berth.Benchmarks.Processes;
using Berth.Licensing;

namespace Berth.Benchmarks.Scale;

/// <summary>
/// The verb <c>import</c>: license files are issued from a template, added by <c>berth add</c> with and without a member, and listed.
/// Reading the same files one after the other, signatures and all, is measured alone and taken off: it is what no import can leave out.
/// </summary>
internal static class ImportBench
{
    private const double LongestBeyondMs = 3_000;
    private const string Template = """{"data":{"attributes":{"name":"Bench {n}","maxMachines":5}},"meta":{"ttl":2592000}}""";

    public static async Task<int> RunAsync(Options options, CancellationToken stop)
    {
        var licenses = options.Number("licenses", 10_000, least: 2);
        var root = options.TextOrNull("scratch");
        var check = options.Has("check");
        options.RefuseUnknown();
        var scratch = root is null
            ? Directory.CreateTempSubdirectory("berth-bench-").FullName
            : Directory.CreateDirectory(Path.Combine(root, $"berth-bench-{Environment.ProcessId}")).FullName;
        try
        {
            Console.WriteLine(Machine.Describe(scratch));
            return await RunAsync(scratch, licenses, check, stop);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static async Task<int> RunAsync(string scratch, int licenses, bool check, CancellationToken stop)
    {
        var report = new ScaleReport();
        var key = Path.Combine(scratch, "vendor.key");
        var files = Path.Combine(scratch, "licenses");
        var template = Path.Combine(scratch, "template.json");
        await File.WriteAllTextAsync(template, Template, stop);
        await BerthProcess.TimeAsync(["license", "keygen", key], stop);
        var issue = await BerthProcess.TimeAsync(
            ["license", "issue", "--vendor-key", key, "--template", template, "--count", $"{licenses}", "--out", files], stop);
        var signatures = await SignaturesAsync(files, key + ".pub", stop);

        var alone = new SeededStore(Directory.CreateDirectory(Path.Combine(scratch, "alone")).FullName, licenses, 1);
        var add = await BerthProcess.TimeAsync(Add(files, key, alone), stop);
        var served = new SeededStore(Directory.CreateDirectory(Path.Combine(scratch, "served")).FullName, licenses, 1);
        TimeSpan addServed;
        await using (await new BerthProcess(scratch).ServeAsync(served, "fifo", stop))
        {
            addServed = await BerthProcess.TimeAsync(Add(files, key, served), stop);
        }

        var list = await BerthProcess.TimeAsync(["ls", "--database", alone.Database], stop);
        var page = await BerthProcess.TimeAsync(["ls", "--limit", "100", "--database", alone.Database], stop);
        var beyond = (add - signatures).TotalMilliseconds;
        var beyondServed = (addServed - signatures).TotalMilliseconds;

        report.Row($"issuing {licenses:N0} licenses from a template", issue.TotalMilliseconds);
        report.Row("checking their signatures and opening them, one thread", signatures.TotalMilliseconds);
        report.Row("adding them, no member / beyond the checks", $"{add.TotalMilliseconds,10:N0} ms / {beyond:N0} ms");
        report.Row("adding them through a member / beyond the checks", $"{addServed.TotalMilliseconds,10:N0} ms / {beyondServed:N0} ms");
        report.Row("ls of all / of a page of 100", $"{list.TotalMilliseconds,10:N0} ms / {page.TotalMilliseconds:N0} ms");
        return await report.EndAsync(
            check,
            new Figure("import_issue_ms", issue.TotalMilliseconds),
            new Figure("import_checks_ms", signatures.TotalMilliseconds),
            new Figure("import_beyond_ms", beyond, LongestBeyondMs * licenses / 10_000),
            new Figure("import_member_beyond_ms", beyondServed, LongestBeyondMs * licenses / 10_000),
            new Figure("import_ls_ms", list.TotalMilliseconds));
    }

    private static string[] Add(string files, string key, SeededStore store) =>
        ["add", files, "--public-key", key + ".pub", "--database", store.Database];

    private static async Task<TimeSpan> SignaturesAsync(string files, string publicKeyFile, CancellationToken stop)
    {
        var publicKey = (await File.ReadAllTextAsync(publicKeyFile, stop)).Trim();
        var loaded = Directory.EnumerateFiles(files, "*.lic")
            .Select(file => (File: File.ReadAllBytes(file), Key: File.ReadAllText(Path.ChangeExtension(file, ".key")).Trim()))
            .ToList();
        var now = TimeProvider.System.GetUtcNow();
        var began = TimeProvider.System.GetTimestamp();
        foreach (var (file, key) in loaded)
        {
            stop.ThrowIfCancellationRequested();
            if (LicenseReader.Read(file, key, publicKey, now) is not LicenseAccepted)
            {
                throw new BenchException("a license that was just issued is refused");
            }
        }

        return TimeProvider.System.GetElapsedTime(began);
    }
}
