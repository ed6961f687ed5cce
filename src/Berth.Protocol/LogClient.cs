namespace Berth.Protocol;

/// <summary>Asks a running member for its log.</summary>
internal sealed class LogClient(ManagementChannel channel) : IMemberLog
{
    public ValueTask<Answer<LogPage>> ReadAsync(LogQuery query, CancellationToken stop) => channel.SendAsync(
        ManagementChannel.Get(
            ManagementRoutes.Log,
            (ManagementRoutes.AfterKey, query.After is { } after ? $"{after}" : null),
            (ManagementRoutes.RunKey, query.Run),
            (ManagementRoutes.LevelKey, query.Level),
            (ManagementRoutes.WaitKey, $"{query.WaitSeconds}"),
            ManagementChannel.Limit(query.Limit)),
        ManagementJson.Default.LogPage,
        stop);
}
