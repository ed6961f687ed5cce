using System.Reflection;
using Berth.Protocol;
using Berth.Server.Management;

namespace Berth.Server.Tests.Management;

/// <summary>Every call of the management API has a role: whoever adds one says who may ask it.</summary>
public sealed class ManagementRightsTests
{
    private static readonly string[] _methods = ["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE"];

    private static IEnumerable<string> Routes => typeof(ManagementRoutes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(route => route.GetValue(null)).OfType<string>().Where(text => text.StartsWith('/'));

    [Fact]
    public void Every_route_has_a_role()
    {
        Routes.ShouldNotBeEmpty();
        Routes.Except(ManagementRights.Table.Keys.Select(call => call.Route)).ShouldBeEmpty("add it to ManagementRights.Table");
        ManagementRights.Table.Keys.Select(call => call.Route).Except(Routes).ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_method_that_a_route_takes_has_a_role_of_its_own()
    {
        await using var rig = await ManagementRig.StartAsync(withTokens: true);
        foreach (var route in Routes)
        {
            foreach (var method in _methods)
            {
                var answer = await rig.AskAsAsync("admin", method, route, "");
                (answer.Status != 405).ShouldBe(ManagementRights.Table.ContainsKey((method, route)), $"{method} {route}");
            }
        }
    }

    [Fact]
    public void What_changes_something_is_no_viewers()
    {
        foreach (var (call, role) in ManagementRights.Table)
        {
            (call.Method == "GET" || role != ManagementRole.Viewer).ShouldBeTrue($"{call}");
        }
    }

    /// <summary>Whoever changes a role changes it here too, and has thought about it twice.</summary>
    [Fact]
    public void What_a_viewer_may_not_ask_needs_exactly_this() => ManagementRights.Table.Where(call => call.Value != ManagementRole.Viewer)
        .Select(call => $"{call.Value} {call.Key.Method} {call.Key.Route}").ShouldBe(
            [
                "Operator PUT /admin/policy", "Operator PUT /admin/pool/exception", "Operator POST /admin/holder/release",
                "Operator POST /admin/restored-copy/confirmation", "Operator POST /admin/cluster/move", "Operator POST /admin/cluster/down",
                "Operator POST /admin/cluster/leave", "Operator GET /admin/log", "Vendor POST /admin/licenses", "Vendor DELETE /admin/license",
                "Admin POST /admin/import", "Admin GET /admin/audit/export",
            ],
            ignoreOrder: true);

    [Theory]
    [InlineData("GET", null)]
    [InlineData("GET", "")]
    [InlineData("get", "/admin/pools")]
    [InlineData("GET", "/admin/pools/")]
    [InlineData("GET", "/ADMIN/pools")]
    [InlineData("HEAD", "/admin/pools")]
    public void What_is_not_listed_is_an_admins(string method, string? path) =>
        ManagementRights.Needed(method, path).ShouldBe(ManagementRole.Admin);
}
