using Berth.Simulation.Kernel;

namespace Berth.Simulation.Tests.Checks;

/// <summary>A call of a store that says whatever a test wants it to have said.</summary>
internal sealed class FakeCall(SimulatedStore store, SimulatedProcess process, long number, StoreOperation operation, object? result)
    : StoreCall(store, process, number)
{
    public override StoreOperation Operation { get; } = operation;

    public override object? Result { get; } = result;

    public void Breaks() => Failure = new IOException("lost");

    internal override void TakeEffect() => TookEffect = true;

    internal override void Answer() => IsAnswered = true;

    internal override void Fail(Exception failure) => Failure = failure;

    internal override bool TryRefuse(string reason, TimeSpan after) => false;
}
