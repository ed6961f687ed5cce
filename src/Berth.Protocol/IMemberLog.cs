namespace Berth.Protocol;

/// <summary>What a member has logged lately. The conditions of <see cref="IAdministration"/> hold.</summary>
public interface IMemberLog
{
    /// <summary>
    /// The lines that a query wants, at least one unless the time of waiting was over. <see cref="ProblemCodes.TooManyRequests"/> when too many wait
    /// already, <see cref="ProblemCodes.Unavailable"/> where no member serves.
    /// </summary>
    ValueTask<Answer<LogPage>> ReadAsync(LogQuery query, CancellationToken stop);
}
