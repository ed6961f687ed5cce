using System.Diagnostics;
using Berth.Cli.Access;
using Berth.Cli.Verbs;
using Berth.Protocol;
using Berth.Server;
using Berth.Storage;

namespace Berth.Cli.Doctor;

/// <summary>Gathers what is known of a store that members share.</summary>
internal static class SharedExamination
{
    /// <summary>Opens the store for reading, and asks a member on this machine if there is one.</summary>
    public static async Task<SharedProbe> LookAsync(Call call, StorageUri uri, MemberOptions options)
    {
        var probe = new SharedProbe { Store = uri.ToString(), Socket = options.Socket ?? RuntimeFolder.Of(call) };
        var began = call.Shell.Time.GetTimestamp();
        try
        {
            await using var store = await Store.OpenAsync(uri, StoreUse.Read, new StoreOptions { Time = call.Shell.Time });
            var table = (store.Shared ?? throw new UnreachableException("A shared store has no membership table.")).Table;
            await table.ReadAsync(call.Shell.Stop);
            probe = probe with { Took = call.Shell.Time.GetElapsedTime(began) };
        }
        catch (Exception error) when (error is not UnreachableException && !call.Shell.Stop.IsCancellationRequested)
        {
            probe = probe with { Refused = error.Message };
        }

        return await AskAsync(call, uri, probe);
    }

    /// <summary>What a member sees says more than the table: who is silent.</summary>
    private static async Task<SharedProbe> AskAsync(Call call, StorageUri uri, SharedProbe probe)
    {
        using var member = await SocketMember.OfAsync(call, uri);
        if (member is not null)
        {
            return probe with { Answers = true, Cluster = (await member.Cluster.ShowAsync(call.Shell.Stop)).Value };
        }

        if (probe.Refused is not null)
        {
            return probe;
        }

        await using var reach = await Reach.ForReadingAsync(call);
        return probe with { Cluster = (await reach.Administration.Cluster.ShowAsync(call.Shell.Stop)).Value };
    }
}
