using System.Net;
using System.Text.Json;
using Berth.Testing.Processes;

namespace Berth.Cli.Tests.Processes;

/// <summary>Backup, restore and confirmation as operators do them.</summary>
public sealed class BackupProcessTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestVendor _vendor = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_restored_copy_renews_and_releases_and_gives_seats_once_it_is_confirmed()
    {
        _vendor.IssueTo(_folder, "a", machines: 3);
        using var http = new HttpClient();
        await using (var member = Serve())
        {
            var edge = await member.WaitForEdgeAsync();
            (await BerthAsync("add", "a.lic", "--public-key", _vendor.PublicKey, "--seats", "3")).ExitCode.ShouldBe(0);
            (await PutAsync(http, edge, "n1")).ShouldBe(HttpStatusCode.Created);
            (await PutAsync(http, edge, "n2")).ShouldBe(HttpStatusCode.Created);
            var backup = await BerthAsync("backup", "b.sqlite");
            backup.Out.ShouldContain("1 pools, 1 licenses, 2 claims, checked");
            (await BerthAsync("backup", "b.sqlite")).ExitCode.ShouldBe(7);
            (await BerthAsync("restore", "b.sqlite", "--force")).ExitCode.ShouldBe(7);
            await member.TerminateAsync();
            (await member.EndAsync()).ExitCode.ShouldBe(0);
        }

        (await BerthAsync("restore", "b.sqlite")).ExitCode.ShouldBe(7);
        (await BerthAsync("restore", "b.sqlite", "--force")).ExitCode.ShouldBe(0);
        await using var restored = Serve();
        var url = await restored.WaitForEdgeAsync();
        using (var refused = await http.PutAsync(new Uri(url, "v1/nodes/n3"), null))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            (await refused.Content.ReadAsStringAsync()).ShouldBe("{\"error\":\"service unavailable\"}\n");
            refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(10));
        }

        (await PutAsync(http, url, "n1")).ShouldBe(HttpStatusCode.Accepted);
        using (var released = await http.DeleteAsync(new Uri(url, "v1/nodes/n2")))
        {
            released.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }

        (await PutAsync(http, url, "n2")).ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await http.GetStringAsync(new Uri(url, "readyz?verbose"))).ShouldContain("restored copy, not confirmed");
        (await FailsAsync()).ShouldContain("restored-copy");
        var unpromised = await BerthAsync("confirm-restore");
        unpromised.ExitCode.ShouldBe(2);
        unpromised.Error.ShouldContain("You promise that the original of this copy does not serve");
        (await BerthAsync("confirm-restore", "--yes")).Out.ShouldBe("confirmed: seats are given from now on\n");
        (await PutAsync(http, url, "n3")).ShouldBe(HttpStatusCode.Created);
        (await http.GetStringAsync(new Uri(url, "readyz?verbose"))).ShouldNotContain("restored copy");
        (await FailsAsync()).ShouldNotContain("restored-copy");
        (await BerthAsync("confirm-restore", "--yes")).Out.ShouldBe("nothing to confirm: seats are given\n");
    }

    [Fact]
    public async Task A_copy_is_confirmed_without_a_member_too()
    {
        _vendor.IssueTo(_folder, "a");
        (await BerthAsync("add", "a.lic", "--public-key", _vendor.PublicKey)).ExitCode.ShouldBe(0);
        (await BerthAsync("backup", "b.sqlite")).ExitCode.ShouldBe(0);
        (await BerthAsync("confirm-restore", "--yes", "--database", "b.sqlite")).Out.ShouldBe("confirmed: seats are given from now on\n");
        (await BerthAsync("backup", "c.sqlite", "--database", "gone.sqlite")).ExitCode.ShouldBe(3);
        (await BerthAsync("restore", "gone")).ExitCode.ShouldBe(3);
        (await BerthAsync("confirm-restore", "--database", "gone.sqlite")).ExitCode.ShouldBe(3);
    }

    private async Task<IReadOnlyList<string>> FailsAsync()
    {
        var end = await BerthAsync("doctor", "--json", "-p", "0");
        using var findings = JsonDocument.Parse(end.Out);
        var fails = findings.RootElement.EnumerateArray().Where(finding => finding.GetProperty("grade").GetString() == "fail")
            .Select(finding => finding.GetProperty("name").GetString()!).ToList();
        end.ExitCode.ShouldBe(fails.Count > 0 ? 1 : 0);
        return fails;
    }

    private static async Task<HttpStatusCode> PutAsync(HttpClient http, Uri edge, string node)
    {
        using var answer = await http.PutAsync(new Uri(edge, $"v1/nodes/{node}"), null);
        return answer.StatusCode;
    }

    private BerthProcess Serve() => BerthProcess.Start(BerthProcess.Program, _folder.Path, ["serve", "--bind", "127.0.0.1", "-p", "0"]);

    private Task<ProcessEnd> BerthAsync(params string[] arguments) => BerthProcess.RunAsync(BerthProcess.Program, _folder.Path, arguments);
}
