using System.Text;
using Berth.Pools;
using Berth.Protocol;
using Berth.Testing;

namespace Berth.Server.Tests.Management;

/// <summary>Who may ask what over TCP.</summary>
public sealed class ManagementGuardTests
{
    private const string SetTtl = "{\"ttlMs\":90000}";
    private const string Exception = ManagementRoutes.PoolException + "?pool=-";

    [Fact]
    public async Task Without_tokens_whoever_is_on_the_machine_may_look_and_do_nothing()
    {
        await using var rig = await ManagementRig.StartAsync(withTokens: false);
        (await rig.AskAsync("GET", ManagementRoutes.Server, "")).Status.ShouldBe(200);
        var licenses = await rig.AskAsync("GET", ManagementRoutes.Licenses, "");
        licenses.Status.ShouldBe(200);
        licenses.Text.ShouldContain("license-1");
        licenses.Text.ShouldNotContain("key of");
        licenses.Text.ShouldNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes("file of license-1")));
        licenses.Names.ShouldNotContain("Access-Control-Allow-Origin");
        licenses["Cache-Control"].ShouldBe("no-store");
        foreach (var (method, target) in new[] { ("PUT", Exception), ("DELETE", "/admin/license?id=license-1"), ("POST", "/admin/licenses"), ("GET", "/admin/new") })
        {
            var refused = await rig.AskAsync(method, target, "{}");
            ShouldBe(refused, 401, ProblemCodes.Unauthorized);
            refused["WWW-Authenticate"].ShouldBe("Bearer realm=\"berth\"");
            refused.Text.ShouldContain("berth token new");
        }

        rig.Events.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("127.0.0.1:9110", 200)]
    [InlineData("127.0.0.1", 200)]
    [InlineData("[::1]:9110", 200)]
    [InlineData("LOCALHOST:9110", 200)]
    [InlineData("berth.example:9110", 200)]
    [InlineData("evil.example:9110", 403)]
    [InlineData("127.0.0.1.evil.example", 403)]
    [InlineData("localhost.evil.example", 403)]
    [InlineData("", 403)]
    public async Task A_name_that_a_stranger_has_pointed_here_is_refused_without_tokens(string host, int status)
    {
        await using var rig = await ManagementRig.StartAsync(withTokens: false);
        (await rig.AskAsync("GET", ManagementRoutes.Server, "", $"Host: {host}")).Status.ShouldBe(status);
    }

    [Fact]
    public async Task With_a_token_the_name_does_not_matter()
    {
        await using var rig = await ManagementRig.StartAsync(withTokens: true);
        (await rig.AskAsync("GET", ManagementRoutes.Server, "", "Host: other.example", $"Authorization: bearer {rig.Tokens["viewer"]}")).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("viewer", 200, 403, 403, 403)]
    [InlineData("operator", 200, 200, 403, 403)]
    [InlineData("vendor", 200, 403, 404, 403)]
    [InlineData("admin", 200, 200, 404, 404)]
    public async Task Each_role_reaches_as_far_as_it_says(string role, int reads, int sets, int removes, int unlisted)
    {
        await using var rig = await ManagementRig.StartAsync(withTokens: true);
        (await rig.AskAsAsync(role, "GET", ManagementRoutes.Pools, "")).Status.ShouldBe(reads);
        (await rig.AskAsAsync(role, "PUT", Exception, SetTtl)).Status.ShouldBe(sets);
        (await rig.AskAsAsync(role, "DELETE", "/admin/license?id=none", "")).Status.ShouldBe(removes);
        var answer = await rig.AskAsAsync(role, "GET", "/admin/unlisted", "");
        answer.Status.ShouldBe(unlisted);
        if (unlisted == 403)
        {
            ShouldBe(answer, 403, ProblemCodes.Forbidden);
            answer.Text.ShouldContain($"the token {role}-1 has the role {role}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("Authorization: Bearer")]
    [InlineData("Authorization: Bearer ")]
    [InlineData("Authorization: Bearer wrong")]
    [InlineData("Authorization: Basic YTpi")]
    [InlineData("Authorization: Bearer a\r\nAuthorization: Bearer b")]
    public async Task With_tokens_nothing_is_answered_without_one(string header)
    {
        await using var rig = await ManagementRig.StartAsync(withTokens: true);
        foreach (var target in new[] { ManagementRoutes.Server, "/admin/unlisted", "/" })
        {
            ShouldBe(await rig.AskAsync("GET", target, "", header.Length == 0 ? [] : [header]), 401, ProblemCodes.Unauthorized);
        }
    }

    [Fact]
    public async Task Wrong_tokens_are_counted_and_not_logged_and_a_right_one_is_let_in_all_the_same()
    {
        await using var rig = await ManagementRig.StartAsync(withTokens: true);
        var wrong = "berth_" + new string('x', 43);
        var statuses = new List<int>();
        for (var i = 0; i < 25; i++)
        {
            statuses.Add((await rig.AskAsync("GET", ManagementRoutes.Server, "", $"Authorization: Bearer {wrong}")).Status);
        }

        statuses.ShouldBe(Enumerable.Repeat(401, 20).Concat(Enumerable.Repeat(429, 5)));
        var refused = await rig.AskAsync("GET", ManagementRoutes.Server, "", $"Authorization: Bearer {wrong}");
        ShouldBe(refused, 429, ProblemCodes.TooManyRequests);
        refused["Retry-After"].ShouldBe("6");
        rig.Log.Count("management.unauthorized").ShouldBe(20);
        rig.Log.Count(wrong).ShouldBe(0);
        (await rig.AskAsAsync("viewer", "GET", ManagementRoutes.Server, "")).Status.ShouldBe(200);
        rig.Time.Add(TimeSpan.FromSeconds(6));
        (await rig.AskAsync("GET", ManagementRoutes.Server, "", $"Authorization: Bearer {wrong}")).Status.ShouldBe(401);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Events_name_the_token_unless_nobody_is_to_be_named(bool audit)
    {
        await using var rig = await ManagementRig.StartAsync(withTokens: true, audit);
        (await rig.AskAsAsync("operator", "PUT", Exception, SetTtl)).Status.ShouldBe(200);
        var expected = audit ? new Who("operator", "127.0.0.1", "operator-1", null) : Who.Nobody;
        rig.Events.Single().Stamp.Who.ShouldBe(expected);
    }

    [Fact]
    public async Task A_token_that_is_taken_out_is_worth_nothing_a_second_later()
    {
        await using var rig = await ManagementRig.StartAsync(withTokens: true);
        var lines = (await File.ReadAllLinesAsync(rig.TokensFile)).Where(line => !line.StartsWith("viewer", StringComparison.Ordinal)).ToList();
        await ManagementRig.WriteAsync(rig.TokensFile, lines);
        rig.Time.Add(TimeSpan.FromSeconds(1));
        (await rig.AskAsAsync("viewer", "GET", ManagementRoutes.Server, "")).Status.ShouldBe(401);
        (await rig.AskAsAsync("admin", "GET", ManagementRoutes.Server, "")).Status.ShouldBe(200);
    }

    private static void ShouldBe(RawAnswer answer, int status, string code)
    {
        answer.Status.ShouldBe(status);
        answer["Content-Type"].ShouldBe(Problem.ContentType);
        answer.Text.ShouldContain($"\"code\":\"{code}\"");
    }
}
