using System.Text;
using System.Text.Json;
using Berth.Cli.Access;
using Berth.Cli.Flags;
using Berth.Cli.Output;
using Berth.Protocol;

namespace Berth.Cli.Verbs;

/// <summary>Claims or releases a seat over HTTP, as a node does: for trying it out and for scripts.</summary>
internal static class ClaimVerb
{
    private const int MaxAnswerBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private static readonly Flag _url =
        new("url", FlagKind.Text, "the edge (http://127.0.0.1:6349)") { BerthVariable = "BERTH_URL" };

    private static readonly Flag _fingerprint = new("fingerprint", FlagKind.Text, "what the node is known by");

    public static readonly Verb Claim = new(
        "claim", "[FINGERPRINT]", "Claim a seat for a node, or renew it", [_url, _fingerprint, VerbFlags.Pool], call => RunAsync(call, HttpMethod.Put));

    public static readonly Verb Release = new(
        "release", "[FINGERPRINT]", "Give a node's seat back", [_url, _fingerprint, VerbFlags.Pool], call => RunAsync(call, HttpMethod.Delete));

    private static async Task<ExitCode> RunAsync(Call call, HttpMethod method)
    {
        var node = call.Only(_fingerprint, "fingerprint");
        var url = (call.Settings.Text(_url) ?? "http://127.0.0.1:6349").TrimEnd('/');
        if (!Uri.TryCreate($"{url}/v1/nodes/{Uri.EscapeDataString(node)}", UriKind.Absolute, out var target)
            || (target.Scheme != Uri.UriSchemeHttp && target.Scheme != Uri.UriSchemeHttps))
        {
            throw CommandFailedException.Usage($"{url} is not the URL of an edge: write http://HOST:PORT or https://HOST:PORT");
        }

        var (status, body) = await SendAsync(call, method, target);
        if (call.Json)
        {
            CliJson.Write(call.Shell, new EdgeAnswer(status, body), CliJson.Readable.EdgeAnswer);
        }

        var code = Meaning(status, Text(body, "error"));
        if (code != ExitCode.Done)
        {
            throw new CommandFailedException(Text(body, "error") ?? $"the edge answered with status {status}", code);
        }

        if (!call.Json)
        {
            var promise = body is { } json && json.TryGetProperty("expires_in", out var seconds) ? $" for {seconds} s" : string.Empty;
            call.Shell.Say(status switch { 201 => "seat claimed" + promise, 202 => "seat renewed" + promise, _ => "seat released" });
        }

        return ExitCode.Done;
    }

    private static async Task<(int Status, JsonElement? Body)> SendAsync(Call call, HttpMethod method, Uri target)
    {
        using var http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
            SslOptions = ServerTrust.Options(RemoteMember.Authorities(call)),
        });
        using var limit = new CancellationTokenSource(_patience, call.Shell.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, call.Shell.Stop);
        using var request = new HttpRequestMessage(method, target);
        if (call.Settings.Text(VerbFlags.Pool) is { } pool && !request.Headers.TryAddWithoutValidation("Relay-Pool", pool))
        {
            throw CommandFailedException.Usage("the pool's name cannot be sent");
        }

        try
        {
            using var response = await http.SendAsync(request, either.Token);
            await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, either.Token);
            return ((int)response.StatusCode, Parse(await response.Content.ReadAsByteArrayAsync(either.Token)));
        }
        catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && limit.IsCancellationRequested))
        {
            throw new CommandFailedException($"{target.GetLeftPart(UriPartial.Authority)} does not answer: {(error.InnerException ?? error).Message}", ExitCode.Unreachable);
        }
    }

    private static JsonElement? Parse(byte[] body)
    {
        try
        {
            return body.Length == 0 ? null : JsonDocument.Parse(body).RootElement;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement? body, string name) =>
        body is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static ExitCode Meaning(int status, string? error) => status switch
    {
        201 or 202 or 204 => ExitCode.Done,
        400 => error == "invalid pool header" ? ExitCode.NotFound : ExitCode.Usage,
        404 => ExitCode.NotFound,
        409 => ExitCode.Conflict,
        410 => ExitCode.Refused,
        429 or 503 => ExitCode.Unreachable,
        _ => ExitCode.Failed,
    };
}
