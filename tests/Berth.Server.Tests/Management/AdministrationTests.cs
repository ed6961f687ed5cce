using Berth.Protocol;

namespace Berth.Server.Tests.Management;

public sealed class AdministrationTests : AdministrationSuite
{
    private protected override IAdministration Asked => Inside;
}
