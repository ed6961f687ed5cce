using System.Text.Json;
using Berth.Chaos.Processes;

namespace Berth.Chaos.Journal;

/// <summary>The history as the program itself exports it, whose lines are read as JSON and nothing else.</summary>
internal static class ExportedHistory
{
    /// <summary>Exports the history of a store that may be served, lets the program verify it, and reads who got and gave back which license.</summary>
    /// <param name="program">The program.</param>
    /// <param name="store">The store, as <c>--store</c> takes it.</param>
    /// <param name="file">Where the export goes.</param>
    /// <param name="keys">The keys of licenses by their ids.</param>
    public static async Task<(IReadOnlyList<JournalSeat> Grants, IReadOnlyList<JournalSeat> Releases)> ReadAsync(
        string program, string store, string file, IReadOnlyDictionary<string, string> keys)
    {
        await Command.RunAsync(program, "audit", "export", file, "--force", "--store", store);
        await Command.RunAsync(program, "audit", "verify", file);
        return await ParseAsync(File.ReadLinesAsync(file), keys);
    }

    /// <summary>Reads the lines of an export.</summary>
    public static async Task<(IReadOnlyList<JournalSeat> Grants, IReadOnlyList<JournalSeat> Releases)> ParseAsync(
        IAsyncEnumerable<string> lines, IReadOnlyDictionary<string, string> keys)
    {
        var grants = new List<JournalSeat>();
        var releases = new List<JournalSeat>();
        await foreach (var line in lines)
        {
            using var json = JsonDocument.Parse(line);
            if (!json.RootElement.TryGetProperty("event", out var name)
                || (name.GetString() switch { "license.leased" => grants, "license.released" => releases, _ => null }) is not { } list)
            {
                continue;
            }

            string Text(string property) => json.RootElement.GetProperty(property).GetString()!;
            var license = Text("license");
            list.Add(new JournalSeat(Text("pool"), Text("node"), keys.GetValueOrDefault(license, license)));
        }

        return (grants, releases);
    }
}
