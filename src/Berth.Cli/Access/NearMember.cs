using Berth.Cli.Flags;
using Berth.Cli.Verbs;
using Berth.Protocol;

namespace Berth.Cli.Access;

/// <summary>
/// The member that the program called <c>pbm</c> asks where none was named: an operator means a member, and no database that would be made
/// by asking for it.
/// </summary>
internal static class NearMember
{
    private static readonly Flag[] _stores = [GlobalFlags.Store, GlobalFlags.Database];

    /// <summary>
    /// The member on the socket that was set, or the only one that answers in the runtime folder. Null: the program is not called <c>pbm</c>, or a
    /// store was named or lies here. Fails where several answer, or none.
    /// </summary>
    public static async Task<ManagementClient?> OfAsync(Call call)
    {
        if (!call.Shell.IsPbm || _stores.Any(flag => call.Settings.Find(flag) is not null) || File.Exists(StoreChoice.Of(call).Path))
        {
            return null;
        }

        if (call.Settings.Text(GlobalFlags.Socket) is { } set)
        {
            return new ManagementClient(Path.GetFullPath(set), call.Shell.Time);
        }

        var sockets = new List<string>();
        foreach (var socket in RuntimeFolder.Sockets(call))
        {
            if (await SocketMember.AnswersAsync(call, socket))
            {
                sockets.Add(socket);
            }
        }

        return sockets switch
        {
            [var only] => new ManagementClient(only, call.Shell.Time),
            [] => throw new CommandFailedException(
                $"no member was named, and none answers in {RuntimeFolder.Of(call)}: name its socket with --socket FILE, "
                    + "or a member elsewhere with --server https://HOST:9110 --token-file FILE",
                ExitCode.Unreachable,
                atStart: true),
            _ => throw CommandFailedException.Usage($"several members answer here: name one with --socket, {string.Join(" or ", sockets)}"),
        };
    }
}
