namespace Berth.Protocol.Tests;

public sealed class ManagementRoleTests
{
    [Fact]
    public void Roles_are_read_as_they_are_written()
    {
        foreach (var role in Enum.GetValues<ManagementRole>())
        {
            ManagementRoles.Parse(role.Text()).ShouldBe(role);
            role.Text().ShouldBe(role.ToString().ToLowerInvariant());
        }

        ManagementRoles.Parse("Admin").ShouldBeNull();
        ManagementRoles.Parse("").ShouldBeNull();
    }

    [Theory]
    [InlineData(ManagementRole.Viewer, "viewer")]
    [InlineData(ManagementRole.Operator, "viewer operator")]
    [InlineData(ManagementRole.Vendor, "viewer vendor")]
    [InlineData(ManagementRole.Admin, "viewer operator vendor admin")]
    public void Only_admin_includes_all(ManagementRole role, string included) =>
        string.Join(' ', Enum.GetValues<ManagementRole>().Where(other => role.Includes(other)).Select(other => other.Text())).ShouldBe(included);
}
