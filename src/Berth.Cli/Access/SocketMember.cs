using Berth.Cli.Flags;
using Berth.Cli.Verbs;
using Berth.Protocol;
using Berth.Storage;

namespace Berth.Cli.Access;

/// <summary>A member on this machine that is found by its socket, and not by a lock that names it.</summary>
internal static class SocketMember
{
    /// <summary>The member on the socket that the command line names; null: it names none. It need not answer.</summary>
    public static ManagementClient? Named(Call call) => call.Settings.Find(GlobalFlags.Socket) != Origin.Flag ? null
        : call.Settings.Find(GlobalFlags.Server) == Origin.Flag ? throw CommandFailedException.Usage("either --socket or --server, not both")
        : new ManagementClient(Path.GetFullPath(call.Settings.Text(GlobalFlags.Socket)!), call.Shell.Time);

    /// <summary>
    /// A member that serves a shared store: the one on the socket that was set, or one of those in the default folder whose store it is.
    /// Null: nobody answers.
    /// </summary>
    public static async Task<ManagementClient?> OfAsync(Call call, StorageUri uri)
    {
        var set = call.Settings.Text(GlobalFlags.Socket);
        foreach (var socket in set is null ? RuntimeFolder.Sockets(call) : [Path.GetFullPath(set)])
        {
            var client = new ManagementClient(socket, call.Shell.Time);
            if (await DescribeAsync(call, client) is { } member && (set is not null || member.Store == uri.ToString()))
            {
                return client;
            }

            client.Dispose();
        }

        return null;
    }

    /// <summary>Whether a member answers on a socket.</summary>
    public static async Task<bool> AnswersAsync(Call call, string socket)
    {
        using var client = new ManagementClient(socket, call.Shell.Time);
        return await DescribeAsync(call, client) is not null;
    }

    /// <summary>Refuses to change a store that members share without one of them.</summary>
    public static CommandFailedException NeedsMember(StorageUri uri) => new(
        $"no member of {uri} answers on this machine, and a store that members share is changed through a member only: start one with "
            + "'berth serve', name its socket with --socket, or a member elsewhere with --server https://HOST:9110",
        ExitCode.Unreachable,
        atStart: true);

    private static async Task<ServerDescription?> DescribeAsync(Call call, ManagementClient client)
    {
        try
        {
            return (await client.DescribeServerAsync(call.Shell.Stop)).Value;
        }
        catch (ManagementUnreachableException)
        {
            // A socket that a killed member left, or one that others may not use.
            return null;
        }
    }
}
