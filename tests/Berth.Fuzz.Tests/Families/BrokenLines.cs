using Berth.Fuzz.Tests.Chance;
using Berth.Fuzz.Tests.Wire;

namespace Berth.Fuzz.Tests.Families;

/// <summary>Request lines with a method, target or version that is none.</summary>
internal static class BrokenLines
{
    private static readonly string[] _methods =
    [
        "", " ", "put", "Put", "PUTPUT", "P\u00dcT", "GET\0", "BREW", "PROPFIND", "CONNECT", "OPTIONS", "TRACE", "HEAD", "POST", "PATCH", "(", "\u0016\u0003\u0001",
    ];

    private static readonly string[] _targets =
    [
        "", "*", "/", "//", "/v1", "/v1/", "/v1/nodes", "/v1/nodes/", "/v1/nodes//", "/v1/nodes/a/b", "/v1/nodes/.", "/v1/nodes/..", "/v1/nodes/%",
        "/v1/nodes/%0", "/v1/nodes/%zz", "/v1/nodes/%C3", "/v1/nodes/%ED%A0%80", "/v1/nodes/%F4%90%80%80", "/v1/nodes/%C0%AF", "/v1/nodes/%2e%2e",
        "/v1/nodes/a%2fb", "/v1/health/../nodes/a", "http://", "http:///", "http://berth", "http://other/v1/nodes/a", "https://berth:1/v1/health",
        "http://[::1/v1/health", "http://berth:99999/v1/health", "ftp://berth/v1/health", "berth:443", "/v1/nodes/a b", "/\u00ff", "?", "/?", "/#", "v1/health",
        "/openapi/v1.json", "/livez/", "/readyz?verbose", "/readyz?verbose=%00", "/livez\0", "/metrics", "/admin/server",
    ];

    private static readonly string[] _versions =
    [
        "", "HTTP", "HTTP/", "HTTP/0.9", "HTTP/1.0", "HTTP/1.2", "HTTP/1.10", "HTTP/2", "HTTP/2.0", "HTTP/3.0", "HTTP/9.9", "http/1.1", "HTTP/1.1 ", "HTTP/1,1",
        "HTTPS/1.1", "HTTP/01.1", "HTTP/1.1\0", "ICY/1.0", "RTSP/1.0", "HTTP/18446744073709551616.1",
    ];

    private static readonly string[] _ends = ["\r\n", "\n", "\r", "\r\r\n", "\0\r\n", ""];

    public static Shot Next(Dice dice)
    {
        if (dice.OneIn(200))
        {
            return Preface;
        }

        var version = dice.OneIn(2) ? dice.Of(_versions) : "HTTP/1.1";
        var method = dice.OneIn(2) ? dice.Of(_methods) : dice.OneIn(2) ? "PUT" : "GET";
        var target = dice.OneIn(10) ? Long(dice) : dice.OneIn(2) ? dice.Of(_targets) : "/v1/nodes/line";
        var space = dice.OneIn(10) ? dice.Of(["", "  ", "\t", "\u00a0"]) : " ";
        var end = dice.OneIn(5) ? dice.Of(_ends) : "\r\n";
        return new Shot("request lines", $"{method}{space}{target} {version}{end}Host: berth\r\n\r\n", Expected.Anything, Requests: 2);
    }

    /// <summary>The one opening that is answered in frames: HTTP/2's own, with its refusal.</summary>
    private static Shot Preface { get; } = new("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Expected.Refusals) { Requests = 0 };

    private static string Long(Dice dice) => dice.Below(4) switch
    {
        0 => Text.Node(dice.Word(dice.Between(500, 530))),
        1 => Text.Node(string.Concat(Enumerable.Repeat("%41", dice.Between(500, 530)))),
        2 => Text.Node(dice.Word(dice.Between(7_000, 9_000))),
        _ => "/v1/health?" + dice.Word(dice.Between(7_000, 70_000)),
    };
}
