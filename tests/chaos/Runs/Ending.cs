using Berth.Chaos.Checks;
using Berth.Chaos.History;
using Berth.Chaos.Journal;

namespace Berth.Chaos.Runs;

/// <summary>The end of a scene: the nodes fall silent, every promise ends, and then what is left is looked at.</summary>
internal sealed class Ending(Scene scene)
{
    /// <summary>How long a claim may outlive its last promise: what an owner adds, a sweep, and a slow machine.</summary>
    private static readonly TimeSpan _margin = TimeSpan.FromSeconds(6);

    /// <summary>Shards may still move home; each move gives the claims in it a full life. So long it is waited for them to stay.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(150);

    /// <summary>A verb that starts on a busy machine needs longer for its first connection than a member may.</summary>
    private const string PatientConnect = "?connect_timeout=20";

    private static readonly TimeSpan _look = TimeSpan.FromSeconds(2);

    /// <summary>What must not be.</summary>
    public async Task<IReadOnlyList<Violation>> CheckAsync()
    {
        await scene.Crowd.SilenceAsync();
        await scene.Probes.FinishAsync();
        await WaitUntilAllIsOverAsync();
        var from = scene.Recorder.Now;
        var grants = new List<Operation>();
        foreach (var (pool, seats) in scene.Licenses.SeatsOfPool)
        {
            // One more than there are seats.
            grants.AddRange(await scene.Probes.TakeAsync(pool, seats + 1, scene.Members));
        }

        var operations = scene.Recorder.All();
        var exported = await ExportedHistory.ReadAsync(
            scene.Setup.Program, scene.Store + PatientConnect, Path.Combine(scene.Setup.Folder, "history.jsonl"), scene.Licenses.Keys);
        var journal = new JournalContent(exported.Grants, exported.Releases, await scene.Tables.RecordsAsync());
        return
        [
            .. Promises.Check(operations, scene.Licenses.Seats, from, scene.Setup.Ttl),
            .. Leaks.Check(grants, scene.Licenses.Seats),
            .. Acknowledged.Check(operations, journal),
        ];
    }

    private async Task WaitUntilAllIsOverAsync()
    {
        var life = scene.Setup.Ttl + scene.Setup.Lease + _margin;
        var (began, since) = (scene.Recorder.Now, scene.Recorder.Now);
        var epochs = await ShardsAsync();
        while (scene.Recorder.Now - since < life && scene.Recorder.Now - began < _patience)
        {
            await scene.LetRunAsync(_look);
            var now = await ShardsAsync();
            since = now.SequenceEqual(epochs) ? since : scene.Recorder.Now;
            epochs = now;
        }
    }

    private async Task<List<EpochRow>> ShardsAsync() =>
        [.. (await scene.Tables.EpochsAsync()).OrderBy(row => row.Of, StringComparer.Ordinal)];
}
