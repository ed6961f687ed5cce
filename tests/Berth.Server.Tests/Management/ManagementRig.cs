using Berth.Pools;
using Berth.Protocol;
using Berth.Server.Management;
using Berth.Server.Tests.Http;
using Berth.Testing;
using Berth.Testing.Processes;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Tests.Management;

/// <summary>A member with its management API on a free port of TCP, and a token of each role if there are to be any.</summary>
internal sealed class ManagementRig : IAsyncDisposable
{
    private readonly TestFolder _folder;
    private readonly TestMember _member;
    private readonly ManagementPort _port;

    private ManagementRig(TestFolder folder, TestMember member, ManagementPort port, Dictionary<string, string> tokens)
    {
        (_folder, _member, _port, Tokens) = (folder, member, port, tokens);
        _member.Member.Pools.OnDurable += (_, happened) => Events.Add(happened);
    }

    public HandClock Time { get; private init; } = null!;

    public RecordedLog Log { get; private init; } = null!;

    public Dictionary<string, string> Tokens { get; }

    public List<PoolEvent> Events { get; } = [];

    public Uri Address => _port.Address;

    public string TokensFile => _folder.File("tokens");

    public static async Task<ManagementRig> StartAsync(bool withTokens, bool audit = true)
    {
        var folder = new TestFolder();
        var time = new HandClock();
        var member = await TestMember.WithSeatsAsync(1, time: time);
        var tokens = ManagementRoles.Names.ToDictionary(role => role, _ => ManagementToken.New(), StringComparer.Ordinal);
        var lines = tokens.Select(token => ManagementToken.Line(ManagementRoles.Parse(token.Key)!.Value, $"{token.Key}-1", token.Value));
        await WriteAsync(folder.File("tokens"), lines);
        var options = new ManagementPortOptions
        {
            Port = 0, TokensFile = withTokens ? folder.File("tokens") : null, HostName = "berth.example", Audit = audit,
        };
        var server = new ServerDescription("1", 2, "memory", 3, DateTimeOffset.UnixEpoch);
        var administration = new Administration(member.Member.Pools, member.Member.Journal, time, () => server, Who.Nobody) { Metrics = member.Member.Metrics };
        var log = new RecordedLog();
        using var logs = new OneLog(log);
        var port = (await ManagementPort.StartAsync(options, administration, null, time, logs))!;
        return new ManagementRig(folder, member, port, tokens) { Time = time, Log = log };
    }

    public static async Task WriteAsync(string path, IEnumerable<string> lines)
    {
        await File.WriteAllLinesAsync(path, lines);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    /// <summary>Asks with these headers; <c>Host</c> is the address unless it is among them.</summary>
    public Task<RawAnswer> AskAsync(string method, string target, string body, params string[] headers)
    {
        var host = headers.Any(header => header.StartsWith("Host:", StringComparison.Ordinal)) ? string.Empty : $"Host: {Address.Authority}\r\n";
        var rest = string.Concat(headers.Select(header => header + "\r\n"));
        return RawHttp.AskAsync(
            Address.Port, $"{method} {target} HTTP/1.1\r\n{host}Connection: close\r\nContent-Length: {body.Length}\r\n{rest}\r\n{body}");
    }

    public Task<RawAnswer> AskAsAsync(string role, string method, string target, string body) =>
        AskAsync(method, target, body, $"Authorization: Bearer {Tokens[role]}");

    public async ValueTask DisposeAsync()
    {
        await _port.DisposeAsync();
        await _member.DisposeAsync();
        _folder.Dispose();
    }

    private sealed class OneLog(ILogger log) : ILoggerFactory
    {
        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public ILogger CreateLogger(string categoryName) => log;

        public void Dispose() => GC.KeepAlive(this);
    }
}
