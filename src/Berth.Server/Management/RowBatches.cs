using Berth.Runtime.Journal;

namespace Berth.Server.Management;

/// <summary>Cuts licenses into batches that are written together, each far below what a request between members may have.</summary>
internal static class RowBatches
{
    /// <summary>So many bytes of files and keys go together; a single file may be up to 1 MiB.</summary>
    internal const int MaxBytes = 8 << 20;

    /// <summary>All of them in their order; none is left out, and no batch is empty.</summary>
    public static IEnumerable<List<T>> Of<T>(IEnumerable<T> licenses, Func<T, LicenseRow> rowOf)
    {
        var batch = new List<T>();
        var bytes = 0;
        foreach (var license in licenses)
        {
            var row = rowOf(license);
            var own = row.File.Length + row.Key.Length;
            if (batch.Count > 0 && bytes + own > MaxBytes)
            {
                yield return batch;
                (batch, bytes) = ([], 0);
            }

            batch.Add(license);
            bytes += own;
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }
}
