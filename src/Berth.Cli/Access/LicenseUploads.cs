using Berth.Cli.Flags;
using Berth.Licensing;
using Berth.Protocol;

namespace Berth.Cli.Access;

/// <summary>As many license files as go into one request, up to the first that cannot be read.</summary>
/// <param name="Licenses">The files and their keys.</param>
/// <param name="Failure">Why the next one cannot be read; null: it can, or there is none.</param>
internal sealed record LicenseUploads(IReadOnlyList<LicenseUpload> Licenses, CommandFailedException? Failure)
{
    private const int MaxBytesAtOnce = 8 * 1024 * 1024;

    public static LicenseUploads Load(IReadOnlyList<LicensePair> pairs, int from)
    {
        var uploads = new List<LicenseUpload>();
        var bytes = 0;
        for (var at = from; at < pairs.Count && uploads.Count < AddLicensesRequest.MaxLicenses && bytes < MaxBytesAtOnce; at++)
        {
            var pair = pairs[at];
            if (!File.Exists(pair.File))
            {
                return new LicenseUploads(uploads, new CommandFailedException($"license file not found at '{pair.File}'", ExitCode.NotFound));
            }

            try
            {
                var file = Read(pair.File);
                var key = pair.Key ?? Settings.Secret(pair.KeyFile!, $"no --key for {pair.File}");
                uploads.Add(new LicenseUpload(file, key));
                bytes += file.Length;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return new LicenseUploads(uploads, new CommandFailedException($"failed to read license file: {error.Message}", ExitCode.Failed));
            }
            catch (CommandFailedException error)
            {
                return new LicenseUploads(uploads, error);
            }
        }

        return new LicenseUploads(uploads, null);
    }

    /// <summary>The file, cut where it is certainly too large to be a license.</summary>
    private static byte[] Read(string path)
    {
        using var file = File.OpenRead(path);
        var buffer = new byte[Math.Min(file.Length, LicenseReader.MaxFileBytes) + 1];
        return buffer[..file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
    }
}
