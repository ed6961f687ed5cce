using System.Runtime.CompilerServices;
using Berth.Protocol;

namespace Berth.Cli.Access;

/// <summary>Answers of the management API as results of a verb.</summary>
internal static class Answers
{
    /// <summary>The value, or the failure that the problem means to whoever called the verb.</summary>
    public static async ValueTask<T> OrFailAsync<T>(this ValueTask<Answer<T>> asked)
        where T : class
    {
        var answer = await asked;
        return answer.IsGood ? answer.Value : throw Failure(answer.Problem);
    }

    public static CommandFailedException Failure(Problem problem) => new(problem.Detail, problem.Code switch
    {
        ProblemCodes.InvalidRequest => ExitCode.Usage,
        ProblemCodes.LicenseNotFound or ProblemCodes.PoolNotFound => ExitCode.NotFound,
        ProblemCodes.LicenseRejected or ProblemCodes.SeatsNotAllowed => ExitCode.Refused,
        ProblemCodes.LicenseExpired => ExitCode.Expired,
        ProblemCodes.LicenseExists or ProblemCodes.LicenseOlder => ExitCode.Conflict,
        ProblemCodes.Unavailable => ExitCode.Unreachable,
        ProblemCodes.RestoredCopy => ExitCode.Refused,
        _ => ExitCode.Failed,
    });

    /// <summary>The licenses of a pool, or of all pools (null), page by page: at most <paramref name="limit"/>, from <paramref name="next"/> on.</summary>
    public static async IAsyncEnumerable<LicenseListing> LicensePagesAsync(
        this IAdministration administration, string? pool, string? next, int limit, [EnumeratorCancellation] CancellationToken stop)
    {
        do
        {
            var page = await administration.ListLicensesAsync(pool, next, Math.Min(limit, ManagementRoutes.MaxPage), stop).OrFailAsync();
            yield return page;
            limit -= page.Licenses.Count;
            next = page.Next;
        }
        while (next is not null && limit > 0);
    }

    public static async ValueTask<IReadOnlyList<PoolEntry>> AllPoolsAsync(this IAdministration administration, CancellationToken stop)
    {
        var all = new List<PoolEntry>();
        string? next = null;
        do
        {
            var page = await administration.ListPoolsAsync(next, ManagementRoutes.MaxPage, stop).OrFailAsync();
            all.AddRange(page.Pools);
            next = page.Next;
        }
        while (next is not null);
        return all;
    }
}
