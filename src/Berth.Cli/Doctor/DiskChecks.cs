using Berth.Storage;

namespace Berth.Cli.Doctor;

/// <summary>What is known of the disk under the database.</summary>
/// <param name="FreeBytes">What this user may still write.</param>
/// <param name="DatabaseBytes">The database.</param>
/// <param name="History">The events; null: not known.</param>
/// <param name="CapBytes">What the database grows to and no further; null: without end.</param>
/// <param name="KeptDays">For how many days the history is kept; null: for good.</param>
internal sealed record DiskProbe(long FreeBytes, long DatabaseBytes, StoreHistory? History, long? CapBytes, double? KeptDays = null);

/// <summary>When the disk will be full, at the pace of the events so far.</summary>
/// <param name="BytesPerDay">How fast the database grows.</param>
/// <param name="Days">When the disk is full; null: what is kept ends before.</param>
/// <param name="CapBytes">What is kept at the most, by age or size; null: everything is kept.</param>
internal sealed record DiskForecast(double BytesPerDay, double? Days, long? CapBytes)
{
    private const int LeastEvents = 1_000;
    private const long MillisecondsOfDay = 86_400_000;

    private static readonly TimeSpan _leastSpan = TimeSpan.FromHours(1);

    /// <summary>Null: too little has happened to tell.</summary>
    public static DiskForecast? Of(DiskProbe disk)
    {
        if (disk.History is not { Events: >= LeastEvents } history || history.LastMs - history.FirstMs < _leastSpan.TotalMilliseconds)
        {
            return null;
        }

        var perDay = (double)history.Bytes / (history.LastMs - history.FirstMs) * MillisecondsOfDay;
        var cap = CapOf(disk, perDay);
        return new DiskForecast(perDay, cap - disk.DatabaseBytes < disk.FreeBytes ? null : disk.FreeBytes / perDay, cap);
    }

    private static long? CapOf(DiskProbe disk, double perDay)
    {
        var byAge = disk.KeptDays is { } days ? (long)(days * perDay) : (long?)null;
        return disk.CapBytes is { } bytes && (byAge is null || bytes < byAge) ? bytes : byAge;
    }
}

/// <summary>Checks of the disk.</summary>
internal static class DiskChecks
{
    private const long Little = 1L << 30;
    private const long VeryLittle = 64L << 20;
    private const int WarnDays = 30;
    private const int FailDays = 2;

    public static IEnumerable<Finding> Of(DiskProbe disk)
    {
        var free = $"{ByteText.Of(disk.FreeBytes)} free";
        const string Remedy = "free some space, or put the database on a larger disk";
        yield return disk.FreeBytes < VeryLittle ? Finding.Fail(CheckNames.Disk, free, Remedy)
            : disk.FreeBytes < Little ? Finding.Warn(CheckNames.Disk, free, Remedy)
            : Finding.Ok(CheckNames.Disk, free);
        yield return Growth(disk, Remedy);
    }

    private static Finding Growth(DiskProbe disk, string remedy)
    {
        if (DiskForecast.Of(disk) is not { } forecast)
        {
            return Finding.Ok(CheckNames.Growth, "too little has happened to tell");
        }

        var pace = $"{ByteText.Of((long)forecast.BytesPerDay)} a day";
        return forecast.Days switch
        {
            null => Finding.Ok(CheckNames.Growth, $"{pace}, up to {ByteText.Of(forecast.CapBytes ?? 0)}"),
            < FailDays => Finding.Fail(CheckNames.Growth, $"{pace}: the disk is full in {forecast.Days:0.0} days", remedy),
            < WarnDays => Finding.Warn(CheckNames.Growth, $"{pace}: the disk is full in {forecast.Days:0} days", remedy),
            _ => Finding.Ok(CheckNames.Growth, $"{pace}: the disk is full in {forecast.Days:0} days"),
        };
    }
}
