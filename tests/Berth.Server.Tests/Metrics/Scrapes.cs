using System.Buffers;
using System.Text;
using Berth.Testing.Metrics;

namespace Berth.Server.Tests.Metrics;

/// <summary>Scrapes members of this process, without a listener.</summary>
internal static class Scrapes
{
    public static async Task<ScrapedMetrics> ScrapeAsync(this Member member)
    {
        var text = new ArrayBufferWriter<byte>();
        (await member.Metrics.TryWriteAsync(text, CancellationToken.None)).ShouldBeTrue();
        return ScrapedMetrics.Parse(Encoding.UTF8.GetString(text.WrittenSpan));
    }
}
