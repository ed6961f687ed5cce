using Berth.Cli.Access;
using Berth.Cli.Flags;
using Berth.Cli.Output;
using Berth.Protocol;

namespace Berth.Cli.Verbs;

/// <summary>Asks an edge whether it is there and takes claims.</summary>
internal static class PingVerb
{
    private const int MaxAnswerBytes = 64 * 1024;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private static readonly Flag _url =
        new("url", FlagKind.Text, "the edge (http://127.0.0.1:6349)") { BerthVariable = "BERTH_URL" };

    private static readonly Flag _timeout = new("timeout", FlagKind.Duration, "how long to wait for each answer (5s)");

    public static readonly Verb Definition = new(
        "ping", "", "Ask an edge whether it takes claims: exit code 0, 1 when it is alive but not ready, 5 when it is not reached", [_url, _timeout], RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        call.TakeNoWords();
        var url = (call.Settings.Text(_url) ?? "http://127.0.0.1:6349").TrimEnd('/');
        if (!Uri.TryCreate(url, UriKind.Absolute, out var edge) || (edge.Scheme != Uri.UriSchemeHttp && edge.Scheme != Uri.UriSchemeHttps))
        {
            throw CommandFailedException.Usage($"{url} is not the URL of an edge: write http://HOST:PORT or https://HOST:PORT");
        }

        var patience = call.Settings.Duration(_timeout) ?? _patience;
        if (patience <= TimeSpan.Zero || patience > TimeSpan.FromHours(1))
        {
            throw CommandFailedException.Usage("--timeout must be above 0 and at most 1h");
        }

        using var http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false, AllowAutoRedirect = false, SslOptions = ServerTrust.Options(RemoteMember.Authorities(call)),
        });
        var began = call.Shell.Time.GetTimestamp();
        var alive = await AskAsync(call, http, url, "/livez", patience);
        var ms = call.Shell.Time.GetElapsedTime(began).TotalMilliseconds;
        var ready = alive.Status == 200 ? await AskAsync(call, http, url, "/readyz?verbose", patience) : alive;
        if (call.Json)
        {
            CliJson.Write(call.Shell, new EdgeState(url, alive.Status == 200, ready.Status == 200, Math.Round(ms, 1)), CliJson.Readable.EdgeState);
        }

        if (ready.Status != 200)
        {
            throw new CommandFailedException(
                alive.Status == 200 ? $"{url} is alive but not ready{Why(ready.Body)}" : $"{url} answers /livez with status {alive.Status}: it is no edge of Berth",
                ExitCode.Failed);
        }

        if (!call.Json)
        {
            call.Shell.Out.WriteLine($"{url} is ready, answered in {ms:0.0} ms");
        }

        return ExitCode.Done;
    }

    private static async Task<(int Status, string Body)> AskAsync(Call call, HttpMessageInvoker http, string url, string path, TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience, call.Shell.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, call.Shell.Stop);
        using var request = new HttpRequestMessage(HttpMethod.Get, url + path);
        try
        {
            using var response = await http.SendAsync(request, either.Token);
            await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, either.Token);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(either.Token));
        }
        catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && limit.IsCancellationRequested))
        {
            var why = error is HttpRequestException ? error.Message : $"no answer within {GoDuration.Format(patience)}";
            throw new CommandFailedException($"{url} does not answer: {why}", ExitCode.Unreachable);
        }
    }

    /// <summary>The checks that failed, on the same line. Whoever answers may be anybody, so nothing else of the body is shown.</summary>
    private static string Why(string body)
    {
        var failed = body.Split('\n').Where(line => line.StartsWith("[-] ", StringComparison.Ordinal) && !line.Any(char.IsControl)).Select(line => line[4..]).ToList();
        return failed.Count == 0 ? string.Empty : $": not {string.Join(", not ", failed)}";
    }
}
