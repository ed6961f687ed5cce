using Berth.Runtime.Metrics;

namespace Berth.Server.Metrics;

/// <summary>What is told of the store.</summary>
/// <param name="measures">How its calls went.</param>
/// <param name="size">How large it is.</param>
/// <param name="file">Its file; null: it is none of this machine's.</param>
internal sealed class StoreMetrics(StoreMeasures measures, StoreSize size, string? file)
{
    private static readonly (StoreOperation Operation, string Label)[] _operations =
        [.. StoreMeasures.Operations.Select(operation => (operation, $"operation=\"{operation.ToString().ToLowerInvariant()}\""))];

    public async Task WriteAsync(MetricsText text)
    {
        var bytes = await size.ReadAsync();
        text.Gauge("berth_storage_up", "1 if the call of the store that ended last did not fail, 0 otherwise.");
        text.Sample(measures.IsUp ? 1 : 0);
        text.Histogram("berth_store_duration_seconds", "How long calls of the store took, waiting for their turn included.");
        foreach (var (operation, label) in _operations)
        {
            text.Of(measures.TimesOf(operation), label);
        }

        text.Counter("berth_store_errors_total", "Calls of the store that failed, were refused by it, or were waited for no longer.");
        foreach (var (operation, label) in _operations)
        {
            text.Sample(measures.ErrorsOf(operation), label);
        }

        text.Gauge("berth_store_bytes", "What the store has in use, up to a minute ago.");
        if (bytes is { } known)
        {
            text.Sample(known);
        }

        WriteFiles(text);
    }

    private void WriteFiles(MetricsText text)
    {
        text.Gauge("berth_store_file_bytes", "The size of the store's file and of its log, where it is a file.");
        if (file is not null)
        {
            text.Sample(SizeOf(file), "file=\"database\"");
            text.Sample(SizeOf(file + "-wal"), "file=\"log\"");
        }

        var disk = file is null ? null : DiskOf(file);
        text.Gauge("berth_store_filesystem_free_bytes", "What is free for the store on its file system.");
        if (disk is not null)
        {
            text.Sample(disk.Value.Free);
        }

        text.Gauge("berth_store_filesystem_size_bytes", "The size of the store's file system.");
        if (disk is not null)
        {
            text.Sample(disk.Value.Size);
        }
    }

    private static long SizeOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private static (long Free, long Size)? DiskOf(string path)
    {
        try
        {
            var disk = new DriveInfo(Path.GetDirectoryName(path)!);
            return (disk.AvailableFreeSpace, disk.TotalSize);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
