namespace Berth.Storage.Tests;

public sealed class AssemblyTests
{
    [Fact]
    public void Assembly_loads_under_its_name() =>
        System.Reflection.Assembly.Load("Berth.Storage").ShouldNotBeNull();
}
