using Berth.Cli.Access;
using Berth.Cli.Output;
using Berth.Protocol;

namespace Berth.Cli.Verbs;

/// <summary>Lists events, pool by pool and the newest first.</summary>
internal static class AuditLsVerb
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 1_000_000;

    public static readonly Verb Definition = new(
        "audit ls",
        "",
        "List what happened, pool by pool, the newest first",
        [VerbFlags.Pool, AuditFlags.Node, AuditFlags.License, AuditFlags.Event, AuditFlags.Limit, AuditFlags.Next],
        RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        call.TakeNoWords();
        var limit = call.Settings.Number(AuditFlags.Limit) ?? DefaultLimit;
        if (limit is < 1 or > MaxLimit)
        {
            throw CommandFailedException.Usage($"--limit must be 1 to {MaxLimit}");
        }

        var licenses = call.Settings.List(AuditFlags.License);
        if (licenses.Count > 1)
        {
            throw CommandFailedException.Usage("one --license, not several");
        }

        var query = new AuditQuery(
            call.Settings.Text(VerbFlags.Pool), call.Settings.Text(AuditFlags.Node), licenses is [var license] ? license : null,
            call.Settings.Text(AuditFlags.Event));
        await using var reach = await Reach.ForReadingAsync(call);
        var found = await FindAsync(reach.Administration.Audit, query, call.Settings.Text(AuditFlags.Next), limit, call.Shell.Stop);
        if (call.Json)
        {
            CliJson.Write(call.Shell, found, CliJson.Readable.AuditListing);
            return ExitCode.Done;
        }

        Table(found.Events).Write(call.Shell, call.Plain);
        if (found.Next is { } next)
        {
            call.Shell.Error.WriteLine($"there is more: --next {next}");
        }

        return ExitCode.Done;
    }

    private static async Task<AuditListing> FindAsync(IAudit audit, AuditQuery query, string? next, int limit, CancellationToken stop)
    {
        var events = new List<AuditEntry>();
        do
        {
            var page = await audit.ListAsync(query, next, Math.Min(limit - events.Count, ManagementRoutes.MaxPage), stop).OrFailAsync();
            events.AddRange(page.Events);
            next = page.Next;
        }
        while (next is not null && events.Count < limit);
        return new AuditListing(events, next);
    }

    private static TextTable Table(IReadOnlyList<AuditEntry> events)
    {
        var table = new TextTable("time", "pool", "version", "event", "action", "node", "license", "who");
        foreach (var entry in events)
        {
            table.Add(
                $"{entry.Time:yyyy-MM-dd'T'HH:mm:ss'Z'}", entry.Pool, $"{entry.Version}", entry.Event, entry.Action ?? "-", entry.Node ?? "-",
                entry.License ?? "-", Who(entry));
        }

        return table;
    }

    private static string Who(AuditEntry entry)
    {
        string?[] parts = [entry.Actor, entry.User, entry.Host, entry.Address];
        return parts.Any(part => part is not null) ? string.Join(' ', parts.Where(part => part is not null)) : "-";
    }
}
