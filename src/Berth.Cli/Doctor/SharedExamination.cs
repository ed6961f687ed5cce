using System.Diagnostics;
using Berth.Cli.Access;
using Berth.Cli.Verbs;
using Berth.Protocol;
using Berth.Server;
using Berth.Server.Cluster;
using Berth.Storage;

namespace Berth.Cli.Doctor;

/// <summary>Gathers what is known of a store that members share.</summary>
internal static class SharedExamination
{
    /// <summary>Opens the store for reading, and asks a member on this machine if there is one.</summary>
    public static async Task<SharedProbe> LookAsync(Call call, StorageUri uri, MemberOptions options)
    {
        var probe = new SharedProbe
        {
            Store = uri.ToString(),
            Socket = call.Settings.Text(GlobalFlags.Socket) is { } set ? Path.GetFullPath(set) : RuntimeFolder.Of(call),
        };
        try
        {
            await using var store = await Store.OpenAsync(uri, StoreUse.Read, new StoreOptions { Time = call.Shell.Time });
            var table = (store.Shared ?? throw new UnreachableException("A shared store has no membership table.")).Table;

            // The first reading is this program's own beginning: connections are made for it, and code is compiled.
            await table.ReadAsync(call.Shell.Stop);
            var began = call.Shell.Time.GetTimestamp();
            await table.ReadAsync(call.Shell.Stop);
            probe = probe with { Took = call.Shell.Time.GetElapsedTime(began) };
        }
        catch (Exception error) when (error is not UnreachableException && !call.Shell.Stop.IsCancellationRequested)
        {
            probe = probe with { Refused = error.Message };
        }

        probe = await AskAsync(call, uri, probe);
        return probe with { Lost = await LostAsync(call, options, probe.Cluster) };
    }

    /// <summary>What a member sees says more than the table: who is silent.</summary>
    private static async Task<SharedProbe> AskAsync(Call call, StorageUri uri, SharedProbe probe)
    {
        using var member = await SocketMember.OfAsync(call, uri);
        if (member is not null)
        {
            return probe with { Answers = true, Socket = member.Place, Cluster = (await member.Cluster.ShowAsync(call.Shell.Stop)).Value };
        }

        if (probe.Refused is not null)
        {
            return probe;
        }

        await using var reach = await Reach.ForReadingAsync(call);
        return probe with { Cluster = (await reach.Administration.Cluster.ShowAsync(call.Shell.Stop)).Value };
    }

    /// <summary>Members whose names this machine does not know: those that are up, and the one that the settings are of.</summary>
    private static async Task<IReadOnlyList<string>> LostAsync(Call call, MemberOptions options, ClusterState? cluster)
    {
        var addresses = (cluster?.Members ?? []).Where(member => member.State == MemberStates.Up).Select(member => (Who: member.Name, member.Address));
        if (options.Cluster is { } mine)
        {
            addresses = addresses.Append((Who: "--advertise", Address: mine.Advertise));
        }

        var looks = addresses.DistinctBy(one => one.Address).Select(async one =>
            await AdvertisedName.FlawAsync(one.Address, AdvertisedName.KnownHere, call.Shell.Time, call.Shell.Stop) is null ? null : $"{one.Who} at {one.Address}");
        return [.. (await Task.WhenAll(looks)).OfType<string>()];
    }
}
