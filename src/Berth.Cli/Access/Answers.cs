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
        ProblemCodes.LicenseNotFound or ProblemCodes.PoolNotFound or ProblemCodes.HolderNotFound or ProblemCodes.MemberNotFound => ExitCode.NotFound,
        ProblemCodes.LicenseRejected or ProblemCodes.SeatsNotAllowed or ProblemCodes.Unauthorized or ProblemCodes.Forbidden => ExitCode.Refused,
        ProblemCodes.LicenseExpired => ExitCode.Expired,
        ProblemCodes.LicenseExists or ProblemCodes.LicenseOlder or ProblemCodes.MemberAlive or ProblemCodes.NotClustered or ProblemCodes.ShardNotMoved => ExitCode.Conflict,
        ProblemCodes.IdempotencyKeyBusy or ProblemCodes.IdempotencyKeyReused => ExitCode.Conflict,
        ProblemCodes.Unavailable or ProblemCodes.TooManyRequests => ExitCode.Unreachable,
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

    /// <summary>Page after page, up to a number of entries (null: all), and where to go on (null: that was all).</summary>
    public static async ValueTask<(IReadOnlyList<T> Entries, string? Next)> PagesAsync<T>(
        int? most, string? from, Func<string?, int, ValueTask<(IReadOnlyList<T> Entries, string? Next)>> ask)
    {
        var all = new List<T>();
        var next = from;
        do
        {
            var limit = Math.Min(ManagementRoutes.MaxPage, (most ?? int.MaxValue) - all.Count);
            (var entries, next) = await ask(next, limit);
            all.AddRange(entries);
        }
        while (next is not null && (most is null || all.Count < most));
        return (all, next);
    }
}
